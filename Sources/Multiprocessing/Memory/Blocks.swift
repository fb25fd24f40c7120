// Memory by the page, for what does not fit into an object's entry. Python: `multiprocessing.heap`.

internal import SystemPackage

/// A stretch of the arena of 4 KiB times a power of two, owned by an object.
///
/// A block has no pages until they are touched or reserved, and none again after `punch`.
struct Block {
  /// The class and the position in its zone; never 0.
  let number: UInt32

  init(number: UInt32) { self.number = number }

  init(index: Int, ofClass blockClass: Int) {
    number = UInt32(blockClass) << 26 | UInt32(index)
  }

  var blockClass: Int { Int(number >> 26) }
  var index: Int { Int(number & 0x3FF_FFFF) }
  var byteCount: Int { 1 << blockClass }
  var offset: Int { Arena.layout.block(index, ofClass: blockClass) }

  var address: UnsafeMutableRawPointer { unsafe Arena.base + offset }

  /// The object that owns the block, 0 when it is free.
  ///
  /// This is the truth; the list is derived.
  fileprivate var owner: SharedWord {
    Arena.word(Arena.layout.blockTable(ofClass: blockClass) + index * 8)
  }
  fileprivate var nextFree: SharedWord {
    Arena.word(Arena.layout.blockTable(ofClass: blockClass) + index * 8 + 4)
  }

  /// Whether its owner, an object or a message, knows the block.
  fileprivate func isLinked(by owner: UInt32) -> Bool {
    let number = owner & ~MessageObject.blockOwnerBit
    return owner == number
      ? SharedObject(number: number).links(self) : MessageObject(number: number).links(self)
  }

  /// Gives the pages back; the block stays its owner's.
  func punch() { Arena.punch(offset, byteCount: byteCount) }

  /// Makes a part of the block sure to exist, which begins and ends between pages.
  func reserve(from start: Int, to end: Int) throws(MultiprocessingError) {
    // The machine is asked what it has left once every 4 MiB.
    let step = 4 << 20
    if start / step < end / step {
      let byteCount = max(step, end - start)
      guard AvailableMemory.allows(byteCount: byteCount) else {
        throw .system(.noMemory, "reserve \(byteCount) bytes of shared memory")
      }
    }
    try Arena.reserve(offset + start, byteCount: end - start)
  }

  /// Gives the block back.
  ///
  /// The arena's word is held. May be done twice by a rebuild, which makes the list of free blocks
  /// anew afterwards.
  func free() {
    punch()
    if owner.value == 0 { return }
    owner.store(0)
    FaultPoint.hit(.blockFreed)
    let first = Arena.header.firstFreeBlock(ofClass: blockClass)
    nextFree.value = first.value
    first.value = UInt32(index) + 1
  }
}

/// The zones of blocks.
///
/// All of it is called under the arena's word.
enum Blocks {
  /// Takes a block, which reads as zeros.
  ///
  /// The caller records it in the owner before it lets go of the arena's word; a block that its
  /// owner does not know is freed by the next rebuild.
  static func take(ofClass blockClass: Int, owner: UInt32) throws(MultiprocessingError) -> Block {
    let header = Arena.header
    let first = header.firstFreeBlock(ofClass: blockClass)
    let highWater = header.blockHighWater(ofClass: blockClass)
    let block: Block
    if first.value != 0 {
      block = Block(index: Int(first.value) - 1, ofClass: blockClass)
      first.value = block.nextFree.value
    } else {
      guard Int(highWater.value) < Arena.layout.blockCount(ofClass: blockClass) else {
        throw .system(.noMemory, "take a block of \(1 << blockClass) bytes: all are in use")
      }
      block = Block(index: Int(highWater.value), ofClass: blockClass)
      highWater.value += 1
    }
    block.owner.store(owner)
    return block
  }

  /// How many blocks are in use, of all classes.
  ///
  /// For tests.
  static var usedCount: Int {
    var count = 0
    for blockClass in ArenaLayout.blockClasses {
      for index in 0..<Int(Arena.header.blockHighWater(ofClass: blockClass).value)
      where Block(index: index, ofClass: blockClass).owner.load() != 0 { count += 1 }
    }
    return count
  }

  /// Builds the lists of free blocks anew, and frees blocks that their owners do not know.
  static func rebuild() {
    for blockClass in ArenaLayout.blockClasses {
      let first = Arena.header.firstFreeBlock(ofClass: blockClass)
      first.value = 0
      let highWater = Int(Arena.header.blockHighWater(ofClass: blockClass).value)
      for index in stride(from: highWater - 1, through: 0, by: -1) {
        let block = Block(index: index, ofClass: blockClass)
        let owner = block.owner.value
        if owner == 0 {
          block.nextFree.value = first.value
          first.value = UInt32(index) + 1
        } else if !block.isLinked(by: owner) {
          block.free()
        }
      }
    }
  }
}
