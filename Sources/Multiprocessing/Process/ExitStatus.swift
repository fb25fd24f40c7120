// How a process ended. Python: `Process.exitcode`.

/// The end of a process, as the system reported it.
public struct ExitStatus: Equatable, Sendable, CustomStringConvertible {
  /// Python's number: the exit code, or minus the signal that ended the process.
  public let exitCode: Int

  /// Makes the status of an exit code, or of minus a signal.
  public init(exitCode: Int) { self.exitCode = exitCode }

  /// Reads the system's wait status.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7F
    exitCode = signal == 0 ? Int(waitStatus >> 8 & 0xFF) : -Int(signal)
  }

  /// The exit code as `repr` shows it: a number, or the signal's name as `-SIGTERM`.
  public var description: String {
    guard let signal, let name = SignalName.of(signal) else { return "\(exitCode)" }
    return "-\(name)"
  }

  /// The signal that ended the process, or nil.
  public var signal: Int? { exitCode < 0 ? -exitCode : nil }

  /// Whether the process ended by itself with code 0.
  public var isSuccess: Bool { exitCode == 0 }
}
