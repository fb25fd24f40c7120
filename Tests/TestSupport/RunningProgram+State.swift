// What the system says of a program at work: so tests know that it is where they want it.

extension RunningProgram {
  /// Waits until the program sleeps in a call of the system: what it printed last lies behind it.
  ///
  /// - Returns: False when it ended or its time was up before.
  public func waitUntilAsleep() -> Bool { wait { Stat(of: pid).map { $0.state == "S" } } }

  /// Waits until the program has used 30 ms of a processor from now on: what it printed last lies behind
  /// it, and it is in the loop that comes next.
  ///
  /// - Returns: As `waitUntilAsleep`.
  public func waitUntilBusy() -> Bool {
    let ticks = Stat(of: pid)?.ticks ?? 0
    return wait { Stat(of: pid).map { $0.ticks >= ticks + 3 } }
  }

  /// Waits until the program has been told of a signal: a second one would be lost before.
  ///
  /// - Returns: As `waitUntilAsleep`.
  public func waitUntilDelivered(_ signal: Int32) -> Bool {
    wait { pendingSignals.map { $0 & 1 << UInt64(signal - 1) == 0 } }
  }

  /// Those that have come for the whole process, as bits from signal 1 on; nil when there is none.
  private var pendingSignals: UInt64? {
    let lines = readText("/proc/\(pid)/status")?.split(separator: "\n")
    let pending = lines?.first { $0.hasPrefix("ShdPnd:") }?.split(separator: "\t").last
    return pending.flatMap { UInt64($0, radix: 16) }
  }

  /// Waits until `isRight` gives true; nil, as that of a process that is no more, ends the wait.
  private func wait(until isRight: () -> Bool?) -> Bool {
    repeat {
      guard let isRight = isRight() else { return false }
      if isRight { return true }
    } while advance()
    return false
  }
}
