// Shutting down, and counting unfinished tasks. Python: `queue.Queue.shutdown`, `task_done`, `join`.

extension Ring {
  /// Ends the ring: puts fail at once, gets when it is empty.
  ///
  /// At once also throws away what is in it.
  func shutdown(immediate: Bool) throws(MultiprocessingError) {
    if try header.getWord.acquire(until: .never, for: .internalLock) == .abandoned { recoverGet() }
    if header.putWord.acquireUninterrupted() == .abandoned { recoverPut() }
    if immediate {
      header.closed.store(2)
    } else if header.closed.value == 0 {
      header.closed.store(1)
    }
    FaultPoint.hit(.ringShutDown)
    // With the mark set no putter comes in any more, so the tail stays.
    header.putWord.releaseOwned()
    if header.closed.value == 2 { drain() }
    header.getWord.releaseOwned()
    header.notEmpty.wakeAll()
    header.notFull.wakeAll()
    if unfinishedCount == 0 { header.allDone.wakeAll() }
  }

  /// Throws away what is left after an immediate shutdown.
  ///
  /// The get side is held; may be done twice.
  func drain() {
    let tail = header.tail.load()
    let head = header.head.value
    if header.drainedFrom.value == 0 {
      // Recorded before the head moves: thrown away messages count as done, whoever dies here.
      header.drainedFrom.store(1 << 32 | UInt64(Ring.ordinal(head)))
    }
    if head != tail { header.head.store(tail) }
    dropThrownAway()
    if unfinishedCount == 0 { header.allDone.wakeAll() }
  }

  /// Lets go of what the messages that were thrown away carry.
  ///
  /// No putter comes in any more, and getters have taken only what was before.
  private func dropThrownAway() {
    let object = SharedObject(number: header.object.value)
    guard object.carriesMessages else { return }
    let first = UInt32(truncatingIfNeeded: header.drainedFrom.value)
    // Cannot fail: who holds the get side has an identity.
    try? Arena.withLock { () throws(MultiprocessingError) in
      object.dropMessages { Int32(bitPattern: $0.ordinal.value &- first) >= 0 }
    }
  }

  var isShutDown: Bool { header.closed.load() != 0 }

  /// Messages that were put and not yet reported done; thrown away ones count as done.
  var unfinishedCount: Int {
    let drained = header.drainedFrom.load()
    let end =
      drained != 0 ? UInt32(truncatingIfNeeded: drained) : Ring.ordinal(header.tail.load())
    return max(0, Int(Int32(bitPattern: end &- header.finished.load())))
  }

  func taskDone() throws(MultiprocessingError) {
    while true {
      let finished = header.finished.load()
      guard unfinishedCount > 0 else { throw .valueError("task_done() called too many times") }
      if header.finished.exchange(finished, for: finished &+ 1) { break }
    }
    if unfinishedCount == 0 {
      // Everybody is woken, so the tickets may be forgotten all at once; but before the sequence
      // moves, or the ticket of who read the new sequence would be lost and nobody wake it.
      let hasSleepers = header.allDone.tickets.load() != 0
      if hasSleepers { header.allDone.tickets.store(0) }
      header.allDone.sequence.add(1)
      if hasSleepers { Futex.wakeAll(header.allDone.sequence) }
    }
  }

  /// Waits until everything that was put was reported done.
  func join(until deadline: Deadline) throws(MultiprocessingError) {
    var sleep = SlicedSleep(WaitPurpose(.queueJoin, object: header.object.value))
    let before = header.allDone.sequence.load()
    while unfinishedCount > 0 {
      // The ticket first, then the look: pairs with the last `taskDone`'s count and look.
      header.allDone.tickets.store(1)
      // A changed sequence says that the count was zero meanwhile.
      if unfinishedCount == 0 || header.allDone.sequence.load() != before { return }
      if deadline.isPast { throw .timedOut }
      let outcome = try sleep.sleep(
        on: header.allDone.sequence, while: before, until: deadline)
      if outcome == .sliceOver, unfinishedCount == 0,
        header.allDone.sequence.load() == before
      {
        Statistics.countFind(after: sleep)
      }
    }
  }
}
