// How a process gets its slot: three steps, each of which may be the last. Python: `Process.start`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// What kind of process a slot belongs to.
public enum ProcessKind: UInt32, Sendable {
  case user, worker, helper
  /// Passes on what another one writes.
  case relay

  /// Whether such a process runs scripts.
  var runsScripts: Bool { self == .user || self == .worker }
}

extension Board {
  /// Step one, in the parent: takes a free slot and puts references into it.
  ///
  /// - Parameters:
  ///   - name: The child's name.
  ///   - kind: What others may expect of it.
  ///   - objects: What the child will hold; nil for all that this process holds.
  /// - Returns: The identity that the child will claim.
  /// - Throws: `.system` when all slots are taken.
  static func prepareStart(
    name: String, kind: ProcessKind, holding objects: [SharedObject]? = nil
  ) throws(MultiprocessingError) -> UInt32 {
    try Arena.open()
    sweepDead()
    return try Arena.withLock { () throws(MultiprocessingError) -> UInt32 in
      guard let slot = takeFreeSlot() else {
        throw .system(.resourceTemporarilyUnavailable, "start a process: all slots are taken")
      }
      FaultPoint.hit(.startSlotChosen)
      var generation = (slot.generation.load() + 1) & 0xFFFF
      if generation == 0 { generation = 1 }
      slot.generation.store(generation)
      slot.name = name
      slot.kind.value = kind.rawValue
      slot.parent.value = identity
      slot.depth.value = ownSlot.depth.value + 1
      slot.forkCount.value = 0
      slot.flags.store(generation << 16)
      slot.pid.value = 0
      slot.startTime.value = 0
      slot.life.store(0)
      if slot.waitSequence.value & 1 == 1 { slot.waitSequence.add(1) }
      slot.waitOperation.value = 0
      slot.waitCount.value = 0
      slot.loopEnd.value = 0
      slot.taking.value = 0
      slot.stackShown.value = 0
      slot.explainedSlices.value = 0
      slot.unexplainedSlices.value = 0
      ownSlot.forkCount.add(1)
      Arena.header.gainCount.add(1)
      if let objects {
        References.markInUse(slot.index, true)
        for object in objects { References.insert(object.number, slot: slot.index) }
      } else {
        References.copyRow(from: ownSlot.index, to: slot.index)
      }
      FaultPoint.hit(.startRowCopied)
      slot.state.store(SlotState.starting(generation: generation))
      FaultPoint.hit(.startStarting)
      return slot.identity
    }
  }

  /// Free slots are taken in turn among the first 64, or twice as many and so on when those are not
  /// enough: a slot rests as long as possible before its generation goes on.
  private static func takeFreeSlot() -> Slot? {
    let header = Arena.header
    while true {
      let limit = Int(header.slotLimit.value)
      var index = Int(header.slotCursor.value)
      for _ in 1..<limit {
        index = index + 1 < limit ? index + 1 : 1
        if Slot(index).state.load() == SlotState.free {
          header.slotCursor.value = UInt32(index)
          return Slot(index)
        }
      }
      guard limit < ArenaLayout.slotCount else { return nil }
      header.slotLimit.value = UInt32(limit * 2)
    }
  }

  /// Undoes step one when there is to be no child.
  ///
  /// - Returns: False when the child has claimed its slot before: then it lives, or has ended.
  @discardableResult
  static func cancelStart(_ child: UInt32) -> Bool {
    sweep(slot(of: child), from: SlotState.starting(generation: child >> 14))
  }

  /// The number of a child that has claimed its slot.
  static func pid(ofClaimed child: UInt32) -> Int32 {
    let state = slot(of: child).state.load()
    let pid = SlotState.isClaimed(state) ? SlotState.payload(state) : slot(of: child).pid.load()
    return Int32(bitPattern: pid)
  }

  /// Steps two and three, first of all in the child: claims the slot, then proves its life.
  ///
  /// The order matters: taking the life before the claim could overwrite a slot that was swept and
  /// given to another; running before the life would let a sweeper bury a living process.
  ///
  /// - Returns: False when the slot was swept in between; the child must end at once.
  static func claim(_ child: UInt32) -> Bool {
    let slot = slot(of: child)
    let claimed = SlotState.claimed(pid: UInt32(getpid()))
    guard slot.state.exchange(SlotState.starting(generation: child >> 14), for: claimed) else {
      return false
    }
    FaultPoint.hit(.startClaimed)
    adopt(slot)
    // Starts through a server wait for it.
    if slot.isHelper { Futex.wakeAll(slot.life) }
    FaultPoint.hit(.startAlive)
    let running = SlotState.running(generation: child >> 14)
    guard slot.state.exchange(claimed, for: running) else { return false }
    FaultPoint.hit(.startRunning)
    Trace.enter()
    return true
  }
}
