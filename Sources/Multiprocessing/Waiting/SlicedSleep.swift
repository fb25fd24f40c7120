// A wait from its first sleep to its last. No counterpart in Python.

/// One wait: slices, signals and the record in the slot.
///
/// A sleep is cut in slices because nobody else notices that a process died between its commit and
/// its wake, or that all who could end a wait wait themselves.
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
  /// When the last slice ended or will end, by `Clock`.
  private(set) var sliceEnd: UInt64 = 0
  /// When the first sleep began, by `Clock`; 0 before.
  private var since: UInt64 = 0
  private var suspicion = DeadlockDetection.Suspicion()

  init(_ purpose: WaitPurpose) {
    self.purpose = purpose
    deathsBefore = Arena.header.deathCount.load()
  }

  /// Sleeps while the word is `expected` (and the others too), until the deadline or the next slice.
  ///
  /// - Throws: `.deadlock` when nobody is left who could end the wait, and what the handler of
  ///   signals throws.
  mutating func sleep(
    on word: SharedWord, while expected: UInt32, and others: [Futex.Watch] = [],
    until deadline: Deadline
  ) throws(MultiprocessingError) -> Outcome {
    try sleep(watching: Futex.Watch(word: word, expected: expected), until: deadline) { until in
      Futex.wait(on: word, while: expected, and: others, until: until)
    }
  }

  /// Sleeps by `body`, which gets the end of the slice or the deadline if that comes first.
  mutating func sleep(
    watching word: Futex.Watch?, until deadline: Deadline,
    by body: (Deadline) -> Futex.Wake
  ) throws(MultiprocessingError) -> Outcome {
    let entry = WaitEntry(operation: purpose.operation, object: purpose.object, word: word)
    return try sleep(onAny: CollectionOfOne(entry), until: deadline, by: body)
  }

  /// The same for a wait that ends when the first of several things happens.
  mutating func sleep(
    onAny entries: some Collection<WaitEntry>, until deadline: Deadline,
    by body: (Deadline) -> Futex.Wake
  ) throws(MultiprocessingError) -> Outcome {
    let slice = nextSlice()
    let until = deadline.earlier(of: slice)
    if since == 0 { since = Clock.nanoseconds }
    guard purpose.operation != .none else {
      let wake = traced(purpose.operation, purpose.object, until, isSlice: until == slice, by: body)
      return try afterSleep(wake, entries, wasSlice: until == slice)
    }
    let record = WaitRecord(slot: Board.ownSlot)
    let isUntimed = deadline == .never
    record.enter(purpose.operation, entries, since: since, isUntimed: isUntimed)
    let wasSlice = until == slice
    // One of several things that is the only one is what it waits for.
    let only = purpose.operation == .waitAny && entries.count == 1 ? entries.first : nil
    let wake = traced(
      only?.operation ?? purpose.operation, only?.object ?? purpose.object, until,
      isSlice: wasSlice, by: body)
    // While the record still says that this process sleeps: it is among those who are looked at.
    if isUntimed, wake == .deadline { suspicion.look() }
    record.leave()
    let outcome = try afterSleep(wake, entries, wasSlice: wasSlice)
    if isUntimed { try suspicion.raise(since: since) }
    return outcome
  }

  /// Sleeps by `body`, and notes it in the trace if there is one.
  @inline(__always)
  private func traced(
    _ operation: WaitOperation, _ object: UInt32, _ until: Deadline, isSlice: Bool,
    by body: (Deadline) -> Futex.Wake
  ) -> Futex.Wake {
    guard Trace.isOn else { return body(until) }
    let start = Clock.nanoseconds
    let wake = body(until)
    Trace.noteSleep(
      TracedSleep(operation: operation, object: object, wait: since, start: start),
      isOver: wake != .deadline || !isSlice)
    return wake
  }

  /// When the present slice ends: 100 ms, then 200, then 250 each.
  private mutating func nextSlice() -> Deadline {
    let length: UInt64 = round == 0 ? 100 : round == 1 ? 200 : 250
    sliceEnd = Clock.nanoseconds + length * 1_000_000
    return Deadline(nanoseconds: sliceEnd)
  }

  /// Serves signals, and sweeps the dead at the end of a slice.
  private mutating func afterSleep(
    _ wake: Futex.Wake, _ entries: some Collection<WaitEntry>, wasSlice: Bool
  ) throws(MultiprocessingError) -> Outcome {
    switch wake {
    case .look:
      // Who was woken when a signal had come too hears of the wake alone: of a Ctrl-C, the end of a child
      // that it has ended as well.
      if Interruption.isPending() { try serveSignals(entries) }
      return .look
    case .signal:
      try serveSignals(entries)
      return .look
    case .deadline:
      guard wasSlice else {
        // One that came just before the sleep interrupted nothing, and the caller may wait again.
        try serveSignals(entries)
        return .look
      }
      round += 1
      if purpose.servesSignals {
        Board.sweepDead()
        try serveSignals(entries)
      }
      return .sliceOver
    }
  }

  private func serveSignals(
    _ entries: some Collection<WaitEntry>
  ) throws(MultiprocessingError) {
    guard purpose.servesSignals else { return }
    try Interruption.run {
      CurrentWait(
        operation: purpose.operation, object: purpose.object, since: since,
        things: WaitEntry.description(
          of: purpose.operation, on: Array(entries.prefix(WaitRecord.capacity)), of: entries.count))
    }
  }
}
