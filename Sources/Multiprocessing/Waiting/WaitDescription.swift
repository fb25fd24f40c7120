// Waits in words, for messages. No counterpart in Python.

extension WaitEntry {
  /// What a process does and with what, as in "acquire() of the Lock made at jobs.lua:3, held by
  /// Process-1 (pid 12)".
  ///
  /// Read without a lock.
  var description: String {
    switch operation {
    case .processJoin, .exitJoin: "join() of \(Board.title(of: object))"
    case .outputJoin: "join(), for \(Board.title(of: object))"
    case .lockAcquire: "acquire() of \(thing("Lock"))\(owner)"
    case .recursiveLockAcquire: "acquire() of \(thing("RLock"))\(owner)"
    case .queueGet: "get() of \(thing("Queue"))"
    case .queueIterate: "a loop over \(thing("Queue"))"
    case .queuePut: "put() into \(thing("Queue")), which is full"
    case .queueJoin: "join() of \(thing("JoinableQueue"))"
    case .connectionReceive: "recv() from \(thing("Pipe"))\(reader)"
    case .connectionSend: "send() into \(thing("Pipe")), which is full"
    case .semaphoreAcquire: "acquire() of \(thing(semaphoreClass))\(tokenHolders)"
    case .conditionWait: "wait() for \(thing("Condition"))"
    case .eventWait: "wait() for \(thing("Event"))"
    case .barrierWait: "wait() at \(thing("Barrier"))\(arrivals)"
    case .poolTask: "the wait for its pool's next task"
    case .poolResult: "the wait for results of \(thing("Pool"))"
    case .serverStart: "start() of a process by \(server)"
    case .waitAny: "mp.wait() or mp.sleep()"
    case .none: "a lock of the runtime"
    }
  }

  /// What a wait for several things waits for in this one.
  var subject: String {
    switch operation {
    case .processJoin: "the end of \(Board.title(of: object))"
    case .queueGet: thing("Queue")
    case .eventWait: thing("Event")
    case .connectionReceive: thing("Pipe")
    default: description
    }
  }

  /// What a wait is for, with all its things; `count` says how many there are if not all are given.
  static func description(
    of operation: WaitOperation, on entries: [WaitEntry], of count: Int? = nil
  ) -> String {
    guard operation == .waitAny else {
      return entries.map(\.description).joined(separator: " or ")
    }
    guard !entries.isEmpty else { return "mp.sleep()" }
    var things = entries.filter { $0.operation != .none }.map(\.subject)
    if things.count < entries.count { things.append("something from outside") }
    if let count, count > entries.count { things.append("\(count - entries.count) other things") }
    return "mp.wait() for " + things.joined(separator: " or ")
  }

  private var shared: SharedObject { SharedObject(number: object) }

  private func thing(_ kind: String) -> String {
    let place = shared.place
    return place.isEmpty ? "a \(kind)" : "the \(kind) made at \(place)"
  }

  private var owner: String {
    let owner = OwnerWord(shared.word(0)).owner
    return owner == 0 ? "" : ", held by \(Board.title(of: owner))"
  }

  private var arrivals: String {
    guard shared.kind == .barrier else { return "" }
    let barrier = Barrier(shared)
    return ", with \(barrier.arrivedCount) of \(barrier.parties) there"
  }

  private var reader: String {
    guard shared.kind == .pipe, PipeEnd(shared).isTurn(word) else { return "" }
    let owner = PipeEnd(shared).receiveWord.owner
    return owner == 0 ? "" : ", in the middle of a message for \(Board.title(of: owner))"
  }

  private var server: String {
    // Before it runs it has no number.
    let isRunning = object != 0 && Board.slot(of: object).pid.load() != 0
    return isRunning ? Board.title(of: object) : "\(ForkServer.name), which is starting"
  }

  private var semaphoreClass: String {
    shared.kind == .boundedSemaphore ? "BoundedSemaphore" : "Semaphore"
  }

  private var tokenHolders: String {
    guard shared.kind == .semaphore || shared.kind == .boundedSemaphore else { return "" }
    let holders = Semaphore(shared).holders.map(\.identity).filter { $0 != 0 }
    if holders.isEmpty { return "" }
    return ", whose tokens are with \(holders.map(Board.title).joined(separator: ", "))"
  }
}

extension Board {
  /// A process's name and number.
  static func title(of identity: UInt32) -> String {
    "\(name(of: identity) ?? "a process") (pid \(slot(of: identity).pid.load()))"
  }
}

/// How long something has lasted, in seconds with one digit after the point.
func duration(since start: UInt64) -> String {
  let now = Clock.nanoseconds
  let tenths = (now - min(start, now)) / 100_000_000
  return "\(tenths / 10).\(tenths % 10) s"
}
