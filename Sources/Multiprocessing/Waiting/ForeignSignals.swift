// Signals that other code than ours has handlers for. System: `/proc/PID/status`.

internal import Glibc

/// Handlers that a module in C may have installed: what they do is unknown, and may end any wait.
enum ForeignSignals {
  /// The signals that say nothing: ours, and those of faults.
  private static let known: UInt64 = [
    SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGURG, TaskAlarm.signal, StackQuestion.signal,
    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, 32, 33,
  ].reduce(0) { $0 | 1 << UInt64($1 - 1) }

  /// Whether the process catches a signal that the runtime does not; true when it cannot be told.
  static func areCaught(by identity: UInt32) -> Bool {
    let pid = Int32(bitPattern: Board.slot(of: identity).pid.load())
    guard let caught = ProcessFiles.caughtSignals(of: pid) else { return true }
    return caught & ~known != 0
  }
}
