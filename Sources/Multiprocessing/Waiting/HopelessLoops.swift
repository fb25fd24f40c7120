// Which loops over queues end when all are hopeless. Python: `iter(q.get, None)` hangs.

/// The loops over queues among hopeless processes: they end one queue at a time, upstream before
/// downstream, and the question is asked again.
struct HopelessLoops {
  private struct Loops {
    let queue: UInt32
    var members: [WaitGraph.Member] = []
    /// The queues over which living putters of this one loop.
    var upstream: Set<UInt32> = []
    var hasPutters = false

    /// How far the one nearest the root is from it, and the farthest.
    var nearest: UInt32 { members.map(\.depth).min() ?? 0 }
    var farthest: UInt32 { members.map(\.depth).max() ?? 0 }
  }

  private let chosen: Loops

  /// Chooses among the loops of the members; nil when there are none.
  init?(_ graph: WaitGraph) {
    var candidates: [UInt32: Loops] = [:]
    for member in graph.members where member.operation == .queueIterate {
      guard let queue = member.entries.first?.object else { continue }
      candidates[queue, default: Loops(queue: queue)].members.append(member)
    }
    var queueOfLoop: [UInt32: UInt32] = [:]
    for loops in candidates.values {
      for member in loops.members { queueOfLoop[member.identity] = loops.queue }
    }
    for queue in candidates.keys {
      let putters = Ring(SharedObject(number: queue)).livingPutters
      candidates[queue]?.hasPutters = !putters.identities.isEmpty || putters.hasMore
      candidates[queue]?.upstream = Set(putters.identities.compactMap { queueOfLoop[$0] })
        .subtracting([queue])
    }
    guard let chosen = Self.first(of: Array(candidates.values)) else { return nil }
    self.chosen = chosen
  }

  /// Those that no other loop feeds.
  ///
  /// First one whose putters have all ended, then the farthest from the root. Where all feed each other
  /// in a circle, it is cut at the loop nearest the root.
  private static func first(of candidates: [Loops]) -> Loops? {
    var left = candidates
    while !left.isEmpty {
      let queues = Set(left.map(\.queue))
      let sources = left.filter { $0.upstream.isDisjoint(with: queues) }
      if !sources.isEmpty {
        return sources.min {
          ($0.hasPutters ? 1 : 0, UInt32.max - $0.farthest, $0.queue)
            < ($1.hasPutters ? 1 : 0, UInt32.max - $1.farthest, $1.queue)
        }
      }
      let last = left.max {
        (UInt32.max - $0.nearest, $0.queue) < (UInt32.max - $1.nearest, $1.queue)
      }
      left.removeAll { $0.queue == last?.queue }
    }
    return nil
  }

  /// Whether this process is in one of the chosen loops, so that it is to end them.
  var areOurs: Bool { chosen.members.contains { $0.identity == Board.identity } }

  /// Ends the chosen loops.
  ///
  /// Each is named by its present wait, which cannot end by itself: whoever has left it meanwhile
  /// was ended by another who came to the same choice.
  func end() {
    for member in chosen.members { Board.slot(of: member.identity).loopEnd.store(member.since) }
    Ring(SharedObject(number: chosen.queue)).header.notEmpty.wakeAll()
  }
}
