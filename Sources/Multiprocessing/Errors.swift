// What can go wrong in the runtime; the Lua layer gives each its Python class.

public import SystemPackage

/// A failure that the runtime reports to its caller.
public enum MultiprocessingError: Error, Equatable {
  /// The queue had no message when the deadline passed.
  case empty
  /// The queue had no room when the deadline passed.
  case full
  /// The queue was shut down.
  case shutDown
  /// A deadline passed.
  case timedOut
  /// The interruption handler ended a wait; whoever installed it knows why.
  case interrupted
  /// A value that the operation can't take.
  case valueError(String)
  /// A rule of Python's module that Python checks by `assert`.
  case assertion(String)
  /// A state in which the operation makes no sense.
  case runtime(String)
  /// A system call failed: the error, and what was asked.
  case system(Errno, String)
  /// The other end was closed and nothing is left to read.
  case endOfFile
  /// The other end was closed.
  case brokenPipe
}

extension MultiprocessingError {
  /// The `errno` behind the failure; 0 when no system call failed.
  public var systemErrorNumber: Int32 {
    switch self {
    case .system(let errno, _): errno.rawValue
    case .brokenPipe: Errno.brokenPipe.rawValue
    default: 0
    }
  }
}

extension MultiprocessingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the queue is empty"
    case .full: "the queue is full"
    case .shutDown: "the queue is shut down"
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    case .valueError(let message), .assertion(let message), .runtime(let message): message
    case .system(let errno, let asked): "[Errno \(errno.rawValue)] \(errno): \(asked)"
    case .endOfFile: "the other end is closed"
    case .brokenPipe: "[Errno 32] Broken pipe"
    }
  }
}
