// Where everything lies in the arena. Python: `multiprocessing.heap.Arena` is a distant relative.

/// The map of an arena of a given size; all parts follow from the size alone.
///
/// header | slots | object table | reference bits | message table | block tables | trace buffers | one zone
/// for each block class
struct ArenaLayout {
  static let headerByteCount = 65_536
  static let slotCount = 16_384
  static let slotByteCount = 512
  static let slots = headerByteCount
  static let objects = slots + slotCount * slotByteCount
  static let objectByteCount = 128
  /// Objects whose reference bits lie together: the rows of all slots for these, then the next.
  static let objectsPerGroup = 4096
  static let groupRowByteCount = objectsPerGroup / 8
  static let messageByteCount = 64
  /// Blocks are 4 KiB to 32 GiB, by powers of two.
  static let blockClasses = 12...35

  let byteCount: Int
  let objectCount: Int
  let references: Int
  /// As many entries as there are objects.
  let messages: Int
  let blockTables: Int
  let traces: Int
  /// How many slots have a trace buffer: all, unless the arena is a small one.
  let traceCount: Int
  let zones: Int
  let zoneByteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    objectCount = min(1 << 24, byteCount >> 14)
    references = Self.objects + objectCount * Self.objectByteCount
    messages =
      references + objectCount / Self.objectsPerGroup * Self.slotCount * Self.groupRowByteCount
    blockTables = messages + objectCount * Self.messageByteCount
    // All tables together have fewer than twice the entries of the smallest class, 8 bytes each.
    let share = (byteCount - blockTables) / Self.blockClasses.count
    let tables = (share >> Self.blockClasses.lowerBound) * 8 * 2
    traces = (blockTables + tables + 65_535) & ~65_535
    traceCount = min(Self.slotCount, byteCount >> 19)
    zones = traces + traceCount * TraceBuffer.byteCount
    zoneByteCount = ((byteCount - zones) / Self.blockClasses.count) & ~65_535
  }

  /// How many blocks of a class there are.
  func blockCount(ofClass blockClass: Int) -> Int { zoneByteCount >> blockClass }

  /// Where the table of a class begins.
  func blockTable(ofClass blockClass: Int) -> Int {
    var offset = blockTables
    for smaller in Self.blockClasses.lowerBound..<blockClass {
      offset += blockCount(ofClass: smaller) * 8
    }
    return offset
  }

  /// Where a block begins.
  func block(_ index: Int, ofClass blockClass: Int) -> Int {
    zones + (blockClass - Self.blockClasses.lowerBound) * zoneByteCount + index << blockClass
  }
}
