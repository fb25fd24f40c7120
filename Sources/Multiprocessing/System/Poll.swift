// Sleeping on descriptors. System call: `ppoll`.

internal import CLinux
internal import Glibc

/// The system's sleep on descriptors.
///
/// A negative descriptor counts for nothing.
enum Poll {
  /// Sleeps until a descriptor is ready; the entries then say which.
  ///
  /// The signal, if there is one, interrupts the sleep too.
  static func wait(
    for polls: inout [pollfd], until deadline: Deadline, or signal: PollingSignal? = nil
  ) -> Futex.Wake {
    let count = UInt64(polls.count)
    let ready: Int32
    if let signal {
      var mask = signal.mask
      ready = unsafe clinux_poll(&polls, count, deadline.nanoseconds, &mask)
    } else {
      ready = unsafe clinux_poll(&polls, count, deadline.nanoseconds, nil)
    }
    if ready > 0 { return .look }
    if ready < 0 { return errno == EINTR ? .signal : .look }
    return .deadline
  }

  /// Does nothing for a moment; a signal may end it sooner.
  static func pause(seconds: Double) {
    var none: [pollfd] = []
    _ = wait(for: &none, until: Deadline(secondsFromNow: seconds))
  }
}
