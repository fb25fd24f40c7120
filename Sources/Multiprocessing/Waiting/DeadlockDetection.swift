// Finding waits that can never end. No counterpart in Python.

/// Waits that nobody is left to end raise an error instead of hanging for ever.
///
/// Each wait without a deadline looks at the ends of its slices, so nothing is spent while waits are
/// short. There are no false alarms. A deadlock goes unreported while a process that could still end
/// a wait runs, sleeps or reads from outside, even if its program never would.
public enum DeadlockDetection {
  /// Whether processes of the tree look for deadlocks; they do unless somebody turns it off.
  public static var isEnabled: Bool {
    get { !Arena.isOpen || Arena.header.isDetectionOff.load() == 0 }
    set { if Arena.isOpen { Arena.header.isDetectionOff.store(newValue ? 0 : 1) } }
  }

  /// Whether a process waits for what can never happen.
  ///
  /// Read at one instant, without waiting. For tools: the process itself finds out soon, unless
  /// detection is off.
  public static func isHopeless(_ identity: UInt32) -> Bool {
    guard Arena.isOpen, let graph = WaitGraph(from: identity) else { return false }
    return !graph.isOpenToSignals
  }

  /// What the looks of one wait have found so far.
  struct Suspicion {
    private var count = 0
    private var verdict: MultiprocessingError?

    /// Looks once, while the wait's record stands.
    ///
    /// The second look that finds no way out decides.
    mutating func look() {
      guard DeadlockDetection.isEnabled, let graph = graph() else { return }
      count += 1
      guard count > 1 else { return }
      if let loops = HopelessLoops(graph) {
        if graph.isClosed, loops.areOurs, !graph.isOpenToSignals { loops.end() }
      } else if let cycle = graph.cycle,
        WaitGraph.victim(of: cycle)?.identity == Board.identity, !graph.isOpenToSignals
      {
        reported.value = graph.members.map { ($0.identity, $0.since) }
        verdict = .deadlock(WaitGraph.report(cycle))
      }
    }

    /// Among many waiters one is most often between two slices: then a look comes to nothing, and
    /// after a first one that did not the next may be repeated at once.
    private func graph() -> WaitGraph? {
      for _ in 0..<3 {
        if let graph = WaitGraph() { return graph }
        if count == 0 { return nil }
        Poll.pause(seconds: 0.001)
      }
      return nil
    }

    /// Fails the wait if it was chosen, by this process or another.
    func raise(since: UInt64) throws(MultiprocessingError) {
      if let verdict { throw verdict }
      if Board.ownSlot.loopEnd.value == since {
        throw .deadlock("nobody is left who could put into the queue")
      }
    }
  }

  /// The waits of the last deadlock that this process reported.
  private static let reported = SingleThreaded<[(identity: UInt32, since: UInt64)]>([])

  /// Whether a child still is in the wait of a deadlock that this process has reported, and would
  /// never end though this process only joins it.
  static func isStuck(_ child: Process) -> Bool { child.boardIdentity.map(isStuck) ?? false }

  private static func isStuck(_ identity: UInt32) -> Bool {
    guard let wait = reported.value.first(where: { $0.identity == identity }) else { return false }
    let record = WaitRecord(slot: Board.slot(of: identity))
    // Between two slices of a wait nothing is recorded for a moment.
    for _ in 0..<20 {
      guard Board.isAlive(identity), record.since == wait.since else { return false }
      if WaitGraph(from: identity, without: Board.identity) != nil { return true }
      Poll.pause(seconds: 0.001)
    }
    return false
  }

  /// Ends the children's children that are stuck; whoever is to join them may end first.
  static func terminateStuckGrandchildren() {
    // All are found before one ends: it may be the link to another.
    let stuck = reported.value.map(\.identity).filter { isGrandchild($0) && isStuck($0) }
    for identity in stuck {
      let pid = Int32(bitPattern: Board.slot(of: identity).pid.load())
      ProcessCalls.terminate(pid) { isStuck(identity) }
    }
  }

  private static func isGrandchild(_ identity: UInt32) -> Bool {
    var ancestor = identity
    for generation in 0..<ArenaLayout.slotCount {
      guard Board.isAlive(ancestor) else { return false }
      ancestor = Board.slot(of: ancestor).parent.load()
      if ancestor == Board.identity { return generation > 0 }
    }
    return false
  }
}
