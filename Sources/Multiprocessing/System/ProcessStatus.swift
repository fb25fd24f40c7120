// What the system says of any process. System file: /proc/PID/stat.

/// Some fields of a process's status.
struct ProcessStatus {
  /// `R` for running, `S` for sleeping, `T` for stopped, and so on.
  let state: Character
  /// When it started: seconds since the machine was started, those of suspension included.
  let startSeconds: Double
  /// The processor time that it has used, in seconds.
  let processorSeconds: Double
  /// The memory that it has in use, what it shares included.
  let residentByteCount: Int

  /// Reads the status; nil when there is no such process.
  init?(of pid: Int32) {
    // The name in parentheses may hold anything.
    guard let text = SmallFile.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[end...].dropFirst(2).split(separator: " ")
    guard fields.count > 21, let state = fields[0].first, let start = Double(fields[19]),
      let user = Double(fields[11]), let system = Double(fields[12]), let pages = Int(fields[21])
    else { return nil }
    self.state = state
    let ticks = Double(ProcessCalls.ticksPerSecond)
    startSeconds = start / ticks
    processorSeconds = (user + system) / ticks
    residentByteCount = pages * ProcessCalls.pageByteCount
  }
}
