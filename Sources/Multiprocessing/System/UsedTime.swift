// The time that work takes: by the clock, and of processors. Python: `time.perf_counter`,
// `os.times`.

internal import Glibc

/// Points in the life of the program, or what lies between two of them.
package struct UsedTime: Sendable, CustomStringConvertible {
  /// Seconds by the clock.
  package var elapsed: Double
  /// Seconds of processors in this process.
  package var own: Double
  /// The same in the other processes of the tree, those that ended as children of this one included.
  package var others: Double

  /// Now.
  package static var now: UsedTime {
    var usage = rusage()
    unsafe getrusage(RUSAGE_CHILDREN.rawValue, &usage)
    let ended =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    let living = ProcessReport.all().filter { $0.record.pid != CurrentProcess.pid }
      .compactMap(\.processorSeconds)
    return UsedTime(
      elapsed: Double(Clock.nanoseconds) / 1e9, own: Double(clock()) / Double(CLOCKS_PER_SEC),
      others: living.reduce(ended, +))
  }

  /// What lies between two points.
  package static func - (late: UsedTime, early: UsedTime) -> UsedTime {
    UsedTime(
      elapsed: late.elapsed - early.elapsed, own: late.own - early.own,
      others: max(0, late.others - early.others))
  }

  /// `1.204 s, processor 0.010 s, in other processes 2.310 s`.
  package var description: String {
    let other = others >= 0.01 ? ", in other processes \(Self.text(others))" : ""
    return "\(Self.text(elapsed)), processor \(Self.text(own))\(other)"
  }

  /// Seconds with three digits after the point.
  private static func text(_ seconds: Double) -> String {
    let thousandths = Int((max(0, min(seconds, 1e12)) * 1000).rounded())
    let digits = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
      + " s"
  }
}
