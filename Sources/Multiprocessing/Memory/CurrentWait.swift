// What a process waits for, in words. No counterpart in Python.

/// One wait of a process.
public struct CurrentWait: Sendable {
  /// What it does.
  public var operation: WaitOperation
  /// The number of the object in the table; for a join, the identity of the process.
  public var object: UInt32
  /// When it began, on `Clock`.
  public var since: UInt64

  /// What a script calls the operation.
  private var call: String {
    switch operation {
    case .none: "a lock of the runtime"
    case .lockAcquire, .recursiveLockAcquire: "lock:acquire()"
    case .queueGet: "queue:get()"
    case .queuePut: "queue:put()"
    case .queueJoin: "queue:join()"
    case .processJoin: "process:join()"
    case .semaphoreAcquire: "semaphore:acquire()"
    case .conditionWait: "condition:wait()"
    case .eventWait: "event:wait()"
    case .barrierWait: "barrier:wait()"
    case .connectionReceive: "connection:recv()"
    case .connectionSend: "connection:send()"
    case .waitAny: "mp.wait() or mp.sleep()"
    }
  }

  /// Which object, as far as it can be told: its place of birth, or the name of a process.
  private var objectText: String {
    if operation == .processJoin {
      return Board.name(of: object).map { " of \($0)" } ?? ""
    }
    guard operation != .none, operation != .waitAny, object != 0 else { return "" }
    let place = SharedObject(number: object).place
    return place.isEmpty ? "" : " of the one made at \(place)"
  }
}

extension CurrentWait: CustomStringConvertible {
  /// `queue:get() of the one made at jobs.lua:3, for 12.3 s`.
  public var description: String {
    let now = Clock.nanoseconds
    let tenths = (now - min(since, now)) / 100_000_000
    return "\(call)\(objectText), for \(tenths / 10).\(tenths % 10) s"
  }
}
