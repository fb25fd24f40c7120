// What things are called in the trace. No counterpart in Python.

extension WaitOperation {
  /// What a wait is called: a word for what was asked, and the thing that it was asked of.
  func traceName(_ object: UInt32) -> String {
    switch self {
    case .processJoin, .exitJoin, .outputJoin: "join \(Board.name(of: object) ?? "a process")"
    case .queueGet: "get \(label(object))"
    case .queueIterate: "iterate \(label(object))"
    case .queuePut: "put \(label(object))"
    case .queueJoin: "join \(label(object))"
    case .lockAcquire, .recursiveLockAcquire, .semaphoreAcquire: "acquire \(label(object))"
    case .conditionWait, .eventWait, .barrierWait: "wait \(label(object))"
    case .connectionReceive: "recv \(label(object))"
    case .connectionSend: "send \(label(object))"
    case .poolTask: "idle \(poolLabel(object))"
    case .poolResult: "results \(label(object))"
    case .serverStart: "start by \(ForkServer.name)"
    case .waitAny: "wait several things or time"
    case .none: object == 0 ? "enter runtime" : "enter \(label(object))"
    }
  }

  /// Whether the object is a queue, whose depth is worth noting.
  var isOfQueue: Bool {
    switch self {
    case .queueGet, .queueIterate, .queuePut, .queueJoin, .poolTask: true
    case .none, .lockAcquire, .recursiveLockAcquire, .processJoin, .semaphoreAcquire,
      .conditionWait, .eventWait, .barrierWait, .connectionReceive, .connectionSend, .waitAny,
      .exitJoin, .outputJoin, .poolResult, .serverStart:
      false
    }
  }

  /// The name of a queue's counter.
  func traceCounter(_ object: UInt32) -> String {
    let thing = self == .poolTask ? "tasks of \(poolLabel(object))" : label(object)
    // Two that were made in one line are two counters.
    return thing.contains("#") ? thing : "\(thing) #\(object)"
  }

  /// `Queue jobs.lua:3`: what it is and where it was made.
  private func label(_ object: UInt32) -> String {
    let shared = SharedObject(number: object)
    let kind = shared.kind?.traceName ?? "object"
    let place = shared.place
    return place.isEmpty ? "\(kind) #\(object)" : "\(kind) \(place)"
  }

  private func poolLabel(_ tasks: UInt32) -> String {
    let place = SharedObject(number: tasks).place
    return place.isEmpty ? "Pool" : "Pool \(place)"
  }
}

extension SharedObjectKind {
  fileprivate var traceName: String {
    switch self {
    case .lock: "Lock"
    case .recursiveLock: "RLock"
    case .queue: "Queue"
    case .semaphore: "Semaphore"
    case .boundedSemaphore: "BoundedSemaphore"
    case .condition: "Condition"
    case .event: "Event"
    case .barrier: "Barrier"
    case .value: "Value"
    case .array: "Array"
    case .pipe: "Pipe"
    case .pool: "Pool"
    case .start: "start"
    }
  }
}
