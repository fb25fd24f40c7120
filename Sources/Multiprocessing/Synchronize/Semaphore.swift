// A counter of tokens. Python: `multiprocessing.synchronize.Semaphore` and `BoundedSemaphore`.

internal import SystemPackage

/// Tokens that processes take and give back.
///
/// The handle is one pointer and may be copied freely; equal handles are the same semaphore. Who took
/// tokens is recorded, and those of a dead process come back. Tokens above the initial value were made
/// by somebody's `release`: they are signals, belong to nobody, and do not come back.
///
/// Under the lock this holds: the recorded tokens are as many as the value is below the initial one.
/// So a process that dies in the middle of a change leaves a value that can be computed.
public struct Semaphore: BitwiseCopyable, Hashable, Sendable {
  /// The largest value, as in Python.
  public static let largestValue = Int(Int32.max)

  /// The semaphore's entry in the arena, for `retain`, `release` and sending.
  public let object: SharedObject

  /// Makes a semaphore that this process holds a reference to.
  ///
  /// - Parameters:
  ///   - value: How many tokens there are, 0 to `largestValue`.
  ///   - isBounded: Whether `release` may never raise the value above that.
  /// - Throws: `.system(.invalidArgument, …)` for another value, `.system` when the arena cannot be
  ///   made or is full.
  ///
  /// Python: `multiprocessing.Semaphore`, `multiprocessing.BoundedSemaphore`.
  public init(value: Int = 1, isBounded: Bool = false) throws(MultiprocessingError) {
    guard value >= 0, value <= Self.largestValue else {
      throw .system(.invalidArgument, "make a semaphore of \(value) tokens")
    }
    object = try SharedObject.create(isBounded ? .boundedSemaphore : .semaphore) { object in
      object.word(1).value = UInt32(value)
      object.word(2).value = UInt32(value)
    }
  }

  /// Makes the handle of a semaphore that exists.
  ///
  /// - Parameter object: Must be of kind `.semaphore` or `.boundedSemaphore`.
  public init(_ object: SharedObject) {
    precondition(
      object.kind == .semaphore || object.kind == .boundedSemaphore,
      "the object is not a semaphore")
    self.object = object
  }

  /// Whether the value can never be above the initial one.
  public var isBounded: Bool {
    object.kindWord.value == SharedObjectKind.boundedSemaphore.rawValue
  }

  /// The value that the semaphore was made with.
  public var initialValue: Int { Int(initial.value) }

  /// How many tokens can be taken now; those of dead processes are among them.
  ///
  /// Python: `Semaphore.get_value`.
  public var value: Int {
    look()
    return Int(available.load())
  }

  /// The processes that took tokens, and how many each has; without a lock, for messages.
  public var holders: [(identity: UInt32, count: Int)] {
    var holders: [(identity: UInt32, count: Int)] = []
    table.forEach { holders.append((identity: $0.process.load(), count: Int($0.note.load()))) }
    return holders
  }

  /// Whether a process that sleeps in `acquire` would go on if it looked now; true when unsure.
  ///
  /// Reads without a lock, from any process.
  public var isReady: Bool { available.load() > 0 || lock.owner != 0 || hasDeadHolder }

  @inline(__always)
  private var lock: OwnerWord { object.lock }
  @inline(__always)
  private var available: SharedWord { object.word(1) }
  @inline(__always)
  private var initial: SharedWord { object.word(2) }
  @inline(__always)
  private var line: WakeLine { WakeLine(object, at: 3) }
  @inline(__always)
  private var idle: SharedWord { object.word(5) }
  @inline(__always)
  private var table: ProcessTable { ProcessTable(object) }
}

// MARK: - Taking and giving back

extension Semaphore {
  /// Takes a token, waiting until there is one.
  ///
  /// - Parameter deadline: When to stop waiting.
  /// - Returns: `.acquired` or `.timedOut`.
  /// - Throws: `.interrupted` by the interruption handler, `.deadlock` when nobody is left who could
  ///   give one back, `.system(.noMemory, …)` when the holder cannot be recorded.
  ///
  /// Python: `Semaphore.acquire`.
  @inline(__always)
  public func acquire(
    until deadline: Deadline = .never
  ) throws(MultiprocessingError) -> Acquisition {
    if lock.tryAcquire() {
      if available.value > 0 {
        try take()
        lock.releaseOwned()
        return .acquired
      }
      lock.releaseOwned()
    }
    return try acquireSlowly(until: deadline)
  }

  /// Gives a token back, or adds one; any process may.
  ///
  /// A process that took none gives back that of somebody else, if tokens are missing.
  ///
  /// - Throws: `.valueError` when the value would be too large.
  ///
  /// Python: `Semaphore.release`.
  public func release() throws(MultiprocessingError) {
    if !lock.tryAcquire() { try enterUninterrupted() }
    let value = available.value
    guard value < (isBounded ? initial.value : UInt32(Self.largestValue)) else {
      lock.releaseOwned()
      throw .valueError("semaphore or lock released too many times")
    }
    if value < initial.value { strike() }
    available.storeLast(value &+ 1)
    FaultPoint.hit(.semaphoreRaised)
    line.wake(1, idle: idle)
    FaultPoint.hit(.semaphoreWoken)
    lock.releaseOwned()
  }

  /// Takes a token that is there; on failure lets go of the lock.
  @inline(__always)
  private func take() throws(MultiprocessingError) {
    let value = available.value
    if value <= initial.value {
      let me = Board.identity
      if let entry = table.entry(of: me) {
        entry.note.value &+= 1
      } else {
        do throws(MultiprocessingError) {
          _ = try table.insert(me, note: 1)
        } catch {
          lock.releaseOwned()
          throw error
        }
      }
      FaultPoint.hit(.semaphoreRecorded)
    }
    available.storeLast(value &- 1)
    FaultPoint.hit(.semaphoreTaken)
  }

  /// Takes one token off the records: of this process, or else of whoever is recorded first.
  @inline(__always)
  private func strike() {
    guard let entry = table.entry(of: Board.identity) ?? firstHolder else { return }
    let count = entry.note.value
    if count > 1 { entry.note.value = count &- 1 } else { entry.remove() }
    FaultPoint.hit(.semaphoreStruck)
  }

  private var firstHolder: ProcessTable.Entry? {
    for place in 0..<table.count where table[place].process.value != 0 { return table[place] }
    return nil
  }

  @inline(never)
  private func acquireSlowly(until deadline: Deadline) throws(MultiprocessingError) -> Acquisition {
    guard Board.identity != 0 else { throw Board.strangerError }
    var sleep = SlicedSleep(WaitPurpose(.semaphoreAcquire, object: object.number))
    var sliceOver = false
    var expected: UInt32 = 0
    while true {
      // A wake that it got and cannot use is for somebody else.
      var hasEntered = false
      defer { if !hasEntered { line.wakeAll() } }
      hasEntered = try enterInterruptibly(until: deadline)
      guard hasEntered else { return .timedOut }
      let isReturned = available.value == 0 && returnTokensOfDead() > 0
      if available.value > 0 {
        if sliceOver, line.sequence.load() == expected {
          Statistics.countFind(after: isReturned ? nil : sleep)
        }
        try take()
        lock.releaseOwned()
        return .acquired
      }
      expected = line.sequence.load()
      // Both under the lock, as the waker's look at the tickets.
      line.tickets.add(1)
      let holders = self.holders.prefix(Board.mostWatched).map(\.identity)
      lock.releaseOwned()
      if deadline.isPast { return .timedOut }
      FaultPoint.hit(.semaphoreMarked)
      guard let lives = Board.watch(holders) else { continue }
      sliceOver =
        try sleep.sleep(on: line.sequence, while: expected, and: lives, until: deadline)
        == .sliceOver
    }
  }
}

// MARK: - The dead

extension Semaphore {
  private var hasDeadHolder: Bool {
    holders.contains { $0.identity != 0 && !Board.isAlive($0.identity) }
  }

  /// Takes the dead off the records, whose tokens can be taken from then on; returns how many tokens
  /// came back.
  ///
  /// Also puts right what a process left that died while changing something. May be done twice.
  @discardableResult
  private func returnTokensOfDead() -> Int {
    var recorded: UInt32 = 0
    table.forEach { entry in
      let identity = entry.process.value
      if Board.isAlive(identity) {
        recorded &+= entry.note.value
      } else {
        entry.remove()
        FaultPoint.hit(.semaphoreReturned)
        Board.passOnDeath(of: identity)
      }
    }
    let before = available.value
    guard recorded > 0 || before < initial.value else { return 0 }
    let now = initial.value &- recorded
    available.storeLast(now)
    guard now > before else { return 0 }
    line.wake(now - before, idle: idle)
    return Int(now - before)
  }

  private func recover() {
    returnTokensOfDead()
    // The dead one may have owed somebody a wake.
    line.wakeAll()
  }

  private func enterInterruptibly(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    switch try lock.acquire(until: deadline.forInnerLock, for: .internalLock) {
    case .acquired: return true
    case .timedOut: return false
    case .abandoned:
      recover()
      return true
    }
  }

  private func enterUninterrupted() throws(MultiprocessingError) {
    guard Board.identity != 0 else { throw Board.strangerError }
    if lock.acquireUninterrupted() == .abandoned { recover() }
  }

  /// Sees to the dead before a question is answered, unless somebody was stopped inside.
  private func look() {
    guard Board.identity != 0, hasDeadHolder || lock.owner != 0 else { return }
    // Without signals and with an identity nothing is thrown.
    switch try? lock.acquire(until: Deadline.now.forInnerLock, for: .nestedLock) {
    case .acquired: returnTokensOfDead()
    case .abandoned: recover()
    case .timedOut, nil: return
    }
    lock.releaseOwned()
  }
}
