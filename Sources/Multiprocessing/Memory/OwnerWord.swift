// The lock of the runtime: a word that names its owner. Python: a named semaphore that names nobody.

/// A 4-byte lock in shared memory: 0, or the identity of its owner and a bit for sleepers.
///
/// The owner is the word, so there is no instant at which the holder is unknown, and a dead owner is
/// noticed at once through its life word. Not fair. Waiters never spin: that made contention slower.
struct OwnerWord {
  static let waitersBit: UInt32 = 0x8000_0000
  static let ownerMask: UInt32 = 0x3FFF_FFFF

  let word: SharedWord

  @inline(__always)
  init(_ word: SharedWord) { self.word = word }

  /// The identity of the owner, alive or not; 0 when free.
  var owner: UInt32 { word.load() & Self.ownerMask }

  /// Whether a living process holds the lock.
  var isHeld: Bool {
    let owner = owner
    return owner != 0 && Board.isAlive(owner)
  }

  /// Whether this process holds the lock.
  @inline(__always)
  var isOwned: Bool {
    let me = Board.identity
    return me != 0 && word.value & Self.ownerMask == me
  }

  /// Takes the lock if nobody has it.
  @inline(__always)
  func tryAcquire() -> Bool {
    let me = Board.identity
    return me != 0 && word.exchangeAcquiring(0, for: me)
  }

  /// Takes the lock, waiting for it until the deadline.
  @inline(__always)
  func acquire(
    until deadline: Deadline, for purpose: WaitPurpose
  ) throws(MultiprocessingError) -> Acquisition {
    if tryAcquire() { return .acquired }
    return try acquireSlowly(until: deadline, for: purpose)
  }

  /// Takes an inner lock of the runtime, however long it takes; the caller has an identity.
  @inline(__always)
  func acquireUninterrupted() -> Acquisition {
    if tryAcquire() { return .acquired }
    // Without a deadline and without signals nothing can be thrown.
    return (try? acquireSlowly(until: .never, for: .nestedLock)) ?? .timedOut
  }

  @inline(never)
  private func acquireSlowly(
    until deadline: Deadline, for purpose: WaitPurpose
  ) throws(MultiprocessingError) -> Acquisition {
    let me = Board.identity
    guard me != 0 else { throw Board.strangerError }
    var keep: UInt32 = 0
    var sleep = SlicedSleep(purpose)
    var mayBeFind = false
    while true {
      let seen = word.load()
      let owner = seen & Self.ownerMask
      if owner == 0 {
        if mayBeFind {
          mayBeFind = false
          let now = Clock.nanoseconds
          if staysFree() { Statistics.countFind(after: sleep, seenAt: now) }
          continue
        }
        // Once somebody slept, others may still sleep: the bit is kept for them.
        if word.exchange(seen, for: me | keep | seen & Self.waitersBit) {
          FaultPoint.hit(.lockAcquired)
          return .acquired
        }
        continue
      }
      if !Board.isAlive(owner) {
        // The owner's own death explains it, though nobody may have counted that yet.
        if mayBeFind { Statistics.countFind(after: nil) }
        mayBeFind = false
        if word.exchange(seen, for: me | Self.waitersBit) {
          Board.passOnDeath(of: owner)
          FaultPoint.hit(.lockAcquired)
          return .abandoned
        }
        continue
      }
      if deadline.isPast {
        if keep != 0 { passOn() }
        return .timedOut
      }
      if seen & Self.waitersBit == 0, !word.exchange(seen, for: seen | Self.waitersBit) { continue }
      FaultPoint.hit(.lockMarked)
      guard let life = Board.watch(owner) else { continue }
      keep = Self.waitersBit
      do {
        let outcome = try sleep.sleep(
          on: word, while: seen | Self.waitersBit, and: [life], until: deadline)
        mayBeFind = outcome == .sliceOver
      } catch {
        passOn()
        throw error
      }
    }
  }

  /// Whether nobody takes the free lock for 10 ms.
  ///
  /// A lock in steady use may have been released after this sleeper had left the queue at the end of
  /// its slice: nobody forgot to announce that. Who is woken here goes on to take the lock.
  private func staysFree() -> Bool {
    for _ in 0..<20 {
      for _ in 0..<SpinWait.pauses {
        if owner != 0 { return false }
        SpinWait.pause()
      }
      let until = Deadline(nanoseconds: Clock.nanoseconds + 500_000)
      if Futex.wait(on: word, while: word.load() & Self.waitersBit, until: until) != .deadline {
        return false
      }
    }
    return true
  }

  /// Leaves without the lock but perhaps with a wake that was meant for another sleeper.
  private func passOn() {
    while true {
      let seen = word.load()
      if seen & Self.ownerMask == 0 {
        Futex.wake(word, count: 1)
        return
      }
      if seen & Self.waitersBit != 0 || word.exchange(seen, for: seen | Self.waitersBit) { return }
    }
  }

  /// Gives up the lock that this process holds.
  @inline(__always)
  func releaseOwned() {
    if !word.exchangeReleasing(Board.identity, for: 0) { releaseSlowly() }
  }

  /// Frees the word, whoever holds it; false when nobody does.
  @inline(__always)
  func release() -> Bool {
    if Board.identity != 0, word.exchangeReleasing(Board.identity, for: 0) { return true }
    return releaseSlowly()
  }

  @inline(never)
  @discardableResult
  private func releaseSlowly() -> Bool {
    while true {
      let seen = word.load()
      if seen & Self.ownerMask == 0 { return false }
      FaultPoint.hit(.lockReleasing)
      if seen & Self.waitersBit != 0 {
        Futex.release(word)
        return true
      }
      if word.exchange(seen, for: 0) { return true }
    }
  }
}
