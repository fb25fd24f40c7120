// Waiting for several things at once. Python: `multiprocessing.connection.wait`.

internal import Glibc
internal import SystemPackage

/// Waits for descriptors.
public enum DescriptorWait {
  /// Waits until at least one descriptor can be read, is at its end or has failed.
  ///
  /// - Returns: The positions of those, in order; empty when the deadline passed first.
  /// - Throws: `.system` for something that is no open descriptor, `.interrupted`.
  ///
  /// Python: `connection.wait`.
  public static func any(
    of descriptors: [Int32], until deadline: Deadline
  ) throws(MultiprocessingError) -> [Int] {
    var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard try wait(&polls, until: deadline, WaitPurpose(.waitAny, object: 0)) else { return [] }
    if let bad = polls.first(where: { $0.revents & Int16(POLLNVAL) != 0 }) {
      throw .system(.badFileDescriptor, "wait for descriptor \(bad.fd)")
    }
    return polls.indices.filter { polls[$0].revents != 0 }
  }

  enum Readiness { case readable, writable }

  /// Waits for one descriptor; false when the deadline passed first.
  static func one(
    _ descriptor: Int32, _ readiness: Readiness, until deadline: Deadline, _ purpose: WaitPurpose
  ) throws(MultiprocessingError) -> Bool {
    let events = Int16(readiness == .readable ? POLLIN : POLLOUT)
    var polls = [pollfd(fd: descriptor, events: events, revents: 0)]
    return try wait(&polls, until: deadline, purpose)
  }

  private static func wait(
    _ polls: inout [pollfd], until deadline: Deadline, _ purpose: WaitPurpose
  ) throws(MultiprocessingError) -> Bool {
    var sleep = SlicedSleep(purpose)
    while true {
      let slice = sleep.nextSlice()
      let until = deadline.earlier(of: slice)
      let isMarked = sleep.enter(isUntimed: deadline == .never)
      let wake = Poll.wait(for: &polls, until: until)
      sleep.leave(isMarked: isMarked)
      if polls.contains(where: { $0.revents != 0 }) { return true }
      if wake == .deadline, until == deadline { return false }
      _ = try sleep.afterSleep(wake, wasSlice: until == slice)
    }
  }
}
