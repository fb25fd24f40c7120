// Who waits for whom, at one instant. No counterpart in Python.

/// The processes that one depends on, all of them asleep in waits that only they could end.
///
/// A process is able to go on if it sleeps in no wait without a deadline, if what it waits for has
/// happened, or if some able process could end its wait. The others are hopeless, and stay so: none
/// of them runs, so none of them can change that. It is therefore enough that it held once.
struct WaitGraph {
  /// One hopeless process.
  struct Member {
    let identity: UInt32
    let depth: UInt32
    let operation: WaitOperation
    /// When the wait began, by `Clock`; it tells the wait from others of the process.
    let since: UInt64
    let entries: [WaitEntry]
    let sequence: UInt64
    /// Which members could end the wait if they were able.
    var enders: [Int] = []
    /// Which of them hold what it waits for; the same if nobody is known to hold it.
    var expected: [Int] = []

    var record: WaitRecord { WaitRecord(slot: Board.slot(of: identity)) }

    /// Whether the process lives and sleeps in the sleep in which it was seen.
    fileprivate var isStill: Bool {
      Board.isAlive(identity) && record.sequence.load() == sequence
    }
  }

  /// The one that was asked about first.
  private(set) var members: [Member] = []

  /// Looks at the tree three times: what every process waits for, then who could make it happen and
  /// whether it has happened, then whether everybody slept all the while.
  ///
  /// The order matters. Asking while still reading, a token that moves on behind the reader would
  /// look like a deadlock; and so would one of which its last holder let go before the reader asked.
  ///
  /// Nil when the process is able, or when something moved during the look.
  ///
  /// - Parameters:
  ///   - identity: Whose wait it is about.
  ///   - leaver: A process that does nothing more for others, though it runs.
  init?(from identity: UInt32 = Board.identity, without leaver: UInt32 = 0) {
    let gains = Arena.header.gainCount.load()
    let slots = Self.slots.filter { $0.identity != leaver }
    // Most often somebody is able who could end the wait: the rest need not be read then.
    guard let me = Self.member(identity, Board.slot(of: identity)), !Self.isOver(me),
      !slots.contains(where: { Self.isAble($0) && Self.canEndWait($0.identity, me) })
    else { return nil }
    let board = slots.map { Process($0) }
    guard board.contains(where: { $0.identity == identity && $0.waiting?.sequence == me.sequence })
    else { return nil }
    members = [me]
    var positions = [me.identity: 0]
    var next = 0
    while next < members.count {
      let member = members[next]
      for other in board where other.identity != member.identity {
        guard Self.canEndWait(other.identity, member) else { continue }
        guard let waiting = other.waiting else { return nil }
        let position = positions[other.identity] ?? members.count
        if position == members.count {
          positions[other.identity] = position
          members.append(waiting)
        }
        members[next].enders.append(position)
        if Self.holds(other.identity, member) { members[next].expected.append(position) }
      }
      // A process may be in its own way.
      if Self.holds(member.identity, member) {
        members[next].expected.append(next)
      } else if members[next].expected.isEmpty {
        members[next].expected = members[next].enders
      }
      guard !Self.isOver(member) else { return nil }
      next += 1
    }
    guard members.allSatisfy(\.isStill),
      // Nobody who was asked before could have got what he did not hold then, nor has begun since.
      Arena.header.gainCount.load() == gains
    else { return nil }
  }

  /// Whether a member may be woken by a signal whose handler is not ours.
  ///
  /// Costs a file's reading for each: for a graph that something is done about.
  var isOpenToSignals: Bool {
    members.contains { ForeignSignals.areCaught(by: $0.identity) }
  }

  /// A living process of the board; `waiting` is nil when it is able.
  private struct Process {
    let identity: UInt32
    let waiting: Member?

    init(_ slot: Slot) {
      identity = slot.identity
      waiting = WaitGraph.member(identity, slot)
    }
  }

  /// The slots of processes that are starting or running.
  private static var slots: some Sequence<Slot> {
    (1..<Int(Arena.header.slotLimit.load())).lazy.map(Slot.init).filter { slot in
      let state = slot.state.load()
      if state == SlotState.free || SlotState.isDead(state) { return false }
      guard SlotState.isRunning(state) else { return true }
      // A helper that waits for requests does nothing by itself.
      return Board.isAlive(slot.identity) && (isAble(slot) || !slot.isHelper)
    }
  }

  private static func isAble(_ slot: Slot) -> Bool {
    WaitRecord(slot: slot).sequence.load() & 1 == 0
  }

  /// What a process waits for; nil when it is in no wait without a deadline.
  private static func member(_ identity: UInt32, _ slot: Slot) -> Member? {
    let record = WaitRecord(slot: slot)
    let sequence = record.sequence.load()
    let count = record.count
    // What was not recorded may happen at any time.
    guard sequence & 1 == 1, count > 0, count <= WaitRecord.capacity else { return nil }
    return Member(
      identity: identity, depth: slot.depth.load(), operation: record.operation,
      since: record.since, entries: (0..<count).map { record.entry($0) }, sequence: sequence)
  }

  /// Whether every member depends on every other, so that one of them has to go on first.
  ///
  /// Else the first merely waits for what others have to settle.
  var isClosed: Bool { circle(along: \.enders)?.count == members.count }

  /// The members that wait for each other, the first among them; nil when it merely waits for such a
  /// cycle.
  ///
  /// Anybody may release a lock, but it is its owner whom the others wait for.
  var cycle: [Member]? { circle(along: \.expected)?.map { members[$0] } }

  /// The members that can be reached from the first, if it can be reached from all of them.
  private func circle(along edges: (Member) -> [Int]) -> [Int]? {
    var reached = [0]
    var next = 0
    while next < reached.count {
      for other in edges(members[reached[next]]) where !reached.contains(other) {
        reached.append(other)
      }
      next += 1
    }
    var reaching: Set<Int> = [0]
    var hasGrown = true
    while hasGrown {
      hasGrown = false
      for position in reached where !reaching.contains(position) {
        if edges(members[position]).contains(where: reaching.contains) {
          reaching.insert(position)
          hasGrown = true
        }
      }
    }
    return reaching.count == reached.count ? reached : nil
  }

  /// The one of a cycle whose wait fails: nearest the root, then the one whose wait closed the cycle.
  ///
  /// Never one that only joins its children at its end, and none for what a pool's workers do: the
  /// task that waits for what can never happen fails, and so the pool's owner goes on.
  static func victim(of cycle: [Member]) -> Member? {
    cycle.filter { ![.exitJoin, .poolTask, .poolResult].contains($0.operation) }.min {
      ($0.depth, UInt64.max - $0.since, $0.identity) < (
        $1.depth, UInt64.max - $1.since, $1.identity
      )
    }
  }
}
