// Names of signals. Python: `signal.Signals`.

internal import CLinux

/// What signals are called.
enum SignalName {
  /// `SIGTERM` for 15; nil for a number without a name.
  static func of(_ signal: Int) -> String? {
    guard let name = unsafe clinux_signal_name(Int32(signal)) else { return nil }
    return unsafe "SIG\(String(cString: name))"
  }
}
