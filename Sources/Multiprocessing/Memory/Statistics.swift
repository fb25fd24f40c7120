// What the waits of a program tree had to repair. No counterpart in Python.

/// Sleeps that found at the end of a slice what nobody had woken them for.
///
/// A process killed between its commit and its wake explains such a find. Without kills the
/// unexplained number stays zero; anything else is a fault of a protocol.
public struct Statistics: Equatable, Sendable {
  /// Finds after a process had died during the wait.
  public var explainedSlices: UInt64
  /// Finds while nobody had died.
  public var unexplainedSlices: UInt64
  /// How many processes of the tree were found dead.
  public var deathCount: UInt64
  /// How often the tables were built anew because a process died while changing them.
  public var rebuildCount: UInt64
  /// Objects that some process or message still holds.
  public var liveObjectCount: UInt64
  /// Messages under way that carry references.
  public var liveMessageCount: UInt64
  /// Ends of pipes whose descriptors are kept for messages under way.
  public var depotCount: UInt64

  /// The numbers of the whole tree since it began.
  public static var current: Statistics {
    let header = Arena.header
    return Statistics(
      explainedSlices: header.explainedSlices.load(),
      unexplainedSlices: header.unexplainedSlices.load(), deathCount: header.deathCount.load(),
      rebuildCount: header.rebuildCount.load(), liveObjectCount: header.liveObjectCount.load(),
      liveMessageCount: header.liveMessageCount.load(),
      depotCount: UInt64(header.depotCount.load()))
  }

  /// From when on the end of a slice is seen late, in nanoseconds.
  ///
  /// A sleeper that has a processor at once comes within 0.1 ms. One that comes later has run after
  /// others, who may have waited for a processor with what it waits for in their hands.
  private static let lateness: UInt64 = 300_000

  /// Counts one find, for the tree and for this process.
  ///
  /// A wait of nil is explained without more. What no death explains does not count if it is seen
  /// late after the slice's end: a process that was stopped there, or waited for a processor, sees
  /// what was properly announced while it did not sleep.
  static func countFind(after sleep: SlicedSleep?, seenAt now: UInt64 = Clock.nanoseconds) {
    let isExplained =
      Arena.header.deathCount.load() != sleep?.deathsBefore || Board.hasUnsweptDead
    if !isExplained, let sleep, now &- sleep.sliceEnd > lateness { return }
    let slot = Board.ownSlot
    if isExplained {
      Arena.header.explainedSlices.add(1)
      slot.explainedSlices.add(1)
    } else {
      Arena.header.unexplainedSlices.add(1)
      slot.unexplainedSlices.add(1)
    }
  }
}
