// Waiting a few microseconds without sleeping. No counterpart in Python.

internal import CLinux

/// How long to look again before a sleep, and on which processor this runs.
enum SpinWait {
  /// The number of pauses that take about 5 us here; a pause is 4 to 40 ns between processors.
  static let pauses: Int = {
    let start = Clock.nanoseconds
    for _ in 0..<256 { clinux_pause() }
    let each = max(1, (Clock.nanoseconds - start) / 256)
    return Int(min(2000, max(50, 5000 / each)))
  }()

  @inline(__always)
  static func pause() { clinux_pause() }

  /// This processor, plus one, so that zero can mean nobody.
  @inline(__always)
  static var processor: UInt32 { clinux_cpu() &+ 1 }
}
