// Tidying up after the dead. Python leaves this to whoever joins.

internal import Glibc

extension Board {
  /// Clears the slot of a child that this process has reaped, however far its start had come.
  static func sweepReaped(_ child: UInt32) {
    let slot = slot(of: child)
    let state = slot.state.load()
    guard slot.generation.load() & 0xFFFF == child >> 14, state != SlotState.free,
      !SlotState.isDead(state) || !isAlive(SlotState.payload(state))
    else { return }
    sweep(slot, from: state)
  }

  /// Sweeps every slot whose process is dead and whom nobody sweeps.
  ///
  /// Any process may do it at any time when it holds no lock; each wait does at its slices.
  public static func sweepDead() {
    guard identity != 0 else { return }
    for index in 1..<Int(Arena.header.slotLimit.value) {
      let slot = Slot(index)
      let state = slot.state.load()
      if state == SlotState.free { continue }
      if isLost(slot, state) { sweep(slot, from: state) }
    }
    if Depot.isPostponed { try? Arena.withLock { Depot.mustTidyAll() } }
  }

  /// Whether a process has died whose slot nobody has swept yet.
  static var hasUnsweptDead: Bool {
    (1..<Int(Arena.header.slotLimit.value)).contains { index in
      let slot = Slot(index)
      let state = slot.state.load()
      return SlotState.isDead(state) || SlotState.isRunning(state) && isLost(slot, state)
    }
  }

  private static func isLost(_ slot: Slot, _ state: UInt64) -> Bool {
    if SlotState.isRunning(state) {
      return !isAlive(SlotState.payload(state) << 14 | UInt32(slot.index))
    }
    if SlotState.isDead(state) { return !isAlive(SlotState.payload(state)) }
    // A start is the parent's business while the parent lives.
    if isAlive(slot.parent.value) { return false }
    if SlotState.isStarting(state) { return true }
    let pid = Int32(bitPattern: SlotState.payload(state))
    if kill(pid, 0) != 0 { return errno == ESRCH }
    // The number may have gone to a process that started later. The two clocks differ by the time
    // that the machine was suspended: by that much this errs to the safe side.
    let claimTime = slot.startTime.load()
    guard claimTime != 0, let status = ProcessStatus(of: pid) else { return false }
    return status.startSeconds - Clock.suspendedSeconds > Double(claimTime) / 1e9 + 0.1
  }

  /// Clears a dead process's slot.
  ///
  /// Of several who notice, one wins the right; whoever dies of them midway stays recorded, and the
  /// next does it all again: each step may be done twice.
  ///
  /// - Returns: Whether this process has won.
  @discardableResult
  static func sweep(_ slot: Slot, from state: UInt64) -> Bool {
    guard identity != 0, slot.state.exchange(state, for: SlotState.dead(sweeper: identity)) else {
      return false
    }
    if !SlotState.isDead(state) { Arena.header.deathCount.add(1) }
    FaultPoint.hit(.sweepClaimed)
    // First of all: what the trace has to say names the objects that the dead held.
    Trace.finish(slot)
    do {
      try Arena.withLock { () throws(MultiprocessingError) in
        // First the messages: a queue that only the dead held must still be there to look at.
        MessageObject.sweep(slot)
        References.clearRow(slot.index)
      }
    } catch {
      return true
    }
    FaultPoint.hit(.sweepRowCleared)
    Futex.wakeAll(slot.life)
    // It may have died with a wake in its hands: pass it on to those who sleep on the same words.
    for position in 0..<min(WaitRecord.capacity, Int(slot.waitCount.value)) {
      let offset = slot.waitWord(position).value
      if offset != 0, offset < UInt64(Arena.layout.byteCount) {
        Futex.wakeAll(Arena.word(Int(offset)))
      }
    }
    FaultPoint.hit(.sweepWoken)
    slot.state.store(SlotState.free)
    FaultPoint.hit(.sweepFreed)
    return true
  }
}
