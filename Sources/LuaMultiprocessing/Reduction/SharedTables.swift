// Which tables a message holds already and where, so that shared ones and cycles are sent once;
// Python's counterpart is the memo of a pickler.

internal import Glibc

/// A hash table from a table's address to the position at which its encoding begins.
///
/// Nothing is cleared between messages: an entry holds its position plus a base that grows with
/// every message, so that older entries fall below it and count as free.
///
/// Tables that travel by name have entries that stay, so that meeting one costs no other table anything.
@safe struct SharedTables: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var address: UInt
    var stamp: UInt64
  }

  private var entries: UnsafeMutablePointer<Entry>?
  private var capacity = 0
  /// The right shift that leaves an index below `capacity` of a 64-bit product.
  private var shift: UInt64 = 0
  private var count = 0
  private var base: UInt64 = 1
  /// How many entries stay.
  private var namedCount = 0
  /// What the caller wants to know of the entries that stay: which set of tables they are; 0 for none.
  private(set) var named: UInt32 = 0

  /// From this position on a table's "position" says that the table travels by name.
  static let namedPosition = 1 << 62

  private static let namedStamp = UInt64(Int.max)

  init() { unsafe entries = nil }

  deinit { unsafe free(entries) }

  /// Notes that the table at `address` begins at `position`, or gives the position where it began
  /// before.
  ///
  /// - Complexity: O(1) on average.
  @inline(__always)
  mutating func position(of address: UInt, or position: Int) throws(LuaError) -> Int? {
    if count &* 2 >= capacity { try grow() }
    let entries = unsafe entries.unsafelyUnwrapped
    let found = unsafe slot(of: address, in: entries)
    if unsafe entries[found].stamp >= base { return Int(unsafe entries[found].stamp &- base) }
    unsafe entries[found] = Entry(address: address, stamp: base &+ UInt64(position))
    count &+= 1
    return nil
  }

  /// Whether the address is one of those with entries that stay.
  @inline(__always)
  func isNamed(_ address: UInt) -> Bool {
    guard let entries = unsafe entries else { return false }
    let entry = unsafe entries[slot(of: address, in: entries)]
    return entry.stamp == SharedTables.namedStamp
  }

  /// Forgets the tables of a message of `byteCount` bytes, and the memory too when it has become
  /// large.
  @inline(__always)
  mutating func clear(after byteCount: Int) {
    base &+= UInt64(byteCount) &+ 1
    count = namedCount
    if capacity > (1 << 20) / MemoryLayout<Entry>.stride { release() }
  }

  /// Says where a table with an entry that stays begins in this message, which it is to go into after
  /// all.
  mutating func forgetName(of address: UInt, position: Int) {
    let entries = unsafe entries.unsafelyUnwrapped
    let found = unsafe slot(of: address, in: entries)
    unsafe entries[found] = Entry(address: address, stamp: base &+ UInt64(position))
    namedCount &-= 1
  }

  /// Says that the table at `address`, which has been noted in this message, begins at `position`.
  mutating func move(_ address: UInt, to position: Int) {
    let entries = unsafe entries.unsafelyUnwrapped
    let found = unsafe slot(of: address, in: entries)
    unsafe entries[found] = Entry(address: address, stamp: base &+ UInt64(position))
  }

  /// Gives the tables at these addresses entries that stay, in place of others; only between messages.
  mutating func setNamed(_ addresses: [UInt], _ set: UInt32) throws(LuaError) {
    release()
    for address in addresses {
      if count &* 2 >= capacity { try grow() }
      let entries = unsafe entries.unsafelyUnwrapped
      let found = unsafe slot(of: address, in: entries)
      if unsafe entries[found].stamp >= base { continue }
      unsafe entries[found] = Entry(address: address, stamp: SharedTables.namedStamp)
      count &+= 1
    }
    namedCount = count
    named = set
  }

  /// The entry of `address` in this message, or the free one where it belongs.
  @inline(__always)
  private func slot(of address: UInt, in entries: UnsafeMutablePointer<Entry>) -> Int {
    // Fibonacci hashing: blocks of memory share their low bits, the product's high bits do not.
    var slot = Int(truncatingIfNeeded: (UInt64(address) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    while unsafe entries[slot].stamp >= base, unsafe entries[slot].address != address {
      slot = (slot &+ 1) & (capacity &- 1)
    }
    return slot
  }

  /// Forgets what begins at a position of this message or behind it.
  mutating func forget(from position: Int) {
    guard capacity > 0 else { return }
    let entries = unsafe entries.unsafelyUnwrapped
    let limit = base &+ UInt64(position)
    // What stays may have been put behind what goes: all of it is put in anew.
    var kept: [Entry] = []
    for index in 0..<capacity {
      let entry = unsafe entries[index]
      if entry.stamp >= base, entry.stamp < limit || entry.stamp == SharedTables.namedStamp {
        kept.append(entry)
      }
      unsafe entries[index].stamp = 0
    }
    for entry in kept { unsafe entries[slot(of: entry.address, in: entries)] = entry }
    count = kept.count
  }

  @inline(never)
  private mutating func grow() throws(LuaError) {
    let old = unsafe entries
    let oldCapacity = capacity
    let newCapacity = max(capacity &* 4, 64)
    guard let memory = unsafe calloc(newCapacity, MemoryLayout<Entry>.stride)
    else { throw .memory }
    let new = unsafe memory.bindMemory(to: Entry.self, capacity: newCapacity)
    unsafe entries = new
    capacity = newCapacity
    shift = UInt64(64 - newCapacity.trailingZeroBitCount)
    for index in 0..<oldCapacity {
      let entry = unsafe old.unsafelyUnwrapped[index]
      if entry.stamp >= base { unsafe new[slot(of: entry.address, in: new)] = entry }
    }
    unsafe free(old)
  }

  private mutating func release() {
    unsafe free(entries)
    unsafe entries = nil
    capacity = 0
    count = 0
    namedCount = 0
    named = 0
  }
}
