// Waiting until somebody says that something changed. Python: `multiprocessing.synchronize.Condition`.

/// A condition: processes that hold its lock wait for a notification, and take the lock again.
///
/// The handle is one pointer and may be copied freely; equal handles are the same condition. Each
/// waiter is recorded and sleeps on a word of its own. A notification is a grant in a waiter's record,
/// oldest first, so `notify` waits for nobody; the record stays until the waiter has its lock again,
/// and if it dies before, the next waiter gets the grant.
public struct Condition: BitwiseCopyable, Hashable, Sendable {
  /// The lock of a condition.
  public enum Lock: Sendable {
    case plain(Multiprocessing.Lock)
    case recursive(RLock)

    /// The lock's entry in the arena.
    public var object: SharedObject {
      switch self {
      case .plain(let lock): lock.object
      case .recursive(let lock): lock.object
      }
    }

    /// Whether this process has the lock.
    public var isOwned: Bool {
      switch self {
      case .plain(let lock): lock.isOwned
      case .recursive(let lock): lock.isOwned
      }
    }

    /// Frees the lock; returns how often this process had taken it.
    fileprivate func releaseFully() -> UInt32 {
      switch self {
      case .plain(let lock):
        lock.releaseOwned()
        return 1
      case .recursive(let lock): return lock.releaseFully()
      }
    }

    fileprivate func retake(_ depth: UInt32) throws(MultiprocessingError) -> Acquisition {
      switch self {
      case .plain(let lock): try lock.retake()
      case .recursive(let lock): try lock.retake(depth)
      }
    }
  }

  /// How a wait ended; the lock is held again.
  public struct Outcome: Equatable, Sendable {
    /// Whether a notification came before the deadline.
    public let isNotified: Bool
    /// Whether the last owner of the lock died with it meanwhile.
    public let isAbandoned: Bool
  }

  /// What a waiter's record says; waiters that have no grant have an even number, higher for later.
  private static let granted: UInt32 = 1

  /// The condition's entry in the arena, for `retain`, `release` and sending.
  ///
  /// Who holds it must hold the lock's as well.
  public let object: SharedObject

  /// Makes a condition with a lock, both of which this process holds references to.
  ///
  /// - Parameter lock: The lock; its reference stays the caller's business.
  /// - Throws: `.system` when the arena cannot be made or is full.
  ///
  /// Python: `multiprocessing.Condition(lock)`.
  public init(lock: Lock) throws(MultiprocessingError) {
    object = try SharedObject.create(.condition) { object in
      object.word(1).value = lock.object.number
    }
  }

  /// Makes the handle of a condition that exists.
  public init(_ object: SharedObject) {
    precondition(object.kind == .condition, "the object is not a condition")
    self.object = object
  }

  /// The lock.
  public var lock: Lock {
    let object = SharedObject(number: self.object.word(1).value)
    return object.kind == .lock
      ? .plain(Multiprocessing.Lock(object)) : .recursive(RLock(object))
  }

  /// How many living processes wait and were not notified; without a lock.
  public var waiterCount: Int {
    var count = 0
    table.forEach { entry in
      if Self.isWaiting(entry), Board.isAlive(entry.process.load()) { count += 1 }
    }
    return count
  }

  /// Whether a process that sleeps in `wait` would go on if it looked now; true when unsure.
  ///
  /// Reads without a lock, from any process.
  public func isReady(for waiter: UInt32) -> Bool {
    if word.owner != 0 { return true }
    guard let own = table.entry(of: waiter), Self.isWaiting(own) else { return true }
    var isReady = false
    table.forEach { entry in
      // A dead one's grant passes to a waiter.
      if !Self.isWaiting(entry), !Board.isAlive(entry.process.load()) { isReady = true }
    }
    return isReady
  }

  /// Guards the records; held for moments, and never while the user's lock is waited for.
  private var word: OwnerWord { object.lock }
  private var ticket: SharedWord { object.word(2) }
  /// Counts the grants that were announced, so that a waiter can tell what nobody announced.
  private var announced: SharedWord { object.word(3) }
  private var table: ProcessTable { ProcessTable(object) }

  private static func isWaiting(_ entry: ProcessTable.Entry) -> Bool {
    entry.note.load() != granted
  }
}

// MARK: - Waiting

extension Condition {
  /// Gives the lock up, waits for a notification, and takes the lock again, as deep as it was.
  ///
  /// - Parameter deadline: When to stop waiting for the notification; the lock is waited for as long
  ///   as it takes.
  /// - Returns: Whether a notification came, and whether the lock came back from a dead owner.
  /// - Throws: `.assertion` when this process does not have the lock; `.interrupted` by the
  ///   interruption handler and `.deadlock` when nobody is left who could notify, both with the lock
  ///   held again; `.deadlock` without the lock when nobody is left who could free that;
  ///   `.system(.noMemory, …)` when the waiter cannot be recorded.
  ///
  /// Python: `Condition.wait`.
  public func wait(until deadline: Deadline = .never) throws(MultiprocessingError) -> Outcome {
    let lock = lock
    guard lock.isOwned else {
      throw .assertion("must acquire() condition before using wait()")
    }
    let (own, ticket) = try enlist()
    FaultPoint.hit(.conditionEnlisted)
    let depth = lock.releaseFully()
    FaultPoint.hit(.conditionUnlocked)
    var failure: MultiprocessingError?
    do throws(MultiprocessingError) {
      try sleep(own, while: ticket, until: deadline)
    } catch {
      failure = error
    }
    let isNotified = settle(own, hasFailed: failure != nil)
    FaultPoint.hit(.conditionWoken)
    let acquisition: Acquisition
    do throws(MultiprocessingError) {
      acquisition = try lock.retake(depth)
    } catch {
      // Whoever cannot have the lock does not return from the wait.
      if isNotified { _ = settle(own, hasFailed: true) }
      throw error
    }
    FaultPoint.hit(.conditionRetaken)
    if isNotified {
      enter()
      own.remove()
      word.releaseOwned()
    }
    FaultPoint.hit(.conditionLeft)
    if let failure { throw failure }
    return Outcome(isNotified: isNotified, isAbandoned: acquisition == .abandoned)
  }

  /// Records this process as the last of the waiters.
  private func enlist() throws(MultiprocessingError) -> (ProcessTable.Entry, ticket: UInt32) {
    enter()
    defer { word.releaseOwned() }
    passGrantsOfDead()
    let drawn = ticket.value &+ 2
    ticket.value = drawn
    return (try table.insert(Board.identity, note: drawn), drawn)
  }

  /// Sleeps until there is a grant or the deadline has passed.
  private func sleep(
    _ own: ProcessTable.Entry, while expected: UInt32, until deadline: Deadline
  ) throws(MultiprocessingError) {
    var sleep = SlicedSleep(WaitPurpose(.conditionWait, object: object.number))
    while own.note.load() == expected, !deadline.isPast {
      let heard = announced.load()
      let outcome = try sleep.sleep(on: own.note, while: expected, until: deadline)
      guard outcome == .sliceOver else { continue }
      if own.note.load() != expected {
        // In this order: who granted it and let go has announced it before.
        if !word.isHeld, announced.load() == heard { Statistics.countFind(after: sleep) }
      } else if tryEnter() {
        passGrantsOfDead()
        word.releaseOwned()
      }
    }
  }

  /// Decides whether the wait ended by a notification.
  ///
  /// If so, the record stays until the lock is held again; else it goes now, and a grant that came too
  /// late for a wait that failed goes to the next.
  private func settle(_ own: ProcessTable.Entry, hasFailed: Bool) -> Bool {
    enter()
    defer { word.releaseOwned() }
    let isGranted = !Self.isWaiting(own)
    if isGranted, !hasFailed { return true }
    if isGranted { grant(1) }
    own.remove()
    return false
  }
}

// MARK: - Notifying

extension Condition {
  /// Wakes waiters, the oldest first; waits for none of them.
  ///
  /// - Parameter count: How many at most.
  /// - Throws: `.assertion` when this process does not have the lock.
  ///
  /// Python: `Condition.notify`.
  public func notify(_ count: Int = 1) throws(MultiprocessingError) {
    guard lock.isOwned else { throw .assertion("lock is not owned") }
    enter()
    passGrantsOfDead()
    grant(count)
    FaultPoint.hit(.conditionNotified)
    word.releaseOwned()
  }

  /// Wakes all waiters.
  ///
  /// Python: `Condition.notify_all`.
  public func notifyAll() throws(MultiprocessingError) { try notify(.max) }

  private func grant(_ count: Int) {
    guard count < table.count else { return table.forEach(grant) }
    for _ in 0..<max(0, count) {
      guard let oldest = oldestWaiter else { return }
      grant(oldest)
    }
  }

  private func grant(_ entry: ProcessTable.Entry) {
    guard Self.isWaiting(entry) else { return }
    entry.note.store(Self.granted)
    FaultPoint.hit(.conditionGranted)
    announced.add(1)
    Futex.wake(entry.note, count: 1)
  }

  private var oldestWaiter: ProcessTable.Entry? {
    var oldest: ProcessTable.Entry?
    let next = ticket.value &+ 2
    table.forEach { entry in
      guard Self.isWaiting(entry) else { return }
      // By age, as the tickets begin anew some day.
      if let found = oldest, next &- found.note.value >= next &- entry.note.value { return }
      oldest = entry
    }
    return oldest
  }

  /// Takes dead waiters off the records; whoever had a grant passes it on.
  ///
  /// A death in the middle grants once too often, never too rarely: a waiter may wake for nothing.
  private func passGrantsOfDead() {
    table.forEach { entry in
      guard !Board.isAlive(entry.process.value) else { return }
      if Self.isWaiting(entry) { return entry.remove() }
      grantToLiving()
      FaultPoint.hit(.conditionPassing)
      entry.remove()
    }
  }

  private func grantToLiving() {
    while let oldest = oldestWaiter {
      if Board.isAlive(oldest.process.value) { return grant(oldest) }
      oldest.remove()
    }
  }

  private func enter() {
    if word.acquireUninterrupted() == .abandoned { passGrantsOfDead() }
  }

  /// The same for a sleeper's look around, for which it does not wait.
  private func tryEnter() -> Bool {
    // Without signals and with an identity nothing is thrown.
    let result = try? word.acquire(until: .now, for: .nestedLock)
    if result == .abandoned { passGrantsOfDead() }
    return result == .acquired || result == .abandoned
  }
}
