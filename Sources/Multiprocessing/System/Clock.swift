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

  /// How long the machine was suspended since it was started, which this clock does not count.
  static var suspendedSeconds: Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 - seconds
  }

  /// Seconds since the same moment.
  public static var seconds: Double { Double(nanoseconds) / 1e9 }
}
