// The get side of the ring. Python: `Queue.get`.

internal import SystemPackage

extension Ring {
  /// Takes one message; `take` copies it out.
  ///
  /// When it throws, the message stays.
  ///
  /// - Returns: The mark of a message that carries references, for the caller to accept or discard;
  ///   0 for another one.
  @inline(__always)
  func get(
    until deadline: Deadline, for operation: WaitOperation = .queueGet,
    take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) -> UInt64 {
    try enterGet(deadline, operation)
    let mark = try unsafe takeOne(take)
    finishGet(1)
    return mark
  }

  /// Takes up to `max` messages under one hold of the lock, waiting only for the first.
  ///
  /// `carried` gets the position of a message that carries references, and its mark.
  @inline(__always)
  func getMany(
    max: Int, until deadline: Deadline, carried: (Int, UInt64) -> Void,
    take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) -> Int {
    guard max > 0 else { return 0 }
    try enterGet(deadline, .queueGet)
    var done = 0
    while done < max, done == 0 || hasMessage() {
      do {
        let mark = try unsafe takeOne(take)
        // At once: a slot says of one message only that it is being taken.
        if mark != 0 { carried(done, mark) }
      } catch {
        // `takeOne` has left the lock; what was taken is the caller's.
        guard done > 0 else { throw error }
        header.notFull.wakeAll()
        return done
      }
      done += 1
    }
    finishGet(done)
    return done
  }

  @inline(__always)
  private func finishGet(_ count: Int) {
    if header.maxsize.value != 0 {
      header.notFull.wake(UInt32(clamping: count), idle: header.idlePutters)
    }
    FaultPoint.hit(.ringGetWoken)
    let segment = Segment(bits: header.segment(header.getSegment.value).value)
    // The cached tail first: the real one is in the putter's processor.
    if segment.ringClass > Ring.keptClass, !hasMessageCached() { shrink() }
    header.getWord.releaseOwned()
  }

  /// Returns holding the get side, with a message there.
  @inline(__always)
  private func enterGet(
    _ deadline: Deadline, _ operation: WaitOperation
  ) throws(MultiprocessingError) {
    if !header.getWord.tryAcquire() { try enterGetSlowly(deadline) }
    FaultPoint.hit(.ringGetLocked)
    if header.closed.value == 2 {
      drain()
      header.getWord.releaseOwned()
      throw .shutDown
    }
    if !hasMessageCached() { try waitForMessage(deadline, operation) }
  }

  @inline(never)
  private func enterGetSlowly(_ deadline: Deadline) throws(MultiprocessingError) {
    switch try header.getWord.acquire(
      until: deadline.forInnerLock, for: .side(of: header.object.value))
    {
    case .acquired: break
    case .abandoned: recoverGet()
    case .timedOut: throw .empty
    }
  }

  /// Puts the get side right after its holder died.
  func recoverGet() {
    header.abandonedCount.add(1)
    // If it died while shrinking, the put side may be using the left region's class again by now:
    // go on to the segment of the head without punching anything.
    let position = Ring.position(header.head.load())
    while isPastSegment(position) { header.getSegment.value &+= 1 }
    if header.head.load() == header.tail.load(), header.putWord.tryAcquire() {
      if header.head.load() == header.tail.load(),
        header.putSegment.value == header.getSegment.value
      {
        let live = Segment(bits: header.segment(header.putSegment.value).value).ringClass
        for ringClass in Ring.classes where ringClass != live { punchRegion(ofClass: ringClass) }
      }
      header.putWord.releaseOwned()
    }
    header.notFull.wakeAll()
    header.notEmpty.wakeAll()
  }

  @inline(__always)
  private func hasMessageCached() -> Bool {
    Ring.ordinal(header.tailCache.value) != Ring.ordinal(header.head.value)
  }

  /// Looks at the put side again: pairs with its commit of the tail.
  @inline(__always)
  private func hasMessage() -> Bool {
    if hasMessageCached() { return true }
    header.tailCache.value = header.tail.load()
    return hasMessageCached()
  }

  /// Sleeps until there is a message.
  ///
  /// Called with the lock held and returns with it held; lets go of it to sleep, and for good when
  /// it throws.
  @inline(never)
  private func waitForMessage(
    _ deadline: Deadline, _ operation: WaitOperation
  ) throws(MultiprocessingError) {
    if hasMessage() { return }
    var sleep = SlicedSleep(WaitPurpose(operation, object: header.object.value))
    var sliceOver = false
    var expected: UInt32 = 0
    while true {
      if hasMessage() || deadline != .now && spinForMessage() {
        // In this order: who committed and let go has moved the sequence before.
        let isSilent = !header.putWord.isHeld && header.notEmpty.sequence.load() == expected
        if sliceOver && isSilent { Statistics.countFind(after: sleep) }
        return
      }
      expected = header.notEmpty.sequence.load()
      // The ticket first, then the look: pairs with the putter's commit and look at the tickets.
      header.notEmpty.tickets.add(1)
      if hasMessage() { return }
      let isClosed = header.closed.value != 0
      header.getWord.releaseOwned()
      if isClosed { throw .shutDown }
      if deadline.isPast { throw .empty }
      var isHopeless: MultiprocessingError?
      do {
        sliceOver =
          try sleep.sleep(on: header.notEmpty.sequence, while: expected, until: deadline)
          == .sliceOver
      } catch .deadlock(let report) {
        // Another loop over this queue may have ended first and put something at its end.
        isHopeless = .deadlock(report)
      }
      if !header.getWord.tryAcquire() { try enterGetSlowly(deadline) }
      if let isHopeless, !hasMessage() {
        header.getWord.releaseOwned()
        throw isHopeless
      }
      if header.closed.value == 2 {
        drain()
        header.getWord.releaseOwned()
        throw .shutDown
      }
      // The steady traffic is over.
      if sliceOver, header.keptClass.value > Ring.keptClass {
        header.keptClass.value = UInt32(Ring.keptClass)
        shrink()
      }
    }
  }

  private func spinForMessage() -> Bool {
    // Who ran here last cannot run while this spins.
    if header.putProcessor.value == SpinWait.processor { return false }
    for _ in 0..<SpinWait.pauses {
      header.tailCache.value = header.tail.loadAcquiring()
      if hasMessageCached() { return true }
      SpinWait.pause()
    }
    return false
  }

  /// Reads one message and commits the head.
  ///
  /// The lock is held, and is left when this throws.
  @inline(__always)
  private func takeOne(
    _ take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) -> UInt64 {
    let head = header.head.value
    let position = Ring.position(head)
    if isPastSegment(position) { leaveSegments(position) }
    let segment = Segment(bits: header.segment(header.getSegment.value).value)
    var unit = (position &- segment.base) & (segment.capacity &- 1)
    var frame = unsafe frame(unit, ofClass: segment.ringClass)
    var gap: UInt32 = 0
    if unsafe frame.load(as: UInt32.self) == Ring.gapMark {
      gap = segment.capacity &- unit
      unit = 0
      unsafe frame = self.frame(0, ofClass: segment.ringClass)
    }
    var byteCount = Int(unsafe frame.load(as: UInt32.self))
    var ordinal = unsafe frame.load(fromByteOffset: 4, as: UInt32.self)
    let units = Ring.units(byteCount: byteCount)
    var mark: UInt64 = 0
    if ordinal == Ring.ordinal(head) ^ Ring.carrierBit, byteCount >= Ring.markByteCount {
      ordinal ^= Ring.carrierBit
      mark = unsafe frame.load(fromByteOffset: 8, as: UInt64.self)
      unsafe frame += Ring.markByteCount
      byteCount -= Ring.markByteCount
    }
    guard ordinal == Ring.ordinal(head), unit &+ units <= segment.capacity else {
      header.getWord.releaseOwned()
      throw .runtime("queue damaged: found message \(ordinal), expected \(Ring.ordinal(head))")
    }
    FaultPoint.hit(.ringTaking)
    do {
      try unsafe take(UnsafeRawBufferPointer(start: frame + 8, count: byteCount))
      if mark != 0 {
        try MessageObject.openEnds(
          mark: mark, in: SharedObject(number: header.object.value))
      }
    } catch {
      header.getWord.releaseOwned()
      throw error
    }
    FaultPoint.hit(.ringTaken)
    if mark != 0 {
      // Before the head moves: from then on only this says where the message is.
      Board.ownSlot.taking.store(mark)
      FaultPoint.hit(.messageTaking)
    }
    if header.maxsize.value != 0 { header.getProcessor.value = SpinWait.processor }
    // The commit. Sequentially consistent because the look at the tickets must come after it; the
    // putter's load of the head pairs with it before it writes over the frame.
    header.head.store(
      Ring.mark(ordinal: ordinal &+ 1, position: position &+ gap &+ units))
    FaultPoint.hit(.ringHeadCommitted)
    return mark
  }

  /// Whether the next segment exists and begins at or before the position.
  @inline(__always)
  private func isPastSegment(_ position: UInt32) -> Bool {
    let next = header.getSegment.value &+ 1
    let segment = Segment(bits: header.segment(next).value)
    return segment.isNumber(next) && Int32(bitPattern: position &- segment.base) >= 0
  }

  /// Goes on to the segment that holds the position, and gives back what lies behind.
  ///
  /// Live classes rise, so the put side cannot be using a region that is left here.
  @inline(never)
  private func leaveSegments(_ position: UInt32) {
    while isPastSegment(position) {
      let left = Segment(bits: header.segment(header.getSegment.value).value)
      FaultPoint.hit(.ringRegionLeft)
      // First the pages, then the step: a death between repeats the punch.
      punchRegion(ofClass: left.ringClass)
      FaultPoint.hit(.ringRegionPunched)
      header.getSegment.value &+= 1
    }
  }

  private func punchRegion(ofClass ringClass: Int) {
    let number = header.region(ofClass: ringClass).value
    if ringClass > Ring.classes.lowerBound, number != 0 { Block(number: number).punch() }
  }

  /// Gives a big drained region back: publishes the smallest segment at the tail.
  ///
  /// The get side is held; does nothing if the put side is busy, since then the ring is not empty
  /// for long.
  @inline(never)
  private func shrink() {
    guard header.reserved.value > 1 << header.keptClass.value,
      header.tail.load() == header.head.value, header.putWord.tryAcquire()
    else { return }
    let tail = header.tail.load()
    let old = header.putSegment.value
    if tail == header.head.value, old == header.getSegment.value {
      let left = Segment(bits: header.segment(old).value)
      guard left.ringClass > header.keptClass.value else {
        header.putWord.releaseOwned()
        return
      }
      FaultPoint.hit(.ringShrinking)
      let k = old &+ 1
      let small = Segment(base: Ring.position(tail), ringClass: Ring.classes.lowerBound, k: k)
      header.segment(k).store(small.bits)
      FaultPoint.hit(.ringShrinkPublished)
      header.reserved.value = 0
      header.putSegment.value = k
      header.getSegment.value = k
      FaultPoint.hit(.ringShrunk)
      punchRegion(ofClass: left.ringClass)
      header.shrinkCount.value += 1
      header.lastShrink.value = Clock.nanoseconds
    }
    header.putWord.releaseOwned()
  }
}
