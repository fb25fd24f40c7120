// The shared memory of a program tree. Python: `multiprocessing.heap.Arena`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// One memory file that all processes of a tree map at start: slots, objects, locks, messages.
///
/// Everything in it is named by its offset, so a name stays good whoever has died. The file is
/// sparse and never shrinks; memory is handed back by punching holes.
public enum Arena {
  /// Makes the arena of this program tree if it does not exist yet.
  ///
  /// The caller becomes the root of the tree. Every object does this at need.
  ///
  /// - Throws: `.system` when the memory file or its mapping is refused, `.runtime` in a process
  ///   that was forked by something other than this library.
  public static func open() throws(MultiprocessingError) {
    if Board.identity != 0 { return }
    if isOpen { throw Board.strangerError }
    try map()
    Board.becomeRoot()
    OwnerRecord.begin()
  }

  /// Whether this process has mapped an arena.
  public static var isOpen: Bool { unsafe mapping != nil }

  /// Where the arena begins in this process.
  @inline(__always)
  static var base: UnsafeMutableRawPointer { unsafe mapping.unsafelyUnwrapped }

  /// What the memory file is called, for whoever looks from outside.
  static let fileName = "mplua"

  // Safe because it is set once, before the process makes a child or an object.
  private nonisolated(unsafe) static var mapping: UnsafeMutableRawPointer?
  // Safe because it is set together with the mapping.
  private(set) nonisolated(unsafe) static var descriptor: Int32 = -1
  // Safe because it is set together with the mapping.
  private nonisolated(unsafe) static var storedLayout = ArenaLayout(byteCount: 1 << 28)

  /// The descriptor of the memory file.
  static var file: Int32 { unsafe descriptor }

  static var layout: ArenaLayout { unsafe storedLayout }

  @inline(__always)
  static func word(_ offset: Int) -> SharedWord { unsafe SharedWord(at: base + offset) }

  @inline(__always)
  static func long(_ offset: Int) -> SharedLong { unsafe SharedLong(at: base + offset) }

  /// Where a word lies: its name in every process.
  static func offset(of word: SharedWord) -> UInt64 {
    unsafe UInt64(UnsafeMutableRawPointer(word.address) - base)
  }

  /// Whether a descriptor is the memory of a program tree.
  static func isArena(_ file: Int32) -> Bool {
    var mark: UInt64 = 0
    return unsafe pread(file, &mark, 8, 0) == 8 && mark == ArenaHeader.mark
  }

  /// Maps the arena of the tree that this process was started in as a fresh program.
  ///
  /// - Returns: Whether that could be done.
  static func attach(_ file: Int32) -> Bool {
    var status = stat()
    guard !isOpen, unsafe fstat(file, &status) == 0, isArena(file) else { return false }
    Descriptor.closeOnExecute(file)
    let byteCount = Int(status.st_size)
    let address = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else { return false }
    unsafe madvise(address, byteCount, MADV_DONTDUMP)
    unsafe mapping = address
    unsafe descriptor = file
    unsafe storedLayout = ArenaLayout(byteCount: byteCount)
    Depot.attach()
    Board.watchForks()
    return true
  }

  /// Takes a private copy of another tree's arena as the one that is read here.
  ///
  /// This process has no identity in it, so nothing of ours changes it. nil lets go of the copy, whose
  /// memory stays its maker's business.
  static func borrow(_ copy: UnsafeMutableRawPointer?, byteCount: Int) {
    precondition(Board.identity == 0 && file < 0, "this process has an arena of its own")
    unsafe mapping = copy
    unsafe storedLayout = ArenaLayout(byteCount: byteCount)
  }

  private static func map() throws(MultiprocessingError) {
    try Depot.open()
    let file = unsafe clinux_memory_file(fileName)
    guard file >= 0 else { throw .system(Errno(rawValue: errno), "make the shared memory file") }
    var reason = Errno.noMemory
    // 1 TiB costs nothing while untouched; limits on address space or file size ask for less.
    for shift in stride(from: 40, through: 28, by: -2) {
      let byteCount = 1 << shift
      guard clinux_grow_file(file, UInt64(byteCount)) == 0 else {
        reason = Errno(rawValue: errno)
        continue
      }
      let address = unsafe mmap(
        nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0)
      guard let address = unsafe address, unsafe address != MAP_FAILED else {
        reason = Errno(rawValue: errno)
        continue
      }
      unsafe madvise(address, byteCount, MADV_DONTDUMP)
      unsafe mapping = address
      unsafe descriptor = file
      unsafe storedLayout = ArenaLayout(byteCount: byteCount)
      header.prepare(byteCount: byteCount)
      Depot.note()
      return
    }
    close(file)
    throw .system(reason, "map the shared memory file")
  }
}

extension Arena {
  static var header: ArenaHeader { ArenaHeader() }

  /// Runs `body` under the arena's word.
  ///
  /// Every change of slots, references and blocks is made here.
  ///
  /// When the word comes back from a dead process, what is derived is built anew from what is true:
  /// the reference bits and the messages' owners.
  static func withLock<Result>(
    _ body: () throws(MultiprocessingError) -> Result
  ) throws(MultiprocessingError) -> Result {
    guard Board.identity != 0 else { throw Board.strangerError }
    let lock = header.lock
    if lock.acquireUninterrupted() == .abandoned { rebuild() }
    FaultPoint.hit(.arenaLocked)
    defer {
      if header.depotGarbage.value != 0 { Depot.tidy() }
      lock.releaseOwned()
    }
    return try body()
  }

  /// How many blocks are in use in the whole tree.
  ///
  /// Slow; for tests and diagnosis.
  public static func usedBlockCount() throws(MultiprocessingError) -> Int {
    try withLock { Blocks.usedCount }
  }

  /// Frees queues that only keep each other, by messages in one another.
  ///
  /// Small circles are freed when the last process drops one of them, large ones from time to time.
  /// Slow; for tests and diagnosis.
  public static func freeUnreachable() throws(MultiprocessingError) {
    try withLock { References.freeUnreachable() }
  }

  private static func rebuild() {
    References.rebuild()
    Blocks.rebuild()
    Depot.mustTidyAll()
  }

  /// Gives the pages of a part of the arena back to the system; they read as zeros afterwards.
  static func punch(_ offset: Int, byteCount: Int) {
    while unsafe clinux_punch(descriptor, UInt64(offset), UInt64(byteCount)) != 0, errno == EINTR {}
  }

  /// Makes sure that the pages of a part of the arena exist, so that touching them cannot fail.
  ///
  /// This process has them mapped afterwards too: one call instead of a fault for each.
  static func reserve(_ offset: Int, byteCount: Int) throws(MultiprocessingError) {
    if unsafe madvise(base + offset, byteCount, MADV_POPULATE_WRITE) == 0 { return }
    // An old kernel, or no memory: the file knows which.
    try unsafe FileMemory.reserve(descriptor, offset, byteCount: byteCount)
  }
}

/// The fields at the beginning of the arena.
struct ArenaHeader {
  /// What the arena begins with.
  static let mark: UInt64 = 0x6D70_6C75_6131
  /// Which arrangement of its fields the arena has: one more with every change of it.
  static let layoutVersion: UInt32 = 2

  /// The word A of the protocols: held for every change of the tables.
  var lock: OwnerWord { OwnerWord(Arena.word(16)) }
  var objectHighWater: SharedWord { Arena.word(20) }
  /// The first free entry of the object table, linked through the entries.
  ///
  /// Derived.
  var firstFreeObject: SharedWord { Arena.word(24) }
  /// Slots from here on were never used.
  var slotLimit: SharedWord { Arena.word(28) }
  var slotCursor: SharedWord { Arena.word(32) }
  /// How many packets of the depot no message needs any more; see `Depot`.
  ///
  /// Derived.
  var depotGarbage: SharedWord { Arena.word(36) }
  var liveObjectCount: SharedLong { Arena.long(40) }
  /// How many processes were found dead; a wait compares it to explain what a slice found.
  var deathCount: SharedLong { Arena.long(48) }
  var explainedSlices: SharedLong { Arena.long(56) }
  var unexplainedSlices: SharedLong { Arena.long(64) }
  var rebuildCount: SharedLong { Arena.long(72) }
  /// How often a process may have come to hold what it did not make: by its start, or by a message.
  var gainCount: SharedLong { Arena.long(104) }
  /// 1 when nobody is to look for deadlocks.
  var isDetectionOff: SharedWord { Arena.word(96) }
  /// The identity of the process whose status line is drawn; 0 for none.
  var statusLineOwner: SharedWord { Arena.word(100) }
  /// The identity of the process whose user edits a line; 0 for none.
  var editedLineOwner: SharedWord { Arena.word(1080) }
  /// What is drawn of that line; see `EditedLine`.
  var editedLine: SharedWord { Arena.word(1084) }
  /// Messages that carry references from here on were never used.
  var messageHighWater: SharedWord { Arena.word(1024) }
  /// The first free entry of the message table, linked through the entries.
  ///
  /// Derived.
  var firstFreeMessage: SharedWord { Arena.word(1028) }
  var liveMessageCount: SharedLong { Arena.long(1032) }
  /// How often it was left open whether queues only keep each other.
  var openSuspectCount: SharedLong { Arena.long(1040) }
  /// How many packets are in the depot.
  ///
  /// Derived.
  var depotCount: SharedWord { Arena.word(1064) }
  /// Counts how often the depot was gone through.
  var depotRound: SharedWord { Arena.word(1068) }
  /// The numbers of the depot's descriptors, the same in all processes of the tree.
  var depotInput: SharedWord { Arena.word(1072) }
  var depotOutput: SharedWord { Arena.word(1076) }
  /// The number of the trace's descriptor plus one, the same in all processes of the tree; 0 for no trace.
  var traceFile: SharedWord { Arena.word(2048) }
  /// 1 once the trace cannot be written any more.
  var isTraceStopped: SharedWord { Arena.word(2052) }
  /// How many rows the trace has.
  var traceRowCount: SharedWord { Arena.word(2056) }
  /// The reading of `Clock` that is 0 in the trace.
  var traceOrigin: SharedLong { Arena.long(2064) }
  #if FaultInjection
  var faultCount: SharedLong { Arena.long(80) }
  #endif
  /// Held for every change of the record of named blocks.
  var recordLock: OwnerWord { OwnerWord(Arena.word(88)) }
  /// Whether that record has a name.
  var isRecordNamed: SharedWord { Arena.word(92) }

  /// Held while the fork server is looked for or started.
  var forkServerLock: OwnerWord { OwnerWord(Arena.word(1048)) }
  /// The identity of the fork server; 0 before the first.
  var forkServer: SharedWord { Arena.word(1052) }
  /// The number of the queue that the fork server takes requests from, which no process needs to
  /// hold; 0 before the first.
  var forkServerRequests: SharedWord { Arena.word(1056) }
  /// How many processes this fork server has been asked for.
  var forkServerUse: SharedWord { Arena.word(1060) }
  /// 1 when a process whose output goes to a relay has started the fork server.
  var isForkServerRelayed: SharedWord { Arena.word(1088) }

  /// Blocks of a class from this index on were never used.
  func blockHighWater(ofClass blockClass: Int) -> SharedWord { Arena.word(128 + blockClass * 8) }

  /// The first free block of a class plus one, linked through its table.
  ///
  /// Derived.
  func firstFreeBlock(ofClass blockClass: Int) -> SharedWord { Arena.word(132 + blockClass * 8) }

  /// Which of 64 slots have a row of reference bits that may not be empty.
  ///
  /// Derived.
  func rowsInUse(_ position: Int) -> SharedLong { Arena.long(4096 + position &* 8) }

  /// What `layoutVersion` was in the program that made the arena; a tool may be of another version.
  var version: SharedWord { Arena.word(112) }

  func prepare(byteCount: Int) {
    version.value = Self.layoutVersion
    Arena.long(0).value = Self.mark
    Arena.long(8).value = UInt64(byteCount)
    objectHighWater.value = 1
    slotLimit.value = 64
    slotCursor.value = 1
    messageHighWater.value = 1
  }
}
