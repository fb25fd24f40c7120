// What a process waits for, where others can read it. No counterpart in Python.

/// What a process sleeps for.
public enum WaitOperation: UInt32, Sendable {
  /// Nothing that others need to know of: a lock inside the runtime.
  case none
  case lockAcquire, recursiveLockAcquire, queueGet, queuePut, queueJoin, processJoin
  case semaphoreAcquire, conditionWait, eventWait, barrierWait, connectionReceive, connectionSend
  case waitAny
}

/// Who waits and for what: the operation, and the object whose change would end the wait.
struct WaitPurpose {
  let operation: WaitOperation
  /// The object's number in the table; for a join of a process, its identity.
  let object: UInt32
  /// Whether signals may be served in the middle of the wait.
  let servesSignals: Bool

  /// A lock of the runtime, taken while nothing else is held.
  static let internalLock = WaitPurpose(operation: .none, object: 0, servesSignals: true)
  /// A lock of the runtime, taken while another one is held.
  static let nestedLock = WaitPurpose(operation: .none, object: 0, servesSignals: false)

  init(_ operation: WaitOperation, object: UInt32) {
    self.init(operation: operation, object: object, servesSignals: true)
  }

  private init(operation: WaitOperation, object: UInt32, servesSignals: Bool) {
    self.operation = operation
    self.object = object
    self.servesSignals = servesSignals
  }
}

/// One wait from its first sleep to its last: slices, signals and the record in the slot.
///
/// A sleep is cut in slices because nobody else notices that a process died between its commit and
/// its wake. The record's sequence is odd exactly while the process sleeps without a deadline, so
/// that a reader who saw it odd and unchanged knows that nothing happened in between.
struct SlicedSleep {
  /// How a sleep ended.
  enum Outcome {
    case look
    /// Nobody woke it. What is found now, somebody forgot to announce.
    case sliceOver
  }

  let purpose: WaitPurpose
  private var round = 0
  let deathsBefore: UInt64
  /// When the first slice began, by `Clock`; 0 before.
  private var start: UInt64 = 0
  /// When the last slice ended or will end, by `Clock`.
  private(set) var sliceEnd: UInt64 = 0

  init(_ purpose: WaitPurpose) {
    self.purpose = purpose
    deathsBefore = Arena.header.deathCount.load()
  }

  /// Sleeps while the word is `expected` (and `other` too), until the deadline or the next slice.
  mutating func sleep(
    on word: SharedWord, while expected: UInt32,
    and other: (word: SharedWord, expected: UInt32)? = nil, until deadline: Deadline
  ) throws(MultiprocessingError) -> Outcome {
    let slice = nextSlice()
    let until = deadline.earlier(of: slice)
    let isMarked = enter(word: word, expected: expected, isUntimed: deadline == .never)
    let wake: Futex.Wake
    if let other {
      wake = Futex.wait(
        on: word, while: expected, and: other.word, while: other.expected, until: until)
    } else {
      wake = Futex.wait(on: word, while: expected, until: until)
    }
    leave(isMarked: isMarked)
    return try afterSleep(wake, wasSlice: until == slice)
  }

  /// When the present slice ends: 100 ms, then 200, then 250 each.
  mutating func nextSlice() -> Deadline {
    let length: UInt64 = round == 0 ? 100 : round == 1 ? 200 : 250
    let now = Clock.nanoseconds
    if start == 0 { start = now }
    sliceEnd = now + length * 1_000_000
    return Deadline(nanoseconds: sliceEnd)
  }

  /// Serves signals, and sweeps the dead at the end of a slice.
  mutating func afterSleep(
    _ wake: Futex.Wake, wasSlice: Bool
  ) throws(MultiprocessingError) -> Outcome {
    switch wake {
    case .look:
      return .look
    case .signal:
      try serveSignals()
      return .look
    case .deadline:
      guard wasSlice else { return .look }
      round += 1
      if purpose.servesSignals {
        Board.sweepDead()
        try serveSignals()
      }
      return .sliceOver
    }
  }

  private func serveSignals() throws(MultiprocessingError) {
    guard purpose.servesSignals else { return }
    try Interruption.run(
      CurrentWait(operation: purpose.operation, object: purpose.object, since: start))
  }

  /// Writes the record; says whether the sequence became odd.
  func enter(word: SharedWord, expected: UInt32, isUntimed: Bool) -> Bool {
    guard purpose.operation != .none else { return false }
    let slot = Board.ownSlot
    let offset = unsafe UnsafeMutableRawPointer(word.address) - Arena.base
    slot.waitWord(0).value = UInt64(offset)
    slot.waitObject(0).value = purpose.object
    slot.waitExpected(0).value = expected
    slot.waitCount.value = 1
    slot.waitSince.value = start
    slot.waitOperation.value = purpose.operation.rawValue
    // The record is complete before the sequence turns odd: pairs with the first pass of a reader.
    if isUntimed { slot.waitSequence.add(1) }
    return isUntimed
  }

  /// The same for a wait on descriptors, which has no word.
  func enter(isUntimed: Bool) -> Bool {
    guard purpose.operation != .none else { return false }
    let slot = Board.ownSlot
    slot.waitWord(0).value = 0
    slot.waitObject(0).value = purpose.object
    slot.waitCount.value = purpose.object == 0 ? 0 : 1
    slot.waitSince.value = start
    slot.waitOperation.value = purpose.operation.rawValue
    if isUntimed { slot.waitSequence.add(1) }
    return isUntimed
  }

  /// Takes the mark back before anything else is touched.
  func leave(isMarked: Bool) {
    guard purpose.operation != .none else { return }
    let slot = Board.ownSlot
    if isMarked { slot.waitSequence.add(1) }
    slot.waitOperation.value = 0
    slot.waitCount.value = 0
  }
}
