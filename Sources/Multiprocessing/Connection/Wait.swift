// Waiting for descriptors. Python: `selectors`, below `multiprocessing.connection.wait`.

internal import Glibc
internal import SystemPackage

/// Waits for descriptors.
enum DescriptorWait {
  enum Readiness { case readable, writable }

  /// Waits for one descriptor; false when the deadline passed first.
  ///
  /// The word is one that others change before they make it ready, with its value before the last
  /// look. Once it has changed this returns true too: what came another may have taken, and a socket
  /// with room for a message may not count as ready yet.
  static func one(
    _ descriptor: Int32, _ readiness: Readiness, until deadline: Deadline, _ purpose: WaitPurpose,
    watching word: Futex.Watch? = nil
  ) throws(MultiprocessingError) -> Bool {
    let events = Int16(readiness == .readable ? POLLIN : POLLOUT)
    var polls = [pollfd(fd: descriptor, events: events, revents: 0)]
    var sleep = SlicedSleep(purpose)
    while true {
      _ = try sleep.sleep(watching: word, until: deadline) { Poll.wait(for: &polls, until: $0) }
      if polls[0].revents != 0 { return true }
      if deadline.isPast { return false }
      if let word, word.word.load() != word.expected { return true }
    }
  }
}
