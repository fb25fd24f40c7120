// The classes of errors that scripts see, with Python's names and subclass relations.

/// A class of errors.
///
/// The raw value is the name that scripts use: `mp.Empty`.
package enum ErrorClass: String, CaseIterable {
  case exception = "Exception"
  case assertionError = "AssertionError"
  case attributeError = "AttributeError"
  case bufferTooShort = "BufferTooShort"
  case brokenExecutor = "BrokenExecutor"
  case brokenProcessPool = "BrokenProcessPool"
  case cancelledError = "CancelledError"
  case brokenBarrierError = "BrokenBarrierError"
  case brokenPipeError = "BrokenPipeError"
  case deadlockError = "DeadlockError"
  case empty = "Empty"
  case eofError = "EOFError"
  case fileExistsError = "FileExistsError"
  case fileNotFoundError = "FileNotFoundError"
  case full = "Full"
  case indexError = "IndexError"
  case invalidStateError = "InvalidStateError"
  case keyboardInterrupt = "KeyboardInterrupt"
  case maybeEncodingError = "MaybeEncodingError"
  case notImplementedError = "NotImplementedError"
  case osError = "OSError"
  case overflowError = "OverflowError"
  case processError = "ProcessError"
  case remoteError = "RemoteError"
  case runtimeError = "RuntimeError"
  case serializationError = "SerializationError"
  case shutDown = "ShutDown"
  case terminated = "Terminated"
  case timeoutError = "TimeoutError"
  case typeError = "TypeError"
  case valueError = "ValueError"
  case workerLost = "WorkerLost"

  /// The class that this one extends; nil for the root of all.
  var parent: ErrorClass? {
    switch self {
    case .exception: nil
    case .bufferTooShort, .timeoutError: .processError
    case .brokenExecutor: .runtimeError
    case .brokenProcessPool: .brokenExecutor
    // What Python's executor raises then.
    case .workerLost: .brokenProcessPool
    case .brokenPipeError, .fileExistsError, .fileNotFoundError: .osError
    case .brokenBarrierError, .deadlockError, .notImplementedError: .runtimeError
    case .maybeEncodingError: .serializationError
    case .serializationError: .valueError
    default: .exception
    }
  }

  /// Whether an error of this class takes its traceback only when nobody catches it, so that polling
  /// stays cheap.
  var isExpected: Bool {
    switch self {
    case .empty, .full, .timeoutError: true
    default: false
    }
  }

  /// The key of the class's table in Lua's registry.
  var registryKey: String { "multiprocessing.error.\(rawValue)" }
}
