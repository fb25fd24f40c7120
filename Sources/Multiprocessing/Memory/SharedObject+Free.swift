// What happens to an object that nobody holds any more. Python: a finalizer of `SemLock`, `unlink`.

extension SharedObject {
  /// Whether messages with references are in the queue, or under way to this end of a pipe.
  var carriesMessages: Bool { firstMessage.value != 0 }

  /// Calls `body` with everything that the object's messages refer to, until it gives false.
  ///
  /// - Returns: Whether it never did.
  @discardableResult
  func forEachReference(_ body: (SharedObject) -> Bool) -> Bool {
    var message = MessageObject(number: firstMessage.value)
    while message != .none {
      for object in message.references where !body(object) { return false }
      message = message.next
    }
    return true
  }

  /// Gives back all that belongs to the object: its messages, its blocks and its entry.
  ///
  /// The arena's word is held, and nobody has a bit.
  ///
  /// Each step may be done twice: after a kill the rebuild finds the object without holders again.
  func free() {
    if carriesMessages { SharedObject.free([self], []) } else { freeEntry() }
  }

  /// Frees objects, then what only their messages kept, and so on; and those of the suspects that
  /// only keep each other.
  ///
  /// The arena's word is held. A loop and no recursion: queues in queues may be nested deep.
  static func free(_ objects: [SharedObject], _ suspects: [SharedObject]) {
    var unheld = objects
    var suspects = suspects
    while true {
      while let object = unheld.popLast() {
        while object.carriesMessages {
          MessageObject(number: object.firstMessage.value).drop(&unheld, &suspects)
        }
        object.freeEntry()
      }
      guard let suspect = suspects.popLast() else { break }
      guard let circle = suspect.unheldCircle() else {
        Arena.header.openSuspectCount.value &+= 1
        continue
      }
      for object in circle { object.dropMessages(&unheld, &suspects) }
    }
    // Rare enough not to count: what it costs is spread over as many suspects.
    let header = Arena.header
    let most = 256 + header.liveMessageCount.value / 4 + UInt64(header.objectHighWater.value) / 16
    if header.openSuspectCount.value > most { References.freeUnreachable() }
  }

  /// Drops the object's messages; objects that nothing keeps any more stay.
  ///
  /// For the rebuild, which finds them itself.
  func dropMessages() {
    var unheld: [SharedObject] = []
    var suspects: [SharedObject] = []
    dropMessages(&unheld, &suspects)
  }

  /// Drops some of the object's messages, and frees what only they kept.
  ///
  /// The arena's word is held.
  func dropMessages(where isLost: (MessageObject) -> Bool) {
    var unheld: [SharedObject] = []
    var suspects: [SharedObject] = []
    var message = MessageObject(number: firstMessage.value)
    while message != .none {
      let next = message.next
      if isLost(message) { message.drop(&unheld, &suspects) }
      message = next
    }
    SharedObject.free(unheld, suspects)
  }

  private func dropMessages(_ unheld: inout [SharedObject], _ suspects: inout [SharedObject]) {
    while carriesMessages {
      MessageObject(number: firstMessage.value).drop(&unheld, &suspects)
    }
  }

  /// Adds the object to `unheld` if nothing keeps it, or to `suspects` if perhaps only itself.
  func collectIfUnheld(_ unheld: inout [SharedObject], _ suspects: inout [SharedObject]) {
    if inFlight.value != 0, !carriesMessages { return }
    if References.isHeld(number) { return }
    if inFlight.value == 0 { unheld.append(self) } else { suspects.append(self) }
  }

  /// The objects reachable through this one's messages, itself among them, that nothing outside keeps.
  ///
  /// That is no process, and no message in another queue. Empty when this one is kept, nil when that
  /// takes long to find out.
  private func unheldCircle() -> [SharedObject]? {
    guard kindWord.value != 0, carriesMessages, !References.isHeld(number) else { return [] }
    var references: [SharedObject: UInt32] = [self: 0]
    var found = [self]
    var position = 0
    var steps = 200
    while position < found.count {
      let isDone = found[position].forEachReference { object in
        if references[object] == nil { found.append(object) }
        references[object, default: 0] += 1
        steps -= 1
        return steps > 0
      }
      guard isDone else { return nil }
      position += 1
    }
    // What is kept from outside keeps all that it reaches.
    var kept = found.filter {
      $0.inFlight.value != references[$0] || References.isHeld($0.number)
    }
    var isKept = Set(kept)
    while let object = kept.popLast() {
      object.forEachReference {
        if isKept.insert($0).inserted { kept.append($0) }
        return true
      }
    }
    return isKept.contains(self) ? [] : found.filter { !isKept.contains($0) }
  }

  /// Gives back the object's blocks and its entry, which carries no messages any more.
  func freeEntry() {
    guard kindWord.value != 0 else { return }
    if payload.value != 0 {
      if kind == .queue { RingHeader(block: Block(number: payload.value)).freeRegions() }
      Block(number: payload.value).free()
    }
    FaultPoint.hit(.objectBlocksFreed)
    if inFlight.value != 0, kind == .pipe { Depot.noteGarbage() }
    generationWord.value &+= 1
    kindWord.store(0)
    nextFree.value = Arena.header.firstFreeObject.value
    Arena.header.firstFreeObject.value = number
    Arena.header.liveObjectCount.value &-= 1
    FaultPoint.hit(.objectFreed)
  }

  /// From how many bytes on giving a block back takes a while.
  static let largeByteCount = 1 << 20

  /// Whether freeing the object gives back so much memory that it takes a while.
  var isLarge: Bool {
    guard payload.value != 0 else { return false }
    let block = Block(number: payload.value)
    return kind == .queue
      ? RingHeader(block: block).isLarge : block.byteCount >= Self.largeByteCount
  }

  /// Gives the memory of an array or of a queue's messages back, while the object itself stays.
  func punchLarge() {
    let block = Block(number: payload.value)
    if kind == .queue { RingHeader(block: block).punchRegions() } else { block.punch() }
  }
}
