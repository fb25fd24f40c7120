// A flag that processes wait for. Python: `multiprocessing.synchronize.Event`.

/// A flag that is set or not, and that any number of processes may wait for.
///
/// The handle is one pointer and may be copied freely; equal handles are the same event. There is no
/// lock: one word holds the flag and counts how often it was set, so that a waiter hears of every
/// `set`, even if a `clear` follows at once.
public struct Event: BitwiseCopyable, Hashable, Sendable {
  /// The event's entry in the arena, for `retain`, `release` and sending.
  public let object: SharedObject

  /// Makes an event that is not set and that this process holds a reference to.
  ///
  /// - Throws: `.system` when the arena cannot be made or is full.
  ///
  /// Python: `multiprocessing.Event`.
  public init() throws(MultiprocessingError) { object = try SharedObject.create(.event) }

  /// Makes the handle of an event that exists.
  public init(_ object: SharedObject) {
    precondition(object.kind == .event, "the object is not an event")
    self.object = object
  }

  private static let setBit: UInt32 = 1

  /// The flag in bit 0, how often it was set in the others.
  private var word: SharedWord { object.word(0) }
  private var tickets: SharedWord { object.word(1) }
  private var idle: SharedWord { object.word(2) }
  /// Counts what was announced, so that a waiter can tell what nobody announced.
  private var announced: SharedWord { object.word(3) }
  /// Where the last one to set it ran.
  private var processor: SharedWord { object.word(4) }

  /// Not 0 when processes may wait in `MultipleWait`; they draw tickets too.
  private var pollers: SharedWord { object.word(5) }

  /// What changes when the event is set.
  var change: Futex.Watch { Futex.Watch(word) }
  /// How often that was announced.
  var announcements: UInt32 { announced.load() }

  /// Says that this process waits in `MultipleWait`, before it looks.
  func announcePoller() {
    pollers.add(1)
    tickets.add(1)
  }

  /// Whether the flag is set.
  ///
  /// Python: `Event.is_set`.
  public var isSet: Bool { word.load() & Self.setBit != 0 }

  /// Whether a process that sleeps in `wait` would go on if it looked now.
  ///
  /// Reads without a lock, from any process; `expected` is the value of the word that the sleeper's
  /// wait record has.
  func isReady(expected: UInt32) -> Bool { hasHappened(since: expected, word.load()) }

  private func hasHappened(since first: UInt32, _ now: UInt32) -> Bool {
    now & Self.setBit != 0 || now >> 1 != first >> 1
  }

  /// Sets the flag and wakes everybody who waits; waits for nobody.
  ///
  /// - Throws: `.runtime` in a process that was forked by something else.
  ///
  /// Python: `Event.set`.
  public func set() throws(MultiprocessingError) {
    guard Board.identity != 0 else { throw Board.strangerError }
    while true {
      let seen = word.load()
      if seen & Self.setBit != 0 { break }
      if word.exchange(seen, for: seen &+ 2 | Self.setBit) { break }
    }
    announce()
  }

  /// Wakes the sleepers.
  ///
  /// Also when the flag was set before: whoever set it may have died here. The load of the tickets
  /// pairs with the sleeper's drawing of its ticket before it looks at the word.
  private func announce() {
    announced.add(1)
    FaultPoint.hit(.eventSet)
    processor.value = SpinWait.processor
    let drawn = tickets.load()
    if drawn != idle.value {
      Pollers.wake(pollers, of: object.number)
      Futex.wakeAll(word)
      idle.value = drawn
    }
    FaultPoint.hit(.eventWoken)
  }

  /// Takes the flag back.
  ///
  /// - Throws: `.runtime` in a process that was forked by something else.
  ///
  /// Python: `Event.clear`.
  public func clear() throws(MultiprocessingError) {
    guard Board.identity != 0 else { throw Board.strangerError }
    word.remove(Self.setBit)
  }

  /// Waits until the flag is set, or is set and cleared again.
  ///
  /// - Parameter deadline: When to stop waiting.
  /// - Returns: Whether it was set; false when the deadline passed first.
  /// - Throws: `.interrupted` by the interruption handler, `.deadlock` when nobody is left who could
  ///   set it.
  ///
  /// Python: `Event.wait`.
  public func wait(until deadline: Deadline = .never) throws(MultiprocessingError) -> Bool {
    let first = word.load()
    if first & Self.setBit != 0 { return true }
    if deadline.isPast { return false }
    if spin(since: first) { return true }
    return try sleep(since: first, until: deadline)
  }

  private func spin(since first: UInt32) -> Bool {
    // Who ran here last cannot run while this spins.
    if processor.value == SpinWait.processor { return false }
    for _ in 0..<SpinWait.pauses {
      if hasHappened(since: first, word.load()) { return true }
      SpinWait.pause()
    }
    return false
  }

  @inline(never)
  private func sleep(
    since first: UInt32, until deadline: Deadline
  ) throws(MultiprocessingError) -> Bool {
    guard Board.identity != 0 else { throw Board.strangerError }
    var sleep = SlicedSleep(WaitPurpose(.eventWait, object: object.number))
    var sliceOver = false
    var heard = announced.load()
    while true {
      // The ticket first, then the look: pairs with `announce`.
      tickets.add(1)
      let seen = word.load()
      if hasHappened(since: first, seen) {
        if sliceOver, announced.load() == heard { Statistics.countFind(after: sleep) }
        return true
      }
      if deadline.isPast { return false }
      heard = announced.load()
      FaultPoint.hit(.eventMarked)
      sliceOver = try sleep.sleep(on: word, while: seen, until: deadline) == .sliceOver
    }
  }
}
