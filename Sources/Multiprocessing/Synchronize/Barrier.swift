// A point where processes wait until all have come. Python: `multiprocessing.synchronize.Barrier`.

/// A barrier for a fixed number of processes.
///
/// The handle is one pointer and may be copied freely; equal handles are the same barrier. Who has
/// arrived is recorded; when one of them dies, the barrier is broken and the others are told. What
/// becomes of a round is written into each record, so that a slow process still finds it when others
/// have begun the next round.
public struct Barrier: BitwiseCopyable, Hashable, Sendable {
  /// How a process got through.
  public enum Arrival: Equatable, Sendable {
    /// All have come; the number says in which order, from 0.
    case passed(Int)
    /// This process is the last one: it runs the action, then calls `finishAction` or `failAction`.
    case mustAct(Int)
  }

  /// The barrier's entry in the arena, for `retain`, `release` and sending.
  public let object: SharedObject

  /// Makes a barrier that this process holds a reference to.
  ///
  /// - Parameters:
  ///   - parties: How many processes wait for each other.
  ///   - timeout: How many seconds a `wait` takes at most if it does not say so itself.
  /// - Throws: `.valueError` for fewer than one party, `.system` when the arena cannot be made or is
  ///   full.
  ///
  /// Python: `multiprocessing.Barrier`.
  public init(parties: Int, timeout: Double = .infinity) throws(MultiprocessingError) {
    guard parties >= 1, parties <= Int(Int32.max) else {
      throw .valueError("parties must be >= 1, got \(parties)")
    }
    object = try SharedObject.create(.barrier) { object in
      object.word(1).value = UInt32(parties)
      object.word(4).value = UInt32(truncatingIfNeeded: timeout.bitPattern)
      object.word(5).value = UInt32(truncatingIfNeeded: timeout.bitPattern >> 32)
    }
  }

  /// Makes the handle of a barrier that exists.
  public init(_ object: SharedObject) {
    precondition(object.kind == .barrier, "the object is not a barrier")
    self.object = object
  }

  /// How many processes wait for each other.
  ///
  /// Python: `Barrier.parties`.
  public var parties: Int { Int(object.word(1).value) }

  /// How many seconds a wait takes at most if it does not say so itself; infinity for no limit.
  public var timeout: Double {
    Double(bitPattern: UInt64(object.word(5).value) << 32 | UInt64(object.word(4).value))
  }

  /// How many have arrived and wait.
  ///
  /// Python: `Barrier.n_waiting`.
  public var waiterCount: Int {
    look()
    return isBrokenNow ? 0 : arrivedCount
  }

  /// Whether the barrier is broken: every wait fails until `reset`.
  ///
  /// Python: `Barrier.broken`.
  public var isBroken: Bool {
    look()
    return isBrokenNow
  }

  /// Whether a process that sleeps in `wait` would go on if it looked now; true when unsure.
  ///
  /// Reads without a lock, from any process. A round whose action runs is not over.
  public func isReady(for waiter: UInt32) -> Bool {
    if lock.owner != 0 { return true }
    guard let own = table.entry(of: waiter), own.note.load() == Note.waiting else { return true }
    return hasDead
  }

  private var lock: OwnerWord { object.lock }
  private var phase: SharedWord { object.word(2) }
  private var sequence: SharedWord { object.word(3) }
  private var table: ProcessTable { ProcessTable(object) }

  /// What the records and the phase say; from `broken` on by what.
  private enum Note {
    static let waiting: UInt32 = 1
    static let acting: UInt32 = 2
    static let passed: UInt32 = 3
    static let broken: UInt32 = 16
    static let aborted = broken
    static let timedOut = broken + 1
    static let reset = broken + 2
    static let died = broken + 3
    static let failed = broken + 4

    /// Whether the record is of somebody whose round is not over.
    static func isOpen(_ note: UInt32) -> Bool { note == waiting || note == acting }

    static func error(_ note: UInt32) -> MultiprocessingError {
      let reason =
        switch note {
        case timedOut: "a wait timed out"
        case reset: "it was reset"
        case died: "a process died while waiting"
        case failed: "its action failed"
        default: "it was aborted"
        }
      return .brokenBarrier("the barrier is broken: \(reason)")
    }
  }

  /// What the barrier as a whole does; a broken one has the note instead.
  private enum Phase {
    static let filling: UInt32 = 0
    static let acting: UInt32 = 1
    static let passing: UInt32 = 2
    static let resetting: UInt32 = 3
  }

  private var isBrokenNow: Bool { phase.load() >= Note.broken }

  /// How many have arrived, as far as it can be told without a lock.
  var arrivedCount: Int {
    var count = 0
    table.forEach { if Note.isOpen($0.note.load()) { count += 1 } }
    return count
  }

  /// Whether somebody whose round is not over has died; without a lock.
  private var hasDead: Bool {
    var hasDead = false
    table.forEach { entry in
      if Note.isOpen(entry.note.load()), !Board.isAlive(entry.process.load()) { hasDead = true }
    }
    return hasDead
  }
}

// MARK: - Waiting

extension Barrier {
  /// Waits until as many processes have come as there are parties.
  ///
  /// - Parameters:
  ///   - deadline: When to stop waiting, which breaks the barrier. Once all have come it does not
  ///     count any more.
  ///   - hasAction: Whether the last process to come is to run an action before the others go on.
  /// - Returns: The arrival number, and whether this process must act.
  /// - Throws: `.brokenBarrier` when the barrier is or becomes broken; `.interrupted` by the
  ///   interruption handler and `.deadlock` when nobody is left who could come, both of which take the
  ///   arrival back; `.system(.noMemory, …)`.
  ///
  /// Python: `Barrier.wait`.
  public func wait(
    until deadline: Deadline = .never, hasAction: Bool = false
  ) throws(MultiprocessingError) -> Arrival {
    guard Board.identity != 0 else { throw Board.strangerError }
    var sleep = SlicedSleep(WaitPurpose(.barrierWait, object: object.number))
    try enterFilling(&sleep, until: deadline)
    if isBrokenNow { throw leaving(Note.error(phase.value)) }
    let number = arrivedCount
    let isLast = number + 1 >= parties
    let own: ProcessTable.Entry
    do throws(MultiprocessingError) {
      own = try table.insert(Board.identity, note: Note.waiting)
    } catch {
      throw leaving(error)
    }
    FaultPoint.hit(.barrierArrived)
    if isLast, hasAction {
      own.note.value = Note.acting
      phase.storeLast(Phase.acting)
      lock.releaseOwned()
      FaultPoint.hit(.barrierActing)
      return .mustAct(number)
    }
    if isLast { pass() }
    do throws(MultiprocessingError) {
      try sleepUntilOver(own, &sleep, until: deadline)
    } catch {
      enter()
      own.remove()
      throw leaving(error)
    }
    let note = own.note.value
    own.remove()
    lock.releaseOwned()
    FaultPoint.hit(.barrierLeft)
    if note != Note.passed { throw Note.error(note) }
    return .passed(number)
  }

  /// Lets the others go on, after the action was run.
  ///
  /// - Throws: `.brokenBarrier` when the barrier was broken meanwhile.
  public func finishAction() throws(MultiprocessingError) {
    enter()
    guard let own = table.entry(of: Board.identity) else { return lock.releaseOwned() }
    if own.note.value == Note.acting { pass() }
    let note = own.note.value
    own.remove()
    lock.releaseOwned()
    if note != Note.passed { throw Note.error(note) }
  }

  /// Breaks the barrier, because the action failed.
  public func failAction() {
    enter()
    if let own = table.entry(of: Board.identity) {
      if own.note.value == Note.acting { breakNow(Note.failed) }
      own.remove()
    }
    lock.releaseOwned()
  }

  /// Returns holding the lock, when no round's action is running any more.
  private func enterFilling(
    _ sleep: inout SlicedSleep, until deadline: Deadline
  ) throws(MultiprocessingError) {
    while true {
      switch try lock.acquire(until: deadline.forInnerLock, for: .internalLock) {
      case .acquired, .abandoned: settle()
      case .timedOut: throw Note.error(Note.timedOut)
      }
      guard phase.value == Phase.acting else { return }
      let expected = sequence.load()
      let actors = identities { $0 == Note.acting }
      lock.releaseOwned()
      if deadline.isPast { throw Note.error(Note.timedOut) }
      guard let lives = Board.watch(actors) else { continue }
      _ = try sleep.sleep(on: sequence, while: expected, and: lives, until: deadline)
    }
  }

  /// Sleeps until the round of the record is over; called and returns with the lock held, and leaves
  /// it when it throws.
  private func sleepUntilOver(
    _ own: ProcessTable.Entry, _ sleep: inout SlicedSleep, until deadline: Deadline
  ) throws(MultiprocessingError) {
    var sliceOver = false
    var expected = sequence.load()
    while true {
      settle()
      if own.note.value == Note.waiting, phase.value == Phase.filling, deadline.isPast {
        breakNow(Note.timedOut)
      }
      if own.note.value != Note.waiting {
        if sliceOver, sequence.load() == expected { Statistics.countFind(after: sleep) }
        return
      }
      expected = sequence.load()
      let me = Board.identity
      let others = identities { Note.isOpen($0) }.filter { $0 != me }
      let until = phase.value == Phase.filling ? deadline : .never
      lock.releaseOwned()
      if let lives = Board.watch(Array(others.prefix(Board.mostWatched))) {
        sliceOver =
          try sleep.sleep(on: sequence, while: expected, and: lives, until: until) == .sliceOver
      }
      FaultPoint.hit(.barrierWoken)
      enter()
    }
  }

  private func identities(where isMeant: (UInt32) -> Bool) -> [UInt32] {
    var identities: [UInt32] = []
    table.forEach { if isMeant($0.note.value) { identities.append($0.process.value) } }
    return identities
  }

  private func leaving(_ error: MultiprocessingError) -> MultiprocessingError {
    lock.releaseOwned()
    return error
  }
}

// MARK: - Changing

extension Barrier {
  /// Breaks the barrier: who waits and who comes later gets an error.
  ///
  /// Python: `Barrier.abort`.
  public func abort() throws(MultiprocessingError) {
    guard Board.identity != 0 else { throw Board.strangerError }
    enter()
    breakNow(Note.aborted)
    lock.releaseOwned()
  }

  /// Makes the barrier as it was at first; who waits gets an error.
  ///
  /// Python: `Barrier.reset`.
  public func reset() throws(MultiprocessingError) {
    guard Board.identity != 0 else { throw Board.strangerError }
    enter()
    phase.store(Phase.resetting)
    FaultPoint.hit(.barrierResetting)
    finishReset()
    lock.releaseOwned()
  }

  /// Ends the round well.
  private func pass() {
    // The commit: whoever finds this after a death goes on with it.
    phase.store(Phase.passing)
    FaultPoint.hit(.barrierPassing)
    finishPassing()
  }

  private func finishPassing() {
    mark(Note.passed)
    phase.store(Phase.filling)
    announce()
  }

  private func finishReset() {
    mark(Note.reset)
    phase.store(Phase.filling)
    announce()
  }

  private func breakNow(_ note: UInt32) {
    phase.store(note)
    FaultPoint.hit(.barrierBreaking)
    mark(note)
    announce()
  }

  /// Writes into the open records what became of the round.
  private func mark(_ note: UInt32) {
    table.forEach { entry in
      guard Note.isOpen(entry.note.value) else { return }
      entry.note.store(note)
      FaultPoint.hit(.barrierMarked)
    }
  }

  private func announce() {
    sequence.add(1)
    FaultPoint.hit(.barrierOpened)
    Futex.wakeAll(sequence)
  }

  /// Goes on with what a dead process began, and breaks the barrier if one died that was waited for.
  ///
  /// May be done twice.
  private func settle() {
    switch phase.value {
    case Phase.passing: finishPassing()
    case Phase.resetting: finishReset()
    case Phase.filling: if hasDead { breakNow(Note.died) }
    case Phase.acting:
      if !identities(where: { $0 == Note.acting }).allSatisfy(Board.isAlive) {
        breakNow(Note.died)
      }
    default: if arrivedCount > 0 { breakNow(phase.value) }
    }
    table.forEach { entry in
      let identity = entry.process.value
      if Board.isAlive(identity) { return }
      entry.remove()
      Board.passOnDeath(of: identity)
    }
  }

  private func enter() {
    if lock.acquireUninterrupted() == .abandoned {
      settle()
      announce()
    }
  }

  /// Sees to the dead before a question is answered, unless somebody was stopped inside.
  private func look() {
    guard Board.identity != 0, hasDead || lock.owner != 0 else { return }
    // Without signals and with an identity nothing is thrown.
    let result = try? lock.acquire(until: Deadline.now.forInnerLock, for: .nestedLock)
    guard result == .acquired || result == .abandoned else { return }
    settle()
    lock.releaseOwned()
  }
}
