// What the arena records of one process. Python: `multiprocessing.process` keeps this per parent.

/// One line of the board: a process, or the place for one.
@safe struct Slot {
  let index: Int
  private let base: UnsafeMutableRawPointer

  @inline(__always)
  init(_ index: Int) {
    self.index = index
    unsafe base = Arena.base + ArenaLayout.slots + index &* ArenaLayout.slotByteCount
  }

  /// The kernel's word of the robust mutex `life`: thread number, bit 31 for waiters, bit 30 for a
  /// dead owner.
  var life: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base) }
  }
  var lifeMutex: UnsafeMutableRawPointer { unsafe base }
  var generation: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 64) }
  }
  /// Its upper half is the generation, so that a flag never hits the slot's next process.
  var flags: SharedWord { unsafe SharedWord(at: base + 68) }
  var state: SharedLong { unsafe SharedLong(at: base + 72) }
  var pid: SharedWord { unsafe SharedWord(at: base + 80) }
  var parent: SharedWord { unsafe SharedWord(at: base + 84) }
  var startTime: SharedLong { unsafe SharedLong(at: base + 88) }
  var kind: SharedWord { unsafe SharedWord(at: base + 96) }
  var isHelper: Bool { kind.value == ProcessKind.helper.rawValue }
  var isRelay: Bool { kind.value == ProcessKind.relay.rawValue }
  var depth: SharedWord { unsafe SharedWord(at: base + 100) }
  /// How many children were started: an object made at the present count was never inherited.
  var forkCount: SharedWord { unsafe SharedWord(at: base + 104) }
  /// Odd while the process sleeps in a wait without a deadline.
  var waitSequence: SharedLong { unsafe SharedLong(at: base + 112) }
  var waitOperation: SharedWord { unsafe SharedWord(at: base + 120) }
  var waitCount: SharedWord { unsafe SharedWord(at: base + 124) }
  var waitSince: SharedLong { unsafe SharedLong(at: base + 128) }
  /// What the process is taking out of a queue at this instant.
  var taking: SharedLong { unsafe SharedLong(at: base + 136) }
  var explainedSlices: SharedLong { unsafe SharedLong(at: base + 144) }
  var unexplainedSlices: SharedLong { unsafe SharedLong(at: base + 152) }

  /// Entry `position` of the wait record: where the word lies, of which object, and its value.
  func waitWord(_ position: Int) -> SharedLong { unsafe SharedLong(at: base + 160 + position * 8) }
  func waitObject(_ position: Int) -> SharedWord {
    unsafe SharedWord(at: base + 224 + position * 4)
  }
  func waitExpected(_ position: Int) -> SharedWord {
    unsafe SharedWord(at: base + 256 + position * 4)
  }
  func waitEntryOperation(_ position: Int) -> SharedWord {
    unsafe SharedWord(at: base + 360 + position * 4)
  }
  /// The wait, by its beginning, that is to end because it is a loop over a queue to which nobody
  /// puts any more.
  var loopEnd: SharedLong { unsafe SharedLong(at: base + 392) }

  /// When the process last showed its stack.
  var stackShown: SharedLong { unsafe SharedLong(at: base + 496) }
  /// In the root's slot: how often any process has.
  var stackAnswerCount: SharedWord { unsafe SharedWord(at: base + 504) }

  /// The name, at most 64 bytes of UTF-8, cut at a character.
  var name: String {
    get {
      let count = unsafe min(64, Int(SharedWord(at: base + 288).value))
      return unsafe String(
        decoding: UnsafeRawBufferPointer(start: base + 292, count: count), as: UTF8.self)
    }
    nonmutating set { unsafe InlineText.store(newValue, at: base + 288, capacity: 64) }
  }

  /// The identity of the process that has this slot now.
  var identity: UInt32 { (generation.load() & 0xFFFF) << 14 | UInt32(index) }
}

/// Short texts inside fixed records.
enum InlineText {
  /// Stores a length and as many whole characters as fit after it.
  static func store(_ text: String, at address: UnsafeMutableRawPointer, capacity: Int) {
    var count = 0
    for character in text {
      let bytes = character.utf8
      guard count + bytes.count <= capacity else { break }
      for byte in bytes {
        unsafe (address + 4 + count).storeBytes(of: byte, as: UInt8.self)
        count += 1
      }
    }
    unsafe SharedWord(at: address).value = UInt32(count)
  }

  static func load(at address: UnsafeMutableRawPointer, capacity: Int) -> String {
    let count = unsafe min(capacity, Int(SharedWord(at: address).value))
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: address + 4, count: count), as: UTF8.self)
  }
}

/// Where a slot is in its life.
///
/// The upper half carries a generation, a pid or a sweeper.
enum SlotState {
  static let free: UInt64 = 0
  /// With the generation, so that a slow sweeper's exchange cannot hit the slot's next process.
  static func running(generation: UInt32) -> UInt64 { UInt64(generation) << 32 | 3 }
  static func starting(generation: UInt32) -> UInt64 { UInt64(generation) << 32 | 1 }
  static func claimed(pid: UInt32) -> UInt64 { UInt64(pid) << 32 | 2 }
  static func dead(sweeper: UInt32) -> UInt64 { UInt64(sweeper) << 32 | 4 }

  static func isStarting(_ state: UInt64) -> Bool { state & 7 == 1 }
  static func isClaimed(_ state: UInt64) -> Bool { state & 7 == 2 }
  static func isRunning(_ state: UInt64) -> Bool { state & 7 == 3 }
  static func isDead(_ state: UInt64) -> Bool { state & 7 == 4 }
  static func payload(_ state: UInt64) -> UInt32 { UInt32(state >> 32) }
}
