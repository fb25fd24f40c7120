// The put side of the ring. Python: `Queue.put` and its feeder thread.

internal import SystemPackage

extension Ring {
  /// Adds a message of a known size; `fill` writes it in place and only copies.
  @inline(__always)
  func put(
    byteCount: Int, carrying references: [SharedObject]? = nil, until deadline: Deadline,
    fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    try enterPut(deadline)
    try unsafe place(byteCount: byteCount, carrying: references, fill: fill)
    FaultPoint.hit(.ringCommitted)
    header.notEmpty.wake(1, idle: header.idleGetters)
    FaultPoint.hit(.ringPutWoken)
    header.putWord.releaseOwned()
    FaultPoint.hit(.ringPutDone)
  }

  /// Adds several messages under one hold of the lock: as many as there is room for, at least one.
  ///
  /// Each message is committed by itself, so a death in the middle leaves whole ones.
  @inline(__always)
  func putMany(
    count: Int, until deadline: Deadline, byteCount: (Int) -> Int,
    references: (Int) -> [SharedObject]?, fill: (Int, UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) -> Int {
    guard count > 0 else { return 0 }
    try enterPut(deadline)
    var done = 0
    while done < count, done == 0 || hasRoom() {
      let position = done
      do {
        try unsafe place(byteCount: byteCount(position), carrying: references(position)) {
          unsafe fill(position, $0)
        }
      } catch {
        // `place` has left the lock; what was put stays put, and is announced without it.
        guard done > 0 else { throw error }
        header.notEmpty.wakeAll()
        return done
      }
      FaultPoint.hit(.ringCommitted)
      done += 1
    }
    header.notEmpty.wake(UInt32(clamping: done), idle: header.idleGetters)
    FaultPoint.hit(.ringPutWoken)
    header.putWord.releaseOwned()
    FaultPoint.hit(.ringPutDone)
    return done
  }

  /// Returns holding the put side, open and with room for a message.
  @inline(__always)
  private func enterPut(_ deadline: Deadline) throws(MultiprocessingError) {
    if !header.putWord.tryAcquire() { try enterPutSlowly(deadline) }
    FaultPoint.hit(.ringPutLocked)
    if header.closed.value != 0 {
      header.putWord.releaseOwned()
      throw .shutDown
    }
    if header.lastPutter.value != Board.identity { notePutter() }
    if !hasRoomCached() { try waitForRoom(deadline) }
  }

  @inline(never)
  private func enterPutSlowly(_ deadline: Deadline) throws(MultiprocessingError) {
    switch try header.putWord.acquire(
      until: deadline.forInnerLock, for: .side(of: header.object.value))
    {
    case .acquired: break
    case .abandoned: recoverPut()
    case .timedOut: throw .full
    }
  }

  /// Puts the put side right after its holder died.
  func recoverPut() {
    header.abandonedCount.add(1)
    let next = header.putSegment.value &+ 1
    if Segment(bits: header.segment(next).load()).isNumber(next) {
      header.reserved.value = 0
      header.putSegment.value = next
    }
    // It may have died between its commit and its wake.
    header.notEmpty.wakeAll()
    header.notFull.wakeAll()
  }

  @inline(__always)
  private func hasRoomCached() -> Bool {
    let limit = header.maxsize.value
    if limit == 0 { return true }
    return Ring.ordinal(header.tail.value) &- Ring.ordinal(header.headCache.value) < limit
  }

  /// Looks at the get side again: pairs with its commit of the head.
  private func hasRoom() -> Bool {
    if hasRoomCached() { return true }
    header.headCache.value = header.head.load()
    return hasRoomCached()
  }

  /// Sleeps until there is room.
  ///
  /// Called with the lock held and returns with it held; lets go of it to sleep, and for good when
  /// it throws.
  @inline(never)
  private func waitForRoom(_ deadline: Deadline) throws(MultiprocessingError) {
    if hasRoom() { return }
    var sleep = SlicedSleep(WaitPurpose(.queuePut, object: header.object.value))
    var sliceOver = false
    var expected: UInt32 = 0
    while true {
      if hasRoom() || deadline != .now && spinForRoom() {
        // In this order: who committed and let go has moved the sequence before.
        let isSilent = !header.getWord.isHeld && header.notFull.sequence.load() == expected
        if sliceOver && isSilent { Statistics.countFind(after: sleep) }
        return
      }
      expected = header.notFull.sequence.load()
      // The ticket first, then the look: pairs with the getter's commit and look at the tickets.
      header.notFull.tickets.add(1)
      if hasRoom() { return }
      header.putWord.releaseOwned()
      if deadline.isPast { throw .full }
      sliceOver =
        try sleep.sleep(on: header.notFull.sequence, while: expected, until: deadline)
        == .sliceOver
      if !header.putWord.tryAcquire() { try enterPutSlowly(deadline) }
      if header.closed.value != 0 {
        header.putWord.releaseOwned()
        throw .shutDown
      }
    }
  }

  private func spinForRoom() -> Bool {
    // Who ran here last cannot run while this spins.
    if header.getProcessor.value == SpinWait.processor { return false }
    for _ in 0..<SpinWait.pauses {
      if hasRoom() { return true }
      SpinWait.pause()
    }
    return false
  }

  /// Writes one message and commits it.
  ///
  /// The lock is held, and is left when this throws.
  @inline(__always)
  private func place(
    byteCount: Int, carrying references: [SharedObject]?, fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    let byteCount = references == nil ? byteCount : byteCount + Ring.markByteCount
    let tail = header.tail.value
    let position = Ring.position(tail)
    var segment = Segment(bits: header.segment(header.putSegment.value).value)
    let units = Ring.units(byteCount: byteCount)
    var unit = (position &- segment.base) & (segment.capacity &- 1)
    var gap: UInt32 = 0
    if unit &+ units > segment.capacity { gap = segment.capacity &- unit }
    if byteCount > Ring.largestMessage
      || !fits(units &+ gap, at: position, in: segment, head: header.headCache.value)
      || unit &+ (gap == 0 ? units : 1) > header.reserved.value
    {
      do {
        segment = try makeRoom(byteCount: byteCount, at: position, in: segment)
      } catch {
        header.putWord.releaseOwned()
        throw error
      }
      unit = (position &- segment.base) & (segment.capacity &- 1)
      gap = unit &+ units > segment.capacity ? segment.capacity &- unit : 0
    }
    var ordinal = Ring.ordinal(tail)
    var carrier: UInt64 = 0
    if let references {
      // Under the lock: so whatever keeps a message out of the queue happens before there is one.
      carrier = try carry(references, ordinal: ordinal, position: position &+ gap)
    }
    if gap != 0 {
      unsafe frame(unit, ofClass: segment.ringClass).storeBytes(of: Ring.gapMark, as: UInt32.self)
      unit = 0
    }
    let frame = unsafe frame(unit, ofClass: segment.ringClass)
    let mark = Ring.mark(ordinal: ordinal &+ 1, position: position &+ gap &+ units)
    var start = unsafe frame + 8
    if carrier != 0 {
      ordinal ^= Ring.carrierBit
      unsafe start.storeBytes(of: carrier, as: UInt64.self)
      unsafe start += Ring.markByteCount
    }
    unsafe frame.storeBytes(of: UInt32(truncatingIfNeeded: byteCount), as: UInt32.self)
    unsafe frame.storeBytes(of: ordinal, toByteOffset: 4, as: UInt32.self)
    FaultPoint.hit(.ringFrameBegun)
    unsafe fill(start)
    FaultPoint.hit(.ringFilled)
    header.putProcessor.value = SpinWait.processor
    // The commit. Sequentially consistent because the look at the tickets must come after it;
    // getters see the message through their acquiring load.
    header.tail.store(mark)
  }

  /// Makes the entry of a message that carries references; gives its mark.
  ///
  /// The lock is held, and is left when this throws.
  @inline(never)
  private func carry(
    _ references: [SharedObject], ordinal: UInt32, position: UInt32
  ) throws(MultiprocessingError) -> UInt64 {
    do {
      return try MessageObject.create(
        carrying: references, in: SharedObject(number: header.object.value), ordinal: ordinal,
        position: position)
    } catch {
      header.putWord.releaseOwned()
      throw error
    }
  }

  /// Whether so many units can be written at a position without running into the head.
  @inline(__always)
  private func fits(
    _ units: UInt32, at position: UInt32, in segment: Segment, head: UInt64
  ) -> Bool {
    var low = Ring.position(head)
    // Messages in earlier segments take no room of this one. Where the getters are says whether that
    // is it, or the segment has seen so many messages that positions came round.
    if Int32(bitPattern: low &- segment.base) < 0,
      header.getSegment.value != header.putSegment.value
    {
      low = segment.base
    }
    return UInt64(position &- low) + UInt64(units) <= UInt64(segment.capacity)
  }

  /// Makes sure that the message fits at the tail and that its memory exists: looks at the head
  /// again, publishes a bigger segment, reserves pages.
  ///
  /// The lock is held.
  @inline(never)
  private func makeRoom(
    byteCount: Int, at position: UInt32, in segment: Segment
  ) throws(MultiprocessingError) -> Segment {
    guard byteCount >= 0, byteCount <= Ring.largestMessage else {
      throw .valueError("a message of \(byteCount) bytes is too large for a queue")
    }
    let units = Ring.units(byteCount: byteCount)
    let unit = (position &- segment.base) & (segment.capacity &- 1)
    let gap = unit &+ units > segment.capacity ? segment.capacity &- unit : 0
    // Pairs with the getter's commit: what it gave up may be written over.
    header.headCache.value = header.head.load()
    if gap &+ units <= segment.capacity,
      fits(gap &+ units, at: position, in: segment, head: header.headCache.value)
    {
      try reserve(to: unit &+ (gap == 0 ? units : 1), of: segment)
      return segment
    }
    FaultPoint.hit(.ringBeforeGrow)
    let ringClass = try takeRegion(for: units, after: segment.ringClass)
    FaultPoint.hit(.ringRegionAllocated)
    let k = header.putSegment.value &+ 1
    let grown = Segment(base: position, ringClass: ringClass, k: k)
    let first = min(grown.capacity, (max(units, 16_384) &+ 255) & ~255)
    try Block(number: header.region(ofClass: ringClass).value)
      .reserve(from: 0, to: Int(first) * 16)
    FaultPoint.hit(.ringRegionReserved)
    // The publication: from here on the segment exists, whoever dies. A put side that comes back
    // abandoned finds it by its number.
    header.segment(k).store(grown.bits)
    FaultPoint.hit(.ringSegmentPublished)
    header.reserved.value = first
    header.putSegment.value = k
    header.growCount.value += 1
    if ringClass > Ring.keptClass { keepIfSteady(ringClass) }
    return grown
  }

  /// Makes the get side keep a region that was given back a moment ago and is needed again: steady
  /// traffic of large messages would pay for its pages each time the queue is empty.
  private func keepIfSteady(_ ringClass: Int) {
    guard ringClass <= Ring.mostKeptClass, ringClass > header.keptClass.value else { return }
    let last = header.lastShrink.value
    if last != 0, Clock.nanoseconds &- last < Ring.soon {
      header.keptClass.value = UInt32(ringClass)
    }
  }

  /// Takes the region of a class that holds two such messages, or of a bounded ring all of them: it
  /// then grows page by page, and not by one region after the other.
  ///
  /// - Returns: Its class, above `segmentClass`.
  private func takeRegion(
    for units: UInt32, after segmentClass: Int
  ) throws(MultiprocessingError) -> Int {
    var least = segmentClass + 1
    while UInt64(1) << UInt64(least) < UInt64(units) * 2 { least += 1 }
    if least > Ring.classes.upperBound, units <= 1 << 30, segmentClass < 30 { least = 30 }
    guard Ring.classes.contains(least) else {
      throw .system(.noMemory, "grow a queue beyond 16 GiB")
    }
    var best = least
    let wanted = UInt64(units) * (UInt64(header.maxsize.value) + 1)
    while best < Ring.mostKeptClass, UInt64(1) << UInt64(best) < wanted { best += 1 }
    if best > least {
      do {
        try takeRegion(ofClass: best)
        return best
      } catch {
        // The larger blocks are fewer, and this was a wish.
      }
    }
    try takeRegion(ofClass: least)
    return least
  }

  private func takeRegion(ofClass ringClass: Int) throws(MultiprocessingError) {
    guard header.region(ofClass: ringClass).value == 0 else { return }
    try Arena.withLock { () throws(MultiprocessingError) in
      let block = try Blocks.take(ofClass: ringClass + 4, owner: header.object.value)
      FaultPoint.hit(.blockTaken)
      header.link(block, ofClass: ringClass)
      FaultPoint.hit(.blockLinked)
    }
  }

  /// Reserves pages ahead of the writer: twice what there is, at most 1 MiB more.
  ///
  /// Making pages costs more than filling them, and getters wait meanwhile for what is put next.
  private func reserve(to end: UInt32, of segment: Segment) throws(MultiprocessingError) {
    let present = header.reserved.value
    guard end > present else { return }
    let ahead = present &+ min(max(present, 256), 65_536)
    let wanted = min(segment.capacity, (max(end, ahead) &+ 255) & ~255)
    try Block(number: header.region(ofClass: segment.ringClass).value)
      .reserve(from: Int(present) * 16, to: Int(wanted) * 16)
    FaultPoint.hit(.ringReserved)
    header.reserved.value = wanted
  }
}
