// What a process waits for, as others read it. No counterpart in Python.

/// What a process sleeps for.
public enum WaitOperation: UInt32, Sendable {
  /// Nothing that others need to know of: a lock inside the runtime.
  case none
  case lockAcquire, recursiveLockAcquire, queueGet, queuePut, queueJoin, processJoin
  case semaphoreAcquire, conditionWait, eventWait, barrierWait, connectionReceive, connectionSend
  /// Several things at once; each has an operation of its own.
  case waitAny
  /// A get whose failure ends a loop over the queue instead of raising an error.
  case queueIterate
  /// The join of a child at the end of a process's own work.
  case exitJoin
  /// A pool's worker, for its next task.
  case poolTask
  /// A pool's owner, for the next result.
  case poolResult
  /// The relay of a child that has ended, until it has written what the child wrote.
  case outputJoin
  /// A start of a process, for the fork server's answer or, without an object, for the server itself.
  case serverStart

  /// Whether a wait of this kind names a process, by its identity, and no object.
  var isForProcess: Bool {
    switch self {
    case .processJoin, .exitJoin, .outputJoin, .serverStart: true
    default: false
    }
  }
}

/// One thing whose change ends a wait.
struct WaitEntry {
  let operation: WaitOperation
  /// The object's number in the table; for a process, its identity.
  let object: UInt32
  /// The word whose change announces the end, and its value before the last look; nil when nothing
  /// but a descriptor tells.
  var word: Futex.Watch?

  /// Something that anybody may do at any time, also from outside.
  static var outside: WaitEntry { WaitEntry(operation: .none, object: 0, word: nil) }

  /// Whether the word still has that value.
  var isUnchanged: Bool { word.map { $0.word.load() == $0.expected } ?? true }
}

/// Who waits and for what: the operation, and the object whose change would end the wait.
struct WaitPurpose {
  let operation: WaitOperation
  /// The object's number in the table; for a process, its identity.
  let object: UInt32
  /// Whether signals may be served in the middle of the wait.
  let servesSignals: Bool

  /// A lock of the runtime, taken while nothing else is held.
  static let internalLock = WaitPurpose(.none, object: 0)
  /// A lock of the runtime, taken while another one is held.
  static let nestedLock = WaitPurpose(.none, object: 0, servesSignals: false)

  /// A side of a queue, taken while nothing else is held.
  static func side(of queue: UInt32) -> WaitPurpose { WaitPurpose(.none, object: queue) }

  init(_ operation: WaitOperation, object: UInt32, servesSignals: Bool = true) {
    self.operation = operation
    self.object = object
    self.servesSignals = servesSignals
  }
}
