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
  /// Nobody is left who could end the wait; the text says who waits for what. Python: none.
  case deadlock(String)
  /// A deadline passed. Python: `multiprocessing.TimeoutError`.
  case timedOut
  /// The interruption handler asked for the wait to end; whoever installed it holds the reason.
  case interrupted
  /// An argument or a state does not allow the operation. Python: `ValueError`.
  case valueError(String)
  /// A barrier was broken; the text says by what. Python: `threading.BrokenBarrierError`.
  case brokenBarrier(String)
  /// A pool has given up; the text says why. Python: `BrokenProcessPool`.
  case brokenPool(String)
  /// The caller broke a rule of use. Python: `AssertionError`.
  case assertion(String)
  /// The runtime cannot do this here. Python: `RuntimeError`.
  case runtime(String)
  /// The system refused; the text says what was asked of it. Python: `OSError`.
  case system(Errno, String)
  /// What was asked is not possible with this object now, in Python's words. Python: `OSError`.
  case operation(String)
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
    case .valueError(let text), .assertion(let text), .runtime(let text), .operation(let text),
      .brokenBarrier(let text), .brokenPool(let text), .deadlock(let text):
      text
    case .system(let errno, let asked): "[Errno \(errno.rawValue)] \(errno): \(asked)"
    case .endOfFile: "end of file"
    case .brokenPipe: "[Errno 32] Broken pipe"
    }
  }
}

extension MultiprocessingError {
  /// The system's reason alone, if it refused; else the whole text.
  public var reason: String {
    if case .system(let errno, _) = self { "\(errno)" } else { description }
  }

  /// The `errno` behind the failure; 0 when no system call failed.
  public var systemErrorNumber: Int32 {
    switch self {
    case .system(let errno, _): errno.rawValue
    case .brokenPipe: Errno.brokenPipe.rawValue
    default: 0
    }
  }
}
