// Sleeping on descriptors. System call: `ppoll`.

internal import CLinux
internal import Glibc

/// The system's sleep on descriptors.
///
/// A negative descriptor counts for nothing.
enum Poll {
  /// Sleeps until a descriptor is ready; the entries then say which.
  static func wait(for polls: inout [pollfd], until deadline: Deadline) -> Futex.Wake {
    let ready = unsafe clinux_poll(&polls, UInt64(polls.count), deadline.nanoseconds)
    if ready > 0 { return .look }
    if ready < 0 { return errno == EINTR ? .signal : .look }
    return .deadline
  }
}
