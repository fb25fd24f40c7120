// The one error type of the runtime. Python: `multiprocessing.context`'s and `queue`'s exceptions.

public import SystemPackage

/// What an operation of the runtime can fail with.
///
/// Texts are lower case, without a full stop, and say what was asked and what was found.
public enum MultiprocessingError: Error, Equatable {
  /// Nothing could be taken in time. Python: `queue.Empty`.
  case empty
  /// No place became free in time. Python: `queue.Full`.
  case full
  /// The queue was shut down. Python: `queue.ShutDown`.
  case shutDown
  /// A deadline passed. Python: `multiprocessing.TimeoutError`.
  case timedOut
  /// The interruption handler asked for the wait to end; whoever installed it holds the reason.
  case interrupted
  /// An argument or a state does not allow the operation. Python: `ValueError`.
  case valueError(String)
  /// The caller broke a rule of use. Python: `AssertionError`.
  case assertion(String)
  /// The runtime cannot do this here. Python: `RuntimeError`.
  case runtime(String)
  /// The system refused; the text says what was asked of it. Python: `OSError`.
  case system(Errno, String)
  /// The other side is closed and everything was read. Python: `EOFError`.
  case endOfFile
  /// The other side is closed. Python: `BrokenPipeError`.
  case brokenPipe
}

extension MultiprocessingError: CustomStringConvertible {
  /// The text for people: lower case, no full stop.
  public var description: String {
    switch self {
    case .empty: "the queue is empty"
    case .full: "the queue is full"
    case .shutDown: "the queue is shut down"
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    case .valueError(let text), .assertion(let text), .runtime(let text): text
    case .system(let errno, let asked): "[Errno \(errno.rawValue)] \(errno): \(asked)"
    case .endOfFile: "end of file"
    case .brokenPipe: "broken pipe"
    }
  }
}
