// Who has put into a queue. No counterpart in Python.

extension Ring {
  /// How many bytes lie between its ends, heads and gaps included.
  var usedByteCount: Int {
    Int(
      UInt32(truncatingIfNeeded: header.tail.load())
        &- UInt32(truncatingIfNeeded: header.head.load())) * 16
  }

  /// Remembers this process among those who have put; the put side is held.
  ///
  /// The dead make room: it only matters whether putters are left, and who they are.
  @inline(never)
  func notePutter() {
    let me = Board.identity
    header.lastPutter.value = me
    var free: SharedWord?
    for position in 0..<RingHeader.putterCapacity {
      let entry = header.putter(position)
      let known = entry.value
      if known == me { return }
      if known == 0 {
        (free ?? entry).store(me)
        return
      }
      if free == nil, !Board.isAlive(known) { free = entry }
    }
    if let free { free.store(me) } else { header.hasMorePutters.store(1) }
  }

  /// The living processes that have put, and whether there may be more than are remembered.
  var livingPutters: (identities: [UInt32], hasMore: Bool) {
    var identities: [UInt32] = []
    for position in 0..<RingHeader.putterCapacity {
      let known = header.putter(position).load()
      if known == 0 { break }
      if Board.isAlive(known) { identities.append(known) }
    }
    return (identities, header.hasMorePutters.load() != 0)
  }
}
