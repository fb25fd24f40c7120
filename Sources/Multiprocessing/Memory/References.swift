// Who holds which object: one row of bits for each slot. Python: reference counts in a server.

/// The reference bits.
///
/// All of it is called under the arena's word.
///
/// The bits and the messages under way are the truth about who holds what; lists and counts are
/// derived from them. The rows of free slots are zero. Rows lie side by side in groups of 4096
/// objects, so a small program touches a few pages for all its processes.
enum References {
  private static func word(_ number: UInt32, slot: Int) -> SharedLong {
    let object = Int(number)
    let group = object / ArenaLayout.objectsPerGroup
    return Arena.long(
      Arena.layout.references
        + (group &* ArenaLayout.slotCount &+ slot) &* ArenaLayout.groupRowByteCount
        + (object % ArenaLayout.objectsPerGroup) / 64 * 8)
  }

  static func insert(_ number: UInt32, slot: Int) {
    word(number, slot: slot).value |= 1 << (UInt64(number) & 63)
  }

  static func remove(_ number: UInt32, slot: Int) {
    word(number, slot: slot).value &= ~(1 << (UInt64(number) & 63))
  }

  static func contains(_ number: UInt32, slot: Int) -> Bool {
    word(number, slot: slot).value >> (UInt64(number) & 63) & 1 == 1
  }

  /// The bits of 64 objects, of all processes together.
  private static func holders(ofWordAt number: UInt32) -> UInt64 {
    var bits: UInt64 = 0
    for slot in slotsInUse { bits |= word(number, slot: slot).value }
    return bits
  }

  /// Whether any process holds the object.
  static func isHeld(_ number: UInt32) -> Bool {
    slotsInUse.contains { contains(number, slot: $0) }
  }

  /// The first numbers of all the words that are in use.
  private static var words: StrideTo<UInt32> {
    stride(from: 0, to: Arena.header.objectHighWater.value, by: 64)
  }

  /// A row that belongs to no process: what is in it stays as long as the tree.
  static let treeSlot = 0

  /// Keeps an object as long as the tree, whichever processes end.
  static func keepForTree(_ number: UInt32) {
    markInUse(treeSlot, true)
    insert(number, slot: treeSlot)
  }

  /// Adds what one process holds to what another holds.
  static func addRow(from giver: Int, to taker: Int) {
    markInUse(taker, true)
    for number in words { word(number, slot: taker).value |= word(number, slot: giver).value }
  }

  /// A child holds what its parent holds at the fork.
  static func copyRow(from parent: Int, to child: Int) {
    markInUse(child, true)
    for number in words { word(number, slot: child).value = word(number, slot: parent).value }
  }

  /// Takes a dead process's bits away and frees what nobody else holds.
  static func clearRow(_ slot: Int) {
    var suspects: [SharedObject] = []
    for number in words {
      let row = word(number, slot: slot)
      let bits = row.value
      if bits == 0 { continue }
      row.value = 0
      FaultPoint.hit(.objectBitCleared)
      var unheld = bits & ~holders(ofWordAt: number)
      while unheld != 0 {
        let object = SharedObject(number: number + UInt32(unheld.trailingZeroBitCount))
        unheld &= unheld - 1
        if object.inFlight.value == 0 {
          object.free()
        } else if object.carriesMessages {
          suspects.append(object)
        }
      }
    }
    if !suspects.isEmpty { SharedObject.free([], suspects) }
    markInUse(slot, false)
  }

  /// Builds lists and counts anew, and frees what no process holds and no message that a process can
  /// still get: objects whose last holder died while dropping them, and circles of queues.
  static func rebuild() {
    let header = Arena.header
    header.rebuildCount.add(1)
    for position in 0..<Int(header.slotLimit.value) / 64 { header.rowsInUse(position).value = 0 }
    for slot in 1..<Int(header.slotLimit.value) {
      if Slot(slot).state.load() == SlotState.free {
        for number in words { word(number, slot: slot).value = 0 }
      } else {
        markInUse(slot, true)
      }
    }
    if header.forkServerRequests.value != 0 { markInUse(treeSlot, true) }
    for number in 1..<header.objectHighWater.value {
      let object = SharedObject(number: number)
      object.inFlight.value = 0
      object.firstMessage.value = 0
    }
    MessageObject.rebuild()
    freeUnreachable()
    header.firstFreeObject.value = 0
    var live: UInt64 = 0
    for number in stride(from: header.objectHighWater.value - 1, to: 0, by: -1) {
      let object = SharedObject(number: number)
      if object.kindWord.value != 0 {
        live += 1
        continue
      }
      object.nextFree.value = header.firstFreeObject.value
      header.firstFreeObject.value = number
    }
    header.liveObjectCount.value = live
  }

  /// Frees all objects that nobody can get at any more.
  static func freeUnreachable() {
    Arena.header.openSuspectCount.value = 0
    for object in unreachable() {
      object.dropMessages()
      object.freeEntry()
    }
  }

  /// All objects that no process holds, and no message in a reachable queue or pipe.
  private static func unreachable() -> [SharedObject] {
    var marked: [UInt64] = []
    var carriers: [SharedObject] = []
    for number in words {
      let held = holders(ofWordAt: number)
      marked.append(held)
      var bits = held
      while bits != 0 {
        let object = SharedObject(number: number + UInt32(bits.trailingZeroBitCount))
        bits &= bits - 1
        if object.carriesMessages { carriers.append(object) }
      }
    }
    while let carrier = carriers.popLast() {
      carrier.forEachReference { object in
        let bit: UInt64 = 1 << (UInt64(object.number) & 63)
        if marked[Int(object.number) / 64] & bit == 0 {
          marked[Int(object.number) / 64] |= bit
          if object.carriesMessages { carriers.append(object) }
        }
        return true
      }
    }
    var found: [SharedObject] = []
    for number in 1..<Arena.header.objectHighWater.value
    where marked[Int(number) / 64] >> (UInt64(number) & 63) & 1 == 0 {
      let object = SharedObject(number: number)
      if object.kindWord.value != 0 { found.append(object) }
    }
    return found
  }
}

extension References {
  /// The slots whose rows may have bits.
  ///
  /// A look at who holds an object costs as much as there are processes, however many there were.
  static var slotsInUse: SlotsInUse { SlotsInUse() }

  static func markInUse(_ slot: Int, _ isUsed: Bool) {
    let word = Arena.header.rowsInUse(slot / 64)
    let bit: UInt64 = 1 << UInt64(slot % 64)
    word.value = isUsed ? word.value | bit : word.value & ~bit
  }

  struct SlotsInUse: Sequence, IteratorProtocol {
    private var bits = Arena.header.rowsInUse(0).value
    private var position = 0
    private let end = Int(Arena.header.slotLimit.value) / 64

    @inline(__always)
    mutating func next() -> Int? {
      while bits == 0 {
        position &+= 1
        guard position < end else { return nil }
        bits = Arena.header.rowsInUse(position).value
      }
      let slot = position &* 64 &+ bits.trailingZeroBitCount
      bits &= bits &- 1
      return slot
    }
  }
}
