// Reading the arena of a running program from outside. No counterpart in Python.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Private copies of the arenas of other program trees.
///
/// The program is not touched: its file is opened to read, so nothing is mapped that somebody could
/// cut short, and no page comes to exist by being looked at. What is copied is small: the header, the
/// slots, the object table and the heads of what the objects have. The copy is checked and put right,
/// so that a damaged arena is read without harm by the same code as a sound one.
///
/// It is not of one instant: a program that runs on may be seen with one part older than another.
enum ArenaSnapshot {
  /// Runs `body` while a copy of a program's arena is what `Board` and the others speak of.
  ///
  /// Not inside itself, and not in a process that has an arena.
  ///
  /// - Parameters:
  ///   - path: The memory file, as `/proc/PID/fd/N`.
  ///   - body: What reads.
  /// - Returns: What `body` returns.
  /// - Throws: `.system` when it cannot be read, `.runtime` when it is not what this version makes,
  ///   and what `body` throws.
  static func with<Result>(
    of path: String, _ body: () throws(MultiprocessingError) -> Result
  ) throws(MultiprocessingError) -> Result {
    let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .system(Errno(rawValue: errno), "open the arena '\(path)'") }
    defer { Glibc.close(file) }
    guard Arena.isArena(file) else {
      throw .runtime("'\(path)' is not the memory of a program tree")
    }
    let size = Int(lseek(file, 0, SEEK_END))
    let sizes = 1 << 28...1 << 40
    let head = SharedMemoryFile.read(file, 128, at: 0)
    guard sizes.contains(size), head.count == 128, word(head, 8) | word(head, 12) << 32 == size
    else { throw .runtime("the arena '\(path)' is damaged: its size is \(size) bytes") }
    let version = word(head, 112)
    guard version == Int(ArenaHeader.layoutVersion) else {
      throw .runtime(
        "the program is of another version of mplua: the layout of its arena is \(version), "
          + "this one reads \(ArenaHeader.layoutVersion)")
    }
    // A file, as the arena itself is: a machine that counts what is mapped does not count those.
    let room = unsafe clinux_memory_file("mpluactl")
    defer { Glibc.close(room) }
    guard room >= 0, clinux_grow_file(room, UInt64(size)) == 0 else {
      throw .system(Errno(rawValue: errno), "make room for a copy of \(size) bytes")
    }
    let address = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, room, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw .system(Errno(rawValue: errno), "make room for a copy of \(size) bytes")
    }
    unsafe Arena.borrow(address, byteCount: size)
    defer {
      unsafe Arena.borrow(nil, byteCount: 1 << 28)
      unsafe munmap(address, size)
    }
    try fill(from: file, path)
    return try body()
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
  }

  private static func fill(from file: Int32, _ path: String) throws(MultiprocessingError) {
    let layout = Arena.layout
    copy(file, 0..<ArenaLayout.headerByteCount)
    let header = Arena.header
    let slots = Int(header.slotLimit.value)
    let objects = Int(header.objectHighWater.value)
    guard (1...ArenaLayout.slotCount).contains(slots), (1...layout.objectCount).contains(objects)
    else {
      throw .runtime("the arena '\(path)' is damaged: it has \(slots) slots and \(objects) objects")
    }
    let slotsEnd = ArenaLayout.slots + slots * ArenaLayout.slotByteCount
    copy(file, ArenaLayout.slots..<slotsEnd)
    copy(file, ArenaLayout.objects..<ArenaLayout.objects + objects * ArenaLayout.objectByteCount)
    let all = (1..<UInt32(objects)).lazy.map(SharedObject.init(number:))
    for object in all { copyPayload(of: object, file) }
    // A pool names its queues, which must have been judged before.
    for object in all where object.kind == .pool { checkPool(object, below: UInt32(objects)) }
    for index in 1..<slots { checkWait(of: Slot(index), below: UInt32(objects)) }
  }

  /// Copies a part of the file to its place; what it has no memory for stays zeros.
  private static func copy(_ file: Int32, _ range: Range<Int>) {
    // `SEEK_DATA` and `SEEK_HOLE`: the header's macros need _GNU_SOURCE.
    let (data, hole): (Int32, Int32) = (3, 4)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let start = Int(lseek(file, off_t(offset), data))
      guard start >= offset, start < range.upperBound else { return }
      let found = Int(lseek(file, off_t(start), hole))
      let end = found > start ? min(found, range.upperBound) : range.upperBound
      let count = unsafe pread(file, Arena.base + start, end - start, off_t(start))
      if count > 0 {
        offset = start + count
      } else if count == 0 || errno != EINTR {
        return
      }
    }
  }

  /// Copies what describes an object, or forgets the object when it is not to be trusted.
  private static func copyPayload(of object: SharedObject, _ file: Int32) {
    guard let kind = object.kind else { return }
    let block = Block(number: object.payload.value)
    let isThere =
      ArenaLayout.blockClasses.contains(block.blockClass)
      && block.index < Arena.layout.blockCount(ofClass: block.blockClass)
    func copyHead(_ byteCount: Int) {
      copy(file, block.offset..<block.offset + min(byteCount, block.byteCount))
    }
    var isSound = true
    switch kind {
    case .queue:
      isSound = isThere && block.blockClass == 12
      if isSound { copyHead(block.byteCount) }
    case .pool:
      isSound = isThere
      if isSound { copyHead(PoolBoard.cellsByteCount) }
    case .semaphore, .boundedSemaphore, .condition, .barrier:
      guard block.number != 0 else { return }
      isSound = isThere && block.blockClass == ProcessTable.blockClass
      if isSound { copyHead(block.byteCount) }
      isSound = isSound && ProcessTable(object).isSound
    default: return
    }
    if !isSound { object.kindWord.value = 0 }
  }

  private static func checkPool(_ object: SharedObject, below limit: UInt32) {
    let board = PoolBoard(object)
    let queues = [board.tasksNumber.value, board.resultsNumber.value]
    let areQueues = queues.allSatisfy { $0 < limit && SharedObject(number: $0).kind == .queue }
    if !board.isSound || !areQueues { object.kindWord.value = 0 }
  }

  /// Makes a wait that names no object one for an object that is not there.
  private static func checkWait(of slot: Slot, below limit: UInt32) {
    for position in 0..<WaitRecord.capacity {
      let operation = WaitOperation(rawValue: slot.waitEntryOperation(position).value) ?? .none
      // An identity is in bounds whatever it is.
      if operation.isForProcess { continue }
      if slot.waitObject(position).value >= limit { slot.waitObject(position).value = 0 }
    }
    // The same number once more, under the operation of the whole.
    let whole = WaitOperation(rawValue: slot.waitOperation.value) ?? .none
    if !whole.isForProcess, slot.waitObject(0).value >= limit {
      slot.waitOperation.value = 0
    }
    for position in 0..<WaitRecord.capacity {
      let word = slot.waitWord(position)
      if word.value % 4 != 0 || word.value > UInt64(Arena.layout.byteCount - 4) { word.value = 0 }
    }
  }
}
