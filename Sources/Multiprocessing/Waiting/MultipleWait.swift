// Waiting for several things at once. Python: `multiprocessing.connection.wait`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Waits for the first of several things.
public enum MultipleWait {
  /// Waits until at least one of the things is ready.
  ///
  /// - Parameters:
  ///   - things: What to wait for; any number of them. For nothing at all it waits until the deadline.
  ///   - deadline: When to stop waiting.
  /// - Returns: The positions of those that are ready, in order; empty when the deadline passed first.
  /// - Throws: `.system` for something that is no open descriptor, `.deadlock` when nobody is left who
  ///   could make one ready, `.interrupted`.
  ///
  /// Python: `connection.wait`.
  public static func any(
    of things: [Waitable], until deadline: Deadline
  ) throws(MultiprocessingError) -> [Int] {
    var polls = things.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    var objects = things.enumerated().compactMap { position, thing in
      if case .object(let object) = thing { (position, PolledObject(object)) } else { nil }
    }
    var sleep = SlicedSleep(WaitPurpose(.waitAny, object: 0))
    let signal = objects.isEmpty ? nil : PollingSignal()
    defer { signal?.release() }
    while true {
      let entries = things.map { $0.entry ?? .outside }
      var ready: [Int] = []
      let outcome = try sleep.sleep(onAny: entries, until: deadline) { until in
        for index in objects.indices { objects[index].1.announcePoller() }
        ready = objects.filter { $0.1.isReady }.map(\.0)
        // With something ready it only looks at the descriptors.
        let limit = ready.isEmpty ? until : .now
        let wake = Poll.wait(for: &polls, until: limit, or: signal)
        return ready.isEmpty ? wake : .look
      }
      if outcome == .sliceOver {
        let isFind = objects.contains { $0.1.isReady && $0.1.isSilent }
        if isFind { Statistics.countFind(after: sleep) }
      }
      if let bad = polls.first(where: { $0.revents & Int16(POLLNVAL) != 0 }) {
        throw .system(.badFileDescriptor, "wait for descriptor \(bad.fd)")
      }
      ready += polls.indices.filter { polls[$0].revents != 0 }
      if !ready.isEmpty { return ready.sorted() }
      if deadline.isPast { return [] }
    }
  }

  /// Sleeps until the deadline; only a signal's handler ends it sooner.
  ///
  /// - Throws: `.interrupted`.
  ///
  /// Python: `time.sleep`.
  public static func sleep(until deadline: Deadline) throws(MultiprocessingError) {
    _ = try any(of: [], until: deadline)
  }
}
