// The object table: one entry for each lock, queue and so on. Python: names of semaphores, ids.

internal import SystemPackage

/// What an entry of the object table is.
public enum SharedObjectKind: UInt32, Sendable {
  case lock = 1
  case recursiveLock, queue, semaphore, boundedSemaphore, condition, event, barrier
  case value, array, pipe, pool
  case start = 64
}

// Safe because the entry lies in memory that is shared anyway, and its fields are atomic words.
/// A shared object's entry in the arena: 128 bytes that hold a small object whole.
///
/// The handle is one pointer and owns nothing by itself; `retain` and `release` say that this
/// process holds the object. A process that was forked holds what its parent held.
@safe public struct SharedObject: BitwiseCopyable, Hashable, @unchecked Sendable {
  private let entry: UnsafeMutableRawPointer

  @inline(__always)
  init(number: UInt32) {
    unsafe entry =
      Arena.base + ArenaLayout.objects + Int(number) &* ArenaLayout.objectByteCount
  }

  /// Makes the handle of the object at an offset that `offset` gave, in this or another process.
  ///
  /// - Returns: nil when no object is there.
  public init?(offset: UInt64) {
    guard Arena.isOpen, offset >= UInt64(ArenaLayout.objects) else { return nil }
    let distance = Int(offset) - ArenaLayout.objects
    let number = distance / ArenaLayout.objectByteCount
    guard distance % ArenaLayout.objectByteCount == 0, number > 0,
      number < Int(Arena.header.objectHighWater.load())
    else { return nil }
    self.init(number: UInt32(number))
    guard kindWord.load() != 0 else { return nil }
  }

  /// Where the entry lies in the arena; names the object in messages.
  public var offset: UInt64 { unsafe UInt64(entry - Arena.base) }

  /// The position in the table; never 0.
  @inline(__always)
  public var number: UInt32 {
    unsafe UInt32(
      truncatingIfNeeded: (entry - Arena.base - ArenaLayout.objects)
        / ArenaLayout.objectByteCount)
  }

  /// What the object is; nil when it was freed.
  public var kind: SharedObjectKind? { SharedObjectKind(rawValue: kindWord.load()) }

  /// Counts how often the entry was used for an object.
  public var generation: UInt32 { generationWord.load() }

  /// Where the object was created: "file:line"; of a long one the last 44 bytes are kept.
  public var place: String {
    get { unsafe InlineText.load(at: entry + 80, capacity: 44) }
    nonmutating set {
      var text = newValue
      if text.utf8.count > 44 {
        while text.utf8.count > 41 { text.removeFirst() }
        text = "..." + text
      }
      unsafe InlineText.store(text, at: entry + 80, capacity: 44)
    }
  }

  /// Whether both are the same entry.
  public static func == (left: SharedObject, right: SharedObject) -> Bool {
    unsafe left.entry == right.entry
  }

  /// Hashes the entry's place.
  public func hash(into hasher: inout Hasher) { hasher.combine(offset) }

  var kindWord: SharedWord { unsafe SharedWord(at: entry) }
  var generationWord: SharedWord { unsafe SharedWord(at: entry + 4) }
  /// How many messages under way carry the object.
  ///
  /// Derived.
  var inFlight: SharedWord { unsafe SharedWord(at: entry + 8) }
  /// The next free entry.
  ///
  /// Derived.
  var nextFree: SharedWord { unsafe SharedWord(at: entry + 12) }
  var creator: SharedWord { unsafe SharedWord(at: entry + 16) }
  var creatorForkCount: SharedWord { unsafe SharedWord(at: entry + 20) }
  /// The block that belongs to the object, or 0.
  var payload: SharedWord { unsafe SharedWord(at: entry + 24) }

  /// The newest of the messages with references that are in the queue, or under way to this end of a
  /// pipe; 0 for none.
  ///
  /// Derived.
  var firstMessage: SharedWord { unsafe SharedWord(at: entry + 28) }

  /// One of the twelve words for the object's own use.
  @inline(__always)
  func word(_ position: Int) -> SharedWord { unsafe SharedWord(at: entry + 32 + position &* 4) }
}

extension SharedObject {
  /// Makes an object that this process holds.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - payloadClass: The class of a block to make with it, or nil.
  ///   - initialize: Fills in the object's words, before any other process can see it.
  /// - Returns: The object.
  /// - Throws: `.system` when there is no room, and what `initialize` throws.
  static func create(
    _ kind: SharedObjectKind, payloadClass: Int? = nil,
    initialize: (SharedObject) throws(MultiprocessingError) -> Void = { _ in }
  ) throws(MultiprocessingError) -> SharedObject {
    try Arena.open()
    return try Arena.withLock { () throws(MultiprocessingError) -> SharedObject in
      let header = Arena.header
      let reused = header.firstFreeObject.value
      let number = reused != 0 ? reused : header.objectHighWater.value
      guard number < UInt32(Arena.layout.objectCount) else {
        throw .system(.noMemory, "make an object: all \(number - 1) are in use")
      }
      let object = SharedObject(number: number)
      object.inFlight.value = 0
      object.firstMessage.value = 0
      object.payload.value = 0
      object.place = ""
      for position in 0..<12 { object.word(position).value = 0 }
      if let payloadClass {
        let block = try Blocks.take(ofClass: payloadClass, owner: number)
        FaultPoint.hit(.blockTaken)
        object.payload.value = block.number
      }
      do throws(MultiprocessingError) {
        try initialize(object)
      } catch {
        if object.payload.value != 0 { Block(number: object.payload.value).free() }
        throw error
      }
      object.creator.value = Board.identity
      object.creatorForkCount.value = Board.ownSlot.forkCount.value
      if reused != 0 {
        header.firstFreeObject.value = object.nextFree.value
      } else {
        header.objectHighWater.value = number + 1
      }
      References.insert(number, slot: Board.ownSlot.index)
      FaultPoint.hit(.objectBitSet)
      // The commit: until here a rebuild sees a free entry.
      object.kindWord.store(kind.rawValue)
      header.liveObjectCount.value += 1
      FaultPoint.hit(.objectMade)
      return object
    }
  }

  /// Says that this process holds the object.
  ///
  /// Once is enough; a second time changes nothing.
  ///
  /// - Throws: `.runtime` in a process that was forked by something else.
  public func retain() throws(MultiprocessingError) {
    try Arena.withLock { () throws(MultiprocessingError) in
      References.insert(number, slot: Board.ownSlot.index)
      Arena.header.gainCount.add(1)
    }
  }

  /// Says that this process does not hold the object any more; the last holder's release frees it.
  ///
  /// Does nothing in a process that was forked by something else: it never held the object.
  public func release() {
    if kind == .pipe { OpenEnds.close(self) }
    guard Board.identity != 0 else { return }
    // The only failure is the one just ruled out.
    let mustPunch = try? Arena.withLock { () throws(MultiprocessingError) in
      if isLarge, isLastHolder { return true }
      releaseLocked()
      return false
    }
    guard mustPunch == true else { return }
    // Giving much memory back takes long. While this process still holds the object, which nobody
    // else can get at any more, that needs no lock; a death here leaves all to the sweep.
    punchLarge()
    FaultPoint.hit(.objectPunched)
    try? Arena.withLock { () throws(MultiprocessingError) in releaseLocked() }
  }

  private func releaseLocked() {
    let slot = Board.ownSlot
    References.remove(number, slot: slot.index)
    FaultPoint.hit(.objectBitCleared)
    if inFlight.value != 0 {
      // It may only be kept by itself: a queue that contains itself.
      if carriesMessages, !References.isHeld(number) { SharedObject.free([], [self]) }
    } else if isPrivate || !References.isHeld(number) {
      free()
    }
  }

  /// Never inherited or received by anybody: no other row can have the bit.
  private var isPrivate: Bool {
    creator.value == Board.identity && creatorForkCount.value == Board.ownSlot.forkCount.value
  }

  /// Whether nothing would keep the object if this process dropped it.
  private var isLastHolder: Bool {
    let own = Board.ownSlot.index
    return inFlight.value == 0
      && (isPrivate
        || References.slotsInUse.allSatisfy {
          $0 == own || !References.contains(number, slot: $0)
        })
  }

  /// Whether this process holds the object.
  public var isRetained: Bool {
    Board.identity != 0 && References.contains(number, slot: Board.ownSlot.index)
  }

  /// Whether the object's records name the block.
  ///
  /// Decides after a kill what a block is for.
  func links(_ block: Block) -> Bool {
    guard kindWord.value != 0, payload.value != 0 else { return false }
    if payload.value == block.number { return true }
    return kind == .queue && RingHeader(block: Block(number: payload.value)).links(block)
  }
}
