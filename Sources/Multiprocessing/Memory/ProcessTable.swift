// Who holds a part of an object or waits for it. Python: nobody knows, so nobody can put it right.

/// A set of processes with a number for each: three in the object's entry, further ones in a block
/// that is made when it is needed.
///
/// All of it is called under the object's lock, except reading. Whoever is killed in the middle leaves
/// either the old set or the new one: a process is in the set from the store of its identity to the
/// store of a zero there.
@safe struct ProcessTable {
  /// A process of the set.
  struct Entry {
    /// The identity; 0 where the place is free.
    let process: SharedWord
    /// What the object knows of the process.
    let note: SharedWord

    /// Takes the process out of the set.
    func remove() { process.storeLast(0) }
  }

  private static let inlineCount = 3
  /// Where the entries in an object's words begin.
  private static let firstWord = 6
  /// Room for every process that there can be, of which only used pages exist.
  static let blockClass = 17
  private static let pageByteCount = 4096

  private let object: SharedObject

  @inline(__always)
  init(_ object: SharedObject) { self.object = object }

  /// How many places are in use or were.
  var count: Int {
    @inline(__always) get {
      Self.inlineCount + (object.payload.value == 0 ? 0 : Int(overflowCount.value))
    }
  }

  subscript(place: Int) -> Entry {
    @inline(__always) get {
      if place < Self.inlineCount {
        let word = Self.firstWord &+ place &* 2
        return Entry(process: object.word(word), note: object.word(word &+ 1))
      }
      let address = unsafe block.address + 8 + (place &- Self.inlineCount) &* 8
      return unsafe Entry(process: SharedWord(at: address), note: SharedWord(at: address + 4))
    }
  }

  private var block: Block { Block(number: object.payload.value) }
  private var overflowCount: SharedWord { unsafe SharedWord(at: block.address) }

  /// Whether the number of places is one that the block can have.
  var isSound: Bool {
    object.payload.value == 0 || 8 + Int(overflowCount.value) * 8 <= block.byteCount
  }

  /// The entry of a process.
  @inline(__always)
  func entry(of identity: UInt32) -> Entry? {
    for place in 0..<count {
      let entry = self[place]
      if entry.process.value == identity { return entry }
    }
    return nil
  }

  /// Calls `body` for every entry in use.
  @inline(__always)
  func forEach(_ body: (Entry) -> Void) {
    for place in 0..<count {
      let entry = self[place]
      if entry.process.value != 0 { body(entry) }
    }
  }

  /// Puts a process into the set.
  ///
  /// - Throws: `.system` when there is no memory for one more; the set is then as before.
  @inline(__always)
  func insert(_ identity: UInt32, note: UInt32) throws(MultiprocessingError) -> Entry {
    let entry = try freeEntry()
    entry.note.value = note
    entry.process.storeLast(identity)
    FaultPoint.hit(.processNoted)
    return entry
  }

  @inline(__always)
  private func freeEntry() throws(MultiprocessingError) -> Entry {
    for place in 0..<count {
      let entry = self[place]
      if entry.process.value == 0 { return entry }
    }
    return try addEntry()
  }

  @inline(never)
  private func addEntry() throws(MultiprocessingError) -> Entry {
    if object.payload.value == 0 { try addBlock() }
    let used = Int(overflowCount.value)
    let place = 8 + used * 8
    precondition(place < block.byteCount, "more processes than slots")
    if place % Self.pageByteCount == 0 {
      try block.reserve(from: place, to: place + Self.pageByteCount)
    }
    overflowCount.value = UInt32(used + 1)
    return self[Self.inlineCount + used]
  }

  private func addBlock() throws(MultiprocessingError) {
    try Arena.withLock { () throws(MultiprocessingError) in
      let block = try Blocks.take(ofClass: Self.blockClass, owner: object.number)
      FaultPoint.hit(.blockTaken)
      do throws(MultiprocessingError) {
        try block.reserve(from: 0, to: Self.pageByteCount)
      } catch {
        block.free()
        throw error
      }
      object.payload.store(block.number)
      FaultPoint.hit(.blockLinked)
    }
  }
}

extension SharedObject {
  /// The word that names who is changing the object, of kinds that need one.
  @inline(__always)
  var lock: OwnerWord { OwnerWord(word(0)) }
}
