// Whether a message is in the ring. No counterpart in Python.

extension Ring {
  /// Whether a message that carries references is in the ring, put and not yet taken.
  ///
  /// Takes no lock. May say yes of a message that is being taken at this instant; says no of one
  /// whose sender died before its commit, whatever was written there since: the frame at its place
  /// names another message then.
  func contains(_ message: MessageObject) -> Bool {
    // First the bounds, then the frame: what is within them has been written whole.
    let head = header.head.load()
    let tail = header.tail.load()
    let ordinal = message.ordinal.value
    let position = message.position.value
    guard
      ordinal &- Ring.ordinal(head) < Ring.ordinal(tail) &- Ring.ordinal(head),
      position &- Ring.position(head) < Ring.position(tail) &- Ring.position(head),
      let segment = segment(at: position)
    else { return false }
    let unit = (position &- segment.base) & (segment.capacity &- 1)
    let frame = unsafe frame(unit, ofClass: segment.ringClass)
    // A later putter may have left the place out.
    guard unsafe frame.load(as: UInt32.self) != Ring.gapMark else { return false }
    return unsafe frame.load(fromByteOffset: 4, as: UInt32.self) == ordinal ^ Ring.carrierBit
      && frame.load(fromByteOffset: 8, as: UInt64.self) == message.mark
  }

  /// The segment that holds a position: the last that begins at or before it.
  private func segment(at position: UInt32) -> Segment? {
    // A putter that died may have published one more than it said.
    var k = header.putSegment.load() &+ 1
    for _ in 0..<32 {
      let segment = Segment(bits: header.segment(k).load())
      if segment.isNumber(k), Int32(bitPattern: position &- segment.base) >= 0 { return segment }
      k &-= 1
    }
    return nil
  }
}
