// What the board says of each process, for people and tools. Python: none; `ps` comes closest.

/// One process of the tree at one instant.
public struct ProcessRecord: Sendable {
  /// Where a process is in its life.
  public enum State: Sendable {
    case starting, running, dead
  }

  /// Its slot and generation.
  public var identity: UInt32
  /// The system's number.
  public var pid: Int32
  /// The identity of the process that started it; 0 for the root.
  public var parent: UInt32
  /// Its name.
  public var name: String
  /// What others may expect of it.
  public var kind: ProcessKind
  /// How many starts lie between the root and it.
  public var depth: Int
  /// Where it is in its life.
  public var state: State
  /// When it started, on `Clock`.
  public var startTime: UInt64
  /// nil while it runs.
  public var wait: CurrentWait?
}

extension Board {
  /// All processes of the tree, dead ones that nobody swept yet included.
  ///
  /// Read without a lock: each record is of its own instant.
  public static var processes: [ProcessRecord] {
    guard Arena.isOpen else { return [] }
    var records: [ProcessRecord] = []
    for index in 1..<Int(Arena.header.slotLimit.load()) {
      let slot = Slot(index)
      let state = slot.state.load()
      if state == SlotState.free { continue }
      records.append(
        ProcessRecord(
          identity: slot.identity, pid: Int32(bitPattern: slot.pid.load()),
          parent: slot.parent.load(), name: slot.name,
          kind: ProcessKind(rawValue: slot.kind.load()) ?? .user, depth: Int(slot.depth.load()),
          state: SlotState.isRunning(state)
            ? isAlive(slot.identity) ? .running : .dead
            : SlotState.isDead(state) ? .dead : .starting,
          startTime: slot.startTime.load(), wait: WaitRecord(slot: slot).current))
    }
    return records
  }
}
