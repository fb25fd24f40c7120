// What the system says of a program at work: so tests know that it is where they want it.

extension RunningProgram {
  /// Waits until the program sleeps in a call of the system: what it printed last lies behind it.
  ///
  /// - Returns: False when it ended or its time was up before.
  public func waitUntilAsleep() -> Bool { wait { $0.state == "S" } }

  /// Waits until the program has used 30 ms of a processor from now on: what it printed last lies behind
  /// it, and it is in the loop that comes next.
  ///
  /// - Returns: As `waitUntilAsleep`.
  public func waitUntilBusy() -> Bool {
    let ticks = ProcessState(pid)?.ticks ?? 0
    return wait { $0.ticks >= ticks + 3 }
  }

  /// Waits until the program has been told of a signal: a second one would be lost before.
  ///
  /// - Returns: As `waitUntilAsleep`.
  public func waitUntilDelivered(_ signal: Int32) -> Bool {
    wait { $0.pendingSignals & 1 << UInt64(signal - 1) == 0 }
  }

  private func wait(until isRight: (ProcessState) -> Bool) -> Bool {
    repeat {
      guard let state = ProcessState(pid) else { return false }
      if isRight(state) { return true }
    } while advance()
    return false
  }
}

/// What `/proc` tells of a process.
private struct ProcessState {
  /// A letter, as `ps` shows it.
  let state: String
  /// The processors' time that it has used, in 10 ms.
  let ticks: Int
  let pendingSignals: UInt64

  /// Nil when there is no such process.
  init?(_ pid: Int32) {
    // The name before may contain anything.
    guard let text = readText("/proc/\(pid)/stat"), let status = readText("/proc/\(pid)/status"),
      let stat = text.split(separator: ")").last?.split(separator: " "),
      stat.count > 12, let user = Int(stat[11]), let system = Int(stat[12]),
      let pending = status.split(separator: "\n").first(where: { $0.hasPrefix("ShdPnd:") })
    else { return nil }
    state = String(stat[0])
    ticks = user + system
    pendingSignals = UInt64(pending.split(separator: "\t")[1], radix: 16) ?? 0
  }
}
