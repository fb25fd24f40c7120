// What the system says of any process. System file: /proc/PID/stat.

/// Two fields of a process's status.
struct ProcessStatus {
  /// `R` for running, `S` for sleeping, `T` for stopped, and so on.
  let state: Character
  /// When it started: seconds since the machine was started, those of suspension included.
  let startSeconds: Double

  /// Reads the status; nil when there is no such process.
  init?(of pid: Int32) {
    // The name in parentheses may hold anything.
    guard let text = SmallFile.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[end...].dropFirst(2).split(separator: " ")
    guard fields.count > 19, let state = fields[0].first, let ticks = Double(fields[19]) else {
      return nil
    }
    self.state = state
    startSeconds = ticks / Double(ProcessCalls.ticksPerSecond)
  }
}
