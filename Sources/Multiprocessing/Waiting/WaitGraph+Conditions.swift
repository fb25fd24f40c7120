// Whether a wait could go on, and who could end it. No counterpart in Python.

extension WaitGraph {
  /// Whether something that the process waits for has happened already, or can come from outside.
  ///
  /// Says yes when in doubt.
  static func isOver(_ member: Member) -> Bool {
    member.entries.contains { isOver($0, for: member.identity) }
  }

  private static func isOver(_ entry: WaitEntry, for process: UInt32) -> Bool {
    if !entry.isUnchanged { return true }
    switch entry.operation {
    case .processJoin, .exitJoin:
      let state = Board.slot(of: entry.object).state.load()
      return SlotState.isRunning(state)
        ? !Board.isAlive(entry.object) : hasGone(entry.object, state)
    case .none, .waitAny, .outputJoin, .serverStart:
      return true
    case .lockAcquire, .recursiveLockAcquire:
      return isOver(entry) { !OwnerWord($0.word(0)).isHeld }
    case .queueGet, .queueIterate:
      return isOver(entry) { Ring($0).count > 0 || Ring($0).isShutDown }
    case .poolTask:
      return isOver(entry) { Ring($0).count > 0 || Ring($0).isShutDown }
    case .poolResult:
      return isOver(entry) { PoolBoard($0).isOwnerAble }
    case .queuePut:
      return isOver(entry) { Ring($0).count < Ring($0).maxsize || Ring($0).isShutDown }
    case .queueJoin:
      return isOver(entry) { Ring($0).unfinishedCount == 0 }
    case .connectionReceive:
      return isOver(entry) {
        let end = PipeEnd($0)
        return end.isTurn(entry.word)
          ? !end.receiveWord.isHeld
          : end.hasEscaped || end.isPeerUnderWay || end.isPeerBusyOrGone
      }
    case .connectionSend:
      return isOver(entry) {
        let end = PipeEnd($0)
        return end.hasEscaped || end.isPeerUnderWay || end.isPeerGone || end.isSenderDead
      }
    case .semaphoreAcquire:
      return isOver(entry) { Semaphore($0).isReady }
    case .eventWait:
      return isOver(entry) { Event($0).isReady(expected: entry.word?.expected ?? 0) }
    case .conditionWait:
      return isOver(entry) { Condition($0).isReady(for: process) }
    case .barrierWait:
      return isOver(entry) { Barrier($0).isReady(for: process) }
    }
  }

  private static func isOver(_ entry: WaitEntry, _ condition: (SharedObject) -> Bool) -> Bool {
    let object = SharedObject(number: entry.object)
    // Whoever takes it out of a message could do anything with it.
    return object.kind == nil || object.inFlight.load() != 0 || condition(object)
  }

  /// Whether a process that is starting or dead has left its slot to another.
  private static func hasGone(_ identity: UInt32, _ state: UInt64) -> Bool {
    state == SlotState.free || SlotState.isDead(state)
      || Board.slot(of: identity).generation.load() & 0xFFFF != identity >> 14 & 0xFFFF
  }

  /// Whether a process could end the wait if it ran.
  static func canEndWait(_ process: UInt32, _ member: Member) -> Bool {
    member.entries.contains { canEnd($0, process) }
  }

  private static func canEnd(_ entry: WaitEntry, _ process: UInt32) -> Bool {
    let object = SharedObject(number: entry.object)
    switch entry.operation {
    case .processJoin, .exitJoin, .outputJoin:
      return entry.object == process
    case .recursiveLockAcquire:
      return OwnerWord(object.word(0)).owner == process
    case .connectionReceive:
      let end = PipeEnd(object)
      return end.isTurn(entry.word)
        ? end.receiveWord.owner == process : end.isPeerHeld(by: process)
    case .connectionSend:
      return PipeEnd(object).isPeerHeld(by: process)
        || OwnerWord(object.word(0)).owner == process
    case .poolTask:
      // Workers hold the queue too, but only the owner puts tasks.
      return object.creator.load() == process
    case .poolResult:
      return PoolBoard(object).hasWorker(process)
    default:
      // Anybody may release a lock.
      return object.isHeld(by: process)
    }
  }
}

extension WaitGraph {
  /// Whether a process owns a lock that the member waits for.
  static func holds(_ process: UInt32, _ member: Member) -> Bool {
    member.entries.contains { entry in
      switch entry.operation {
      case .lockAcquire, .recursiveLockAcquire:
        OwnerWord(SharedObject(number: entry.object).word(0)).owner == process
      default: false
      }
    }
  }
}

extension SharedObject {
  /// Whether a process holds the object, as its row of references says.
  func isHeld(by process: UInt32) -> Bool {
    References.contains(number, slot: Board.slot(of: process).index)
  }
}
