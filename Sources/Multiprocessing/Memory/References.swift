// Who holds which object: one row of bits for each slot. Python: reference counts in a server.

/// The reference bits.
///
/// All of it is called under the arena's word.
///
/// The bits are the truth about who holds what; lists and counts are derived from them. The rows of
/// free slots are zero. Rows lie side by side in groups of 4096 objects, so a small program touches
/// a few pages for all its processes.
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
    for slot in 1..<Int(Arena.header.slotLimit.value) {
      bits |= word(number, slot: slot).value
    }
    return bits
  }

  /// Whether any process holds the object.
  static func isHeld(_ number: UInt32) -> Bool {
    holders(ofWordAt: number) >> (UInt64(number) & 63) & 1 == 1
  }

  /// The first numbers of all the words that are in use.
  private static var words: StrideTo<UInt32> {
    stride(from: 0, to: Arena.header.objectHighWater.value, by: 64)
  }

  /// A child holds what its parent holds at the fork.
  static func copyRow(from parent: Int, to child: Int) {
    for number in words { word(number, slot: child).value = word(number, slot: parent).value }
  }

  /// Takes a dead process's bits away and frees what nobody else holds.
  static func clearRow(_ slot: Int) {
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
        if object.inFlight.value == 0 { object.free() }
      }
    }
  }

  /// Builds the list of free entries anew, and frees objects whose last holder died while dropping.
  static func rebuild() {
    let header = Arena.header
    header.rebuildCount.add(1)
    for slot in 1..<Int(header.slotLimit.value) where Slot(slot).state.load() == SlotState.free {
      for number in words { word(number, slot: slot).value = 0 }
    }
    for number in words {
      var dropped = ~holders(ofWordAt: number)
      while dropped != 0 {
        let candidate = number + UInt32(dropped.trailingZeroBitCount)
        dropped &= dropped - 1
        if candidate > 0, candidate < header.objectHighWater.value {
          let object = SharedObject(number: candidate)
          if object.kindWord.value != 0, object.inFlight.value == 0 { object.free() }
        }
      }
    }
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
}
