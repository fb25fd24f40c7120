// The monotonic clock in nanoseconds. Python: `time.monotonic`.

internal import Glibc

/// The clock that every deadline is measured on; it never jumps and all processes share it.
public enum Clock {
  /// Nanoseconds since some fixed moment before the program began.
  public static var nanoseconds: UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Rests until the deadline; the interruption handler runs when a signal arrives.
  ///
  /// - Throws: `.interrupted` by the interruption handler.
  ///
  /// Python: `time.sleep`.
  public static func sleep(until deadline: Deadline) throws(MultiprocessingError) {
    while !deadline.isPast {
      if ProcessCalls.rest(until: deadline) == .signal { try Interruption.run() }
    }
  }

  /// Seconds since the same moment.
  public static var seconds: Double { Double(nanoseconds) / 1e9 }
}
