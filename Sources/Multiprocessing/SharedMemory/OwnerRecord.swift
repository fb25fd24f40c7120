// Which program made which block of shared memory. Python: `multiprocessing.resource_tracker`.

internal import SystemPackage

/// Makes sure that no block outlives the program that made it, whatever ends its processes.
///
/// Every process of a program tree inherits one open file of /dev/shm, made without a name by the
/// root and locked with `flock`. The kernel holds the lock until the last of them has ended, however
/// that happens, and shows it through every container that shares the folder: a process number would
/// prove nothing there. With the tree's first block the file gets a name, `mplua_` and 16 digits, and
/// in it stands, before the block itself has a name, what it will be called and its file number.
///
/// - The process that ends last finds the lock free: it removes the blocks that nobody unlinked, then
///   the record. There is a warning, as from Python's tracker.
/// - If all were killed, the next program that loads the module or makes its first block finds the
///   lock free and does the same.
/// - A block is removed only by its number: whoever gave its name to another block meanwhile keeps
///   that. Only the tree that made a block removes it; whoever opened it never does. Removing takes
///   the name alone: those who have mapped the memory keep it.
///
/// Each step may be the last one of its process. A record is one write within a page; a record
/// without a block is passed over, and removing begins anew as often as it takes.
enum OwnerRecord {
  private struct State {
    var descriptor: Int32 = -1
    var name = ""
    var hasSwept = false
  }

  private static let state = SingleThreaded(State())

  private static let prefix = "mplua_"

  /// What slot 0 says: a block may have a name like a record's.
  private static let mark = "the blocks of shared memory that one mplua program made"

  /// Begins the record of a new tree, in its root.
  ///
  /// It stays without a name, and costs nothing but a descriptor, until there is a block to record.
  /// A system without the folder has no shared memory: making a block says why.
  static func begin() {
    guard let file = try? SharedMemoryFile.make(), file.lock() else { return }
    state.value.name = prefix + Randomness.hexDigits(16)
    state.value.descriptor = file.keepOpen()
    sweepDead()
  }

  /// The record's file; -1 when the process has none.
  static var descriptor: Int32 { state.value.descriptor }

  /// The name that the record has or will have.
  static var name: String { state.value.name }

  /// Takes over the record's file in a process that is a fresh program.
  static func adopt(_ descriptor: Int32) {
    if descriptor >= 0 { Descriptor.closeOnExecute(descriptor) }
    state.value.descriptor = descriptor
  }

  /// Takes over the record's name.
  static func adopt(name: String) { state.value.name = name }

  /// Gives a file its name after recording that the tree made it.
  ///
  /// - Returns: Where the record is, for `remove`.
  static func link(
    _ file: borrowing SharedMemoryFile, as name: String
  ) throws(MultiprocessingError) -> Int {
    guard state.value.descriptor >= 0 else {
      // The same call that failed at the start gives the reason.
      _ = try SharedMemoryFile.make()
      throw .runtime("shared memory cannot be made: the program has no record of its own")
    }
    let number = file.status.number
    let fileName = try SharedMemoryFile.fileName(of: name)
    return try withLock { () throws(MultiprocessingError) in
      let slot = try freeSlot()
      try write(Slot(number: number, name: fileName), at: slot)
      FaultPoint.hit(.memoryRecorded)
      do throws(MultiprocessingError) {
        try nameRecord()
        try file.link(name)
      } catch {
        try write(Slot(), at: slot)
        throw error
      }
      FaultPoint.hit(.memoryNamed)
      try setHint(slot + 1)
      return slot
    }
  }

  private static func nameRecord() throws(MultiprocessingError) {
    guard Arena.header.isRecordNamed.value == 0 else { return }
    try setHint(1)
    do throws(MultiprocessingError) {
      try SharedMemoryFile.link(state.value.descriptor, as: state.value.name)
    } catch .system(.fileExists, _) {
      // Who named it was killed before it could say so.
    }
    Arena.header.isRecordNamed.store(1)
  }

  /// Takes a block's name away, and its record if this tree made it.
  ///
  /// - Parameters:
  ///   - name: The block's name.
  ///   - number: Its file's number.
  ///   - slot: What `link` gave, if this process or one that it comes from made the block.
  /// - Throws: `.system` when the name is gone, or is another block's by now.
  static func remove(
    _ name: String, number: UInt64, slot: Int?
  ) throws(MultiprocessingError) {
    let fileName = try SharedMemoryFile.fileName(of: name)
    try withLock { () throws(MultiprocessingError) in
      guard SharedMemoryFile.status(of: name)?.number == number else {
        throw .system(.noSuchFileOrDirectory, "'/\(name)'")
      }
      try SharedMemoryFile.remove(name)
      FaultPoint.hit(.memoryUnnamed)
      guard let slot = self.slot(of: number, fileName, first: slot) else { return }
      try write(Slot(), at: slot)
      if slot < hint { try setHint(slot) }
    }
  }

  /// Does `sweepDead` if this process has not done so since it began to make blocks.
  static func sweepDeadOnce() {
    guard !state.value.hasSwept else { return }
    state.value.hasSwept = true
    sweepDead()
  }

  /// Removes what trees left whose processes have all ended.
  static func sweepDead() {
    for name in SharedMemoryFile.names(prefix: prefix) where name != state.value.name {
      let removed = sweep(name)
      if !removed.isEmpty {
        Logger.log(.info, "shared memory of a dead program removed: \(list(removed))")
      }
    }
  }

  /// The last that this process does: if it is the tree's last one, what is left goes.
  static func leave(isQuiet: Bool) {
    guard state.value.descriptor >= 0, Board.identity != 0 else { return }
    let isNamed = Arena.header.isRecordNamed.load() != 0
    let left = isNamed ? blocks(of: state.value.descriptor) : []
    SharedMemoryFile.closeKept(state.value.descriptor)
    state.value.descriptor = -1
    guard isNamed else { return }
    var removed = sweep(state.value.name)
    // A program that began just now may have come before.
    if removed.isEmpty, SharedMemoryFile.status(of: state.value.name) == nil {
      removed = left.map(\.name)
    }
    guard !removed.isEmpty else { return }
    Logger.log(
      isQuiet ? .info : .warning,
      "shared memory that nobody unlinked is removed at the program's end: \(list(removed)); "
        + "call unlink() once, or make it with track = false to keep it")
  }

  /// Removes the blocks of a record whose tree has ended, and the record.
  ///
  /// - Returns: The blocks' names; none when the tree lives or another process is at it.
  private static func sweep(_ record: String) -> [String] {
    // Anybody may put a file into the folder: only our own say what is ours.
    guard let file = try? SharedMemoryFile.open(record), file.status.isOwn,
      Slot(file.read(Slot.byteCount, at: 0)[...]).name == mark, file.lock()
    else { return [] }
    let removed = blocks(of: file.descriptor).filter {
      isThere($0) && (try? SharedMemoryFile.remove($0.name)) != nil
    }
    try? SharedMemoryFile.remove(record)
    return removed.map(\.name)
  }

  /// The blocks of a record that are there.
  private static func blocks(of record: Int32) -> [Slot] {
    var blocks: [Slot] = []
    forEachSlot(of: record) { _, slot in
      if slot.number != 0, isThere(slot) { blocks.append(slot) }
      return true
    }
    return blocks
  }

  private static func isThere(_ slot: Slot) -> Bool {
    SharedMemoryFile.status(of: slot.name)?.number == slot.number
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }

  /// Runs `body` alone in the tree.
  ///
  /// A dead owner leaves nothing to repair.
  private static func withLock<Result>(
    _ body: () throws(MultiprocessingError) -> Result
  ) throws(MultiprocessingError) -> Result {
    guard Board.identity != 0 else { throw Board.strangerError }
    let lock = Arena.header.recordLock
    _ = lock.acquireUninterrupted()
    defer { lock.releaseOwned() }
    return try body()
  }
}

// MARK: - The file's slots

extension OwnerRecord {
  /// One block: its file number and name; all zero when free.
  private struct Slot {
    static let byteCount = 512

    var number: UInt64 = 0
    private var characters: ArraySlice<UInt8> = []

    init() {}

    init(number: UInt64, name: String) {
      self.number = number
      characters = Array(name.utf8)[...]
    }

    init(_ bytes: ArraySlice<UInt8>) {
      for byte in bytes.prefix(8).reversed() { number = number << 8 | UInt64(byte) }
      characters = bytes.dropFirst(8)
    }

    /// Made when it is asked for: most slots are only passed over.
    var name: String { String(decoding: characters.prefix { $0 != 0 }, as: UTF8.self) }

    func isOf(_ number: UInt64, _ name: String) -> Bool {
      self.number == number && self.name == name
    }

    /// Padded to a whole slot, so that no slot lies in two pages.
    var bytes: [UInt8] {
      let number = (0..<8).map { UInt8(truncatingIfNeeded: self.number >> ($0 * 8)) }
      let used = number + characters
      return used + [UInt8](repeating: 0, count: Self.byteCount - used.count)
    }
  }

  private static func write(_ slot: Slot, at position: Int) throws(MultiprocessingError) {
    try SharedMemoryFile.write(
      slot.bytes, to: state.value.descriptor, at: position * Slot.byteCount)
  }

  /// Calls `visit` with each slot from `first` on until it returns false; slot 0 is no block's.
  private static func forEachSlot(
    of record: Int32, from first: Int = 1, atATime batch: Int = 128,
    _ visit: (Int, Slot) -> Bool
  ) {
    var position = first
    while true {
      let bytes = SharedMemoryFile.read(
        record, batch * Slot.byteCount, at: position * Slot.byteCount)
      let count = bytes.count / Slot.byteCount
      guard count > 0 else { return }
      for index in 0..<count {
        let start = index * Slot.byteCount
        guard visit(position + index, Slot(bytes[start..<(start + Slot.byteCount)])) else { return }
      }
      position += count
    }
  }

  /// No slot below it is free; kept in slot 0, with the mark, since the file may have many.
  ///
  /// After a kill it may be too high, which wastes a slot, or too low, which costs a look.
  private static var hint: Int {
    let bytes = SharedMemoryFile.read(state.value.descriptor, Slot.byteCount, at: 0)
    return max(1, Int(truncatingIfNeeded: Slot(bytes[...]).number))
  }

  private static func setHint(_ position: Int) throws(MultiprocessingError) {
    try write(Slot(number: UInt64(position), name: mark), at: 0)
  }

  private static func freeSlot() throws(MultiprocessingError) -> Int {
    let first = hint
    var end = first
    var free: Int?
    forEachSlot(of: state.value.descriptor, from: first) { position, slot in
      end = position + 1
      if slot.number == 0 { free = position }
      return free == nil
    }
    if let free { return free }
    if end >= 64, end.nonzeroBitCount == 1, let free = try freeStaleSlots() { return free }
    try SharedMemoryFile.lengthen(state.value.descriptor, to: (end + 1) * Slot.byteCount)
    return end
  }

  /// Frees the slots whose blocks other programs have unlinked; the lowest one, if there are any.
  ///
  /// Called each time the file has doubled, so that it stays in proportion to the blocks.
  private static func freeStaleSlots() throws(MultiprocessingError) -> Int? {
    var stale: [Int] = []
    forEachSlot(of: state.value.descriptor) { position, slot in
      if SharedMemoryFile.status(of: slot.name)?.number != slot.number { stale.append(position) }
      return true
    }
    for position in stale { try write(Slot(), at: position) }
    return stale.first
  }

  /// Finds a block's slot; `first` is where it is most likely.
  private static func slot(of number: UInt64, _ name: String, first: Int?) -> Int? {
    var found: Int?
    if let first {
      forEachSlot(of: state.value.descriptor, from: first, atATime: 1) { position, slot in
        if slot.isOf(number, name) { found = position }
        return false
      }
      if let found { return found }
    }
    forEachSlot(of: state.value.descriptor) { position, slot in
      if slot.isOf(number, name) { found = position }
      return found == nil
    }
    return found
  }
}
