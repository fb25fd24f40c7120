// The fields of a queue in shared memory. Python: a pipe, two locks and a semaphore.

/// A queue's header block.
///
/// Every group of fields that one side writes has its own cache lines.
///
/// Positions count units of 16 bytes, ordinals count messages, both modulo 2^32. One 64-bit word
/// holds both, so one store commits position and count together.
// Safe because the memory is shared between processes anyway, and its fields are atomic words.
@safe struct RingHeader: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer

  init(block: Block) { unsafe base = block.address }

  /// The put side's lock.
  var putWord: OwnerWord {
    @inline(__always) get { unsafe OwnerWord(SharedWord(at: base)) }
  }
  /// Which segment is written to.
  var putSegment: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 4) }
  }
  /// What the put side last saw of the get side.
  var headCache: SharedLong {
    @inline(__always) get { unsafe SharedLong(at: base + 8) }
  }
  /// Up to which ticket all getters are known to be awake.
  var idleGetters: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 16) }
  }
  /// How many units of the present region are sure to exist.
  var reserved: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 20) }
  }

  /// Who put last; 0 before the first put.
  var lastPutter: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 24) }
  }
  /// 1 when more living processes have put than are remembered.
  var hasMorePutters: SharedWord { unsafe SharedWord(at: base + 28) }
  /// The identities of those who have put, 0 where there is room.
  func putter(_ position: Int) -> SharedWord { unsafe SharedWord(at: base + 2048 + position * 4) }
  static let putterCapacity = 512

  /// Ordinal and position of the next message to put.
  var tail: SharedLong {
    @inline(__always) get { unsafe SharedLong(at: base + 128) }
  }
  /// The processor of the last putter, plus one.
  var putProcessor: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 136) }
  }

  /// The get side's lock.
  var getWord: OwnerWord {
    @inline(__always) get { unsafe OwnerWord(SharedWord(at: base + 256)) }
  }
  /// Which segment is read from.
  var getSegment: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 260) }
  }
  /// What the get side last saw of the put side.
  var tailCache: SharedLong {
    @inline(__always) get { unsafe SharedLong(at: base + 264) }
  }
  /// Up to which ticket all putters are known to be awake.
  var idlePutters: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 272) }
  }

  /// Ordinal and position of the next message to get.
  var head: SharedLong {
    @inline(__always) get { unsafe SharedLong(at: base + 384) }
  }
  /// The processor of the last getter, plus one.
  var getProcessor: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 392) }
  }

  /// Where getters sleep, and the ticket each takes before.
  var notEmpty: WakeLine {
    @inline(__always) get { unsafe WakeLine(base + 512) }
  }
  /// Where putters sleep, and the ticket each takes before.
  var notFull: WakeLine {
    @inline(__always) get { unsafe WakeLine(base + 640) }
  }
  /// Where those sleep who wait for all tasks to be done.
  var allDone: WakeLine { unsafe WakeLine(base + 768) }

  /// How many messages were reported done, modulo 2^32.
  var finished: SharedWord { unsafe SharedWord(at: base + 896) }
  /// After an immediate shutdown: the ordinal from which messages were thrown away, bit 32 set.
  var drainedFrom: SharedLong { unsafe SharedLong(at: base + 904) }

  /// Fixed at creation; 0 means no limit.
  ///
  /// This line is only read by both sides.
  var maxsize: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 1024) }
  }
  /// 0 open, 1 shut down, 2 shut down at once.
  var closed: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 1028) }
  }
  var object: SharedWord { unsafe SharedWord(at: base + 1032) }
  var growCount: SharedWord { unsafe SharedWord(at: base + 1040) }
  var shrinkCount: SharedWord { unsafe SharedWord(at: base + 1044) }
  /// When a region was last given back, by `Clock`; 0 when none was.
  var lastShrink: SharedLong { unsafe SharedLong(at: base + 1056) }
  /// Up to this class a drained ring keeps its region.
  ///
  /// The put side raises it, the get side lowers it; a lost change costs only time.
  var keptClass: SharedWord { unsafe SharedWord(at: base + 1064) }
  /// How often a side's lock came back from a dead process.
  var abandonedCount: SharedWord { unsafe SharedWord(at: base + 1048) }

  /// Segment `k` of the last 32.
  @inline(__always)
  func segment(_ k: UInt32) -> SharedLong {
    unsafe SharedLong(at: base + 1152 + Int(k & 31) &* 8)
  }

  /// The block that is the region of a class of segments, 0 when there is none yet.
  func region(ofClass ringClass: Int) -> SharedWord {
    unsafe SharedWord(at: base + 1408 + ringClass &* 4)
  }

  /// Where that block lies in the arena: the same once more, in the form the hot path needs.
  @inline(__always)
  func regionOffset(ofClass ringClass: Int) -> SharedLong {
    unsafe SharedLong(at: base + 1536 + ringClass &* 8)
  }

  /// Records a block as a region.
  ///
  /// The arena's word is held; the number is what counts after a kill.
  func link(_ block: Block, ofClass ringClass: Int) {
    regionOffset(ofClass: ringClass).value = UInt64(block.offset)
    region(ofClass: ringClass).store(block.number)
  }
}

extension RingHeader {
  /// Whether the block is one of the regions.
  func links(_ block: Block) -> Bool {
    Ring.classes.contains { region(ofClass: $0).value == block.number }
  }

  /// Whether there ever was a large region.
  var isLarge: Bool {
    Ring.classes.contains {
      1 << ($0 + 4) >= SharedObject.largeByteCount && region(ofClass: $0).value != 0
    }
  }

  /// Gives the pages of all regions back.
  func punchRegions() {
    for ringClass in Ring.classes {
      let number = region(ofClass: ringClass).value
      if number != 0 { Block(number: number).punch() }
    }
  }

  /// Gives all regions back; the arena's word is held.
  func freeRegions() {
    for ringClass in Ring.classes {
      let number = region(ofClass: ringClass).value
      if number != 0 { Block(number: number).free() }
    }
  }
}

/// A sequence word to sleep on, and tickets that tell whether anybody may sleep.
///
/// A count of sleepers would leak when one is killed, and a flag that the waker clears would forget
/// the second sleeper. A ticket only ever grows.
@safe struct WakeLine {
  private let base: UnsafeMutableRawPointer
  /// Whether the two words for processes in `MultipleWait` are there.
  private let canBePolled: Bool

  /// The line in a queue's header, in four words.
  @inline(__always)
  init(_ base: UnsafeMutableRawPointer) {
    unsafe self.base = base
    canBePolled = true
  }

  /// The line in two of an object's own words: nobody polls it, and the words behind it are others.
  @inline(__always)
  init(_ object: SharedObject, at position: Int) {
    unsafe base = UnsafeMutableRawPointer(object.word(position).address)
    canBePolled = false
  }

  var sequence: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base) }
  }
  var tickets: SharedWord {
    @inline(__always) get { unsafe SharedWord(at: base + 4) }
  }
  /// Not 0 when processes may wait in `MultipleWait`.
  ///
  /// They draw tickets too.
  private var pollers: SharedWord { unsafe SharedWord(at: base + 8) }

  /// Says that this process is one of them, before it looks.
  func announcePoller() {
    pollers.add(1)
    tickets.add(1)
  }

  /// The object that they wait for.
  var object: SharedWord { unsafe SharedWord(at: base + 12) }

  /// Wakes up to `count` sleepers if a ticket was drawn since all were known to be awake.
  ///
  /// The load pairs with the sleeper's drawing of its ticket: it draws, then looks at what was
  /// committed; the waker commits, then looks at the tickets. One of them sees the other.
  @inline(__always)
  func wake(_ count: UInt32, idle: SharedWord) {
    let drawn = tickets.load()
    if drawn != idle.value { wakeSleepers(count, idle: idle, drawn: drawn) }
  }

  @inline(never)
  private func wakeSleepers(_ count: UInt32, idle: SharedWord, drawn: UInt32) {
    sequence.add(1)
    wakePollers()
    if Futex.wake(sequence, count: Int(count)) < Int(count) { idle.value = drawn }
  }

  /// Wakes everybody, whatever the tickets say.
  func wakeAll() {
    sequence.add(1)
    wakePollers()
    Futex.wakeAll(sequence)
  }

  private func wakePollers() {
    if canBePolled { Pollers.wake(pollers, of: object.value) }
  }
}
