// Messages that carry references. Python: a queue in a message is refused.

internal import SystemPackage

/// An entry of the message table: what a message under way keeps from being freed.
///
/// Messages without references have none. The message itself carries the entry's number and
/// generation; what it refers to stands here, so nobody can make references out of bytes.
///
/// An entry is in use while it has an owner: the process that sent it or, once that has died, the
/// queue. It belongs to a holder: the queue that the message is in, or the end of a pipe that it goes
/// to. All changes are made under the arena's word. The owners are the truth; the counts and lists
/// are derived.
@safe struct MessageObject: Equatable {
  /// The position in the table; 0 stands for none.
  let number: UInt32

  private var base: UnsafeMutableRawPointer {
    unsafe Arena.base + Arena.layout.messages + Int(number) &* ArenaLayout.messageByteCount
  }

  static let none = MessageObject(number: 0)
  /// The owner of a message whose sender has died.
  static let ownedByQueue: UInt32 = 1
  /// What the owner of a message's block is: this bit and the message's number.
  static let blockOwnerBit: UInt32 = 0x8000_0000
  /// How many references fit into the entry; more take a block.
  static let inlineCount = 7

  var owner: SharedWord { unsafe SharedWord(at: base) }
  var generation: SharedWord { unsafe SharedWord(at: base + 4) }
  private var count: SharedWord { unsafe SharedWord(at: base + 8) }
  /// The number of the queue or the receiving end of a pipe.
  private var holderNumber: SharedWord { unsafe SharedWord(at: base + 12) }
  /// In a queue the message's ordinal, in a pipe a number that rises.
  var ordinal: SharedWord { unsafe SharedWord(at: base + 16) }
  /// Where in the queue its frame is.
  var position: SharedWord { unsafe SharedWord(at: base + 20) }
  /// The next message of the holder, or the next free entry.
  ///
  /// Derived.
  private var nextWord: SharedWord { unsafe SharedWord(at: base + 24) }
  private var previousWord: SharedWord { unsafe SharedWord(at: base + 28) }
  private var block: SharedWord { unsafe SharedWord(at: base + 32) }

  var next: MessageObject { MessageObject(number: nextWord.value) }
  var isUsed: Bool { owner.value != 0 }
  var holder: SharedObject { SharedObject(number: holderNumber.value) }

  /// The number and the generation: names this message, and no later one in the same entry.
  var mark: UInt64 { UInt64(generation.value) << 32 | UInt64(number) }

  /// The message of a mark; nil when it is gone, or the mark is no mark at all.
  static func find(_ mark: UInt64) -> MessageObject? {
    let message = MessageObject(number: UInt32(truncatingIfNeeded: mark))
    guard message.number != 0, message.number < Arena.header.messageHighWater.value,
      message.isUsed, message.mark == mark
    else { return nil }
    return message
  }

  private func reference(_ position: Int) -> SharedWord {
    guard block.value != 0 else { return unsafe SharedWord(at: base + 36 + position * 4) }
    return unsafe SharedWord(at: Block(number: block.value).address + position * 4)
  }

  /// What the message refers to; an object may be there more than once.
  var references: [SharedObject] {
    (0..<Int(count.value)).map { SharedObject(number: reference($0).value) }
  }

  /// Whether the entry knows the block.
  func links(_ block: Block) -> Bool { isUsed && self.block.value == block.number }
}

// MARK: - From the sender to the receiver

extension MessageObject {
  /// Makes the entry of a message that is about to be put into a queue or sent through a pipe.
  ///
  /// - Parameters:
  ///   - references: What it refers to; this process holds all of it.
  ///   - holder: The queue, or the end of the pipe that receives.
  ///   - ordinal: In a queue, the message's ordinal.
  ///   - position: In a queue, where its frame will be.
  /// - Returns: The entry's mark.
  /// - Throws: `.valueError` for an object that this process does not hold, `.system` when there is
  ///   no room.
  static func create(
    carrying references: [SharedObject], in holder: SharedObject, ordinal: UInt32,
    position: UInt32 = 0
  ) throws(MultiprocessingError) -> UInt64 {
    try Arena.withLock { () throws(MultiprocessingError) -> UInt64 in
      let slot = Board.ownSlot.index
      guard references.allSatisfy({ References.contains($0.number, slot: slot) }) else {
        throw .valueError("cannot send an object that this process does not hold")
      }
      let header = Arena.header
      let reused = header.firstFreeMessage.value
      let message = MessageObject(number: reused != 0 ? reused : header.messageHighWater.value)
      guard message.number < UInt32(Arena.layout.objectCount) else {
        throw .system(
          .noMemory, "send an object: \(message.number - 1) messages carry some already")
      }
      message.block.value = 0
      if references.count > inlineCount { try message.takeBlock(for: references.count) }
      do throws(MultiprocessingError) {
        try depositEnds(of: references)
      } catch {
        if message.block.value != 0 { Block(number: message.block.value).free() }
        throw error
      }
      if reused != 0 {
        header.firstFreeMessage.value = message.nextWord.value
      } else {
        header.messageHighWater.value = message.number + 1
      }
      message.generation.value &+= 1
      message.holderNumber.value = holder.number
      message.ordinal.value = ordinal
      message.position.value = position
      message.count.value = UInt32(references.count)
      for (position, object) in references.enumerated() {
        message.reference(position).value = object.number
        object.inFlight.value += 1
        // Others will have it: whoever drops it must look.
        object.creatorForkCount.value = .max
      }
      message.link()
      FaultPoint.hit(.messageWritten)
      // The commit: until here a rebuild sees a free entry.
      message.owner.store(Board.identity)
      header.liveMessageCount.value += 1
      FaultPoint.hit(.messageOwned)
      return message.mark
    }
  }

  /// Puts the descriptors of pipe ends that no message carries yet into the depot, all or none.
  private static func depositEnds(of references: [SharedObject]) throws(MultiprocessingError) {
    var deposited: [SharedObject] = []
    for object in references where object.kind == .pipe {
      guard object.inFlight.value == 0, !deposited.contains(object) else { continue }
      do throws(MultiprocessingError) {
        guard let descriptor = OpenEnds.descriptor(of: object) else {
          throw .valueError("cannot send a connection that this process does not have open")
        }
        try Depot.put(object, descriptor)
      } catch {
        // As `inFlight` is still 0, these are what goes.
        for _ in deposited { Depot.noteGarbage() }
        throw error
      }
      deposited.append(object)
    }
  }

  private func takeBlock(for count: Int) throws(MultiprocessingError) {
    var blockClass = ArenaLayout.blockClasses.lowerBound
    while 1 << blockClass < count * 4 { blockClass += 1 }
    let block = try Blocks.take(ofClass: blockClass, owner: number | MessageObject.blockOwnerBit)
    do throws(MultiprocessingError) {
      try block.reserve(from: 0, to: (count * 4 + 4095) & ~4095)
    } catch {
      block.free()
      throw error
    }
    self.block.value = block.number
  }

  /// Opens the descriptors of the pipe ends that a message carries, which comes before taking it out:
  /// it may fail.
  ///
  /// The message cannot go meanwhile: the caller holds the word for getting or receiving.
  ///
  /// - Throws: `.system` when this process may have no more descriptors; then none was opened.
  @inline(__always)
  static func openEnds(
    mark: UInt64, in holder: SharedObject
  ) throws(MultiprocessingError) {
    guard mark != 0, let message = find(mark), message.holder == holder,
      message.references.contains(where: { $0.kind == .pipe })
    else { return }
    try message.openEnds()
  }

  @inline(never)
  private func openEnds() throws(MultiprocessingError) {
    try Arena.withLock { () throws(MultiprocessingError) in
      var opened: [SharedObject] = []
      for end in references where end.kind == .pipe && OpenEnds.descriptor(of: end) == nil {
        do throws(MultiprocessingError) {
          OpenEnds.insert(try Depot.copy(end), for: end)
          opened.append(end)
        } catch {
          for end in opened { OpenEnds.close(end) }
          throw error
        }
      }
    }
  }

  /// Makes this process the holder of what the message of a mark refers to; the message is then done.
  ///
  /// - Returns: The references; empty when there is no such message.
  static func accept(mark: UInt64) -> [SharedObject] {
    underLock { find(mark)?.accept() } ?? []
  }

  /// The same with the arena's word held.
  func accept() -> [SharedObject] {
    let references = references
    let slot = Board.ownSlot
    for object in references { References.insert(object.number, slot: slot.index) }
    // Between the bits and the counts of messages: a search for deadlocks that saw neither the bit
    // nor the message sees that the count has changed.
    Arena.header.gainCount.add(1)
    FaultPoint.hit(.messageAccepted)
    finish(slot)
    // The bits keep all of it.
    for object in references { object.leaveMessage() }
    return references
  }

  /// Lets go of a message that nobody will receive, and of what only it kept; nothing for 0, or when
  /// the message is gone.
  @inline(__always)
  static func discard(mark: UInt64) {
    if mark != 0 { discardMessage(mark) }
  }

  @inline(never)
  private static func discardMessage(_ mark: UInt64) {
    underLock {
      guard let message = find(mark) else { return }
      let slot = Board.ownSlot.index
      // Opened to be received.
      for object in message.references
      where object.kind == .pipe && !References.contains(object.number, slot: slot) {
        OpenEnds.close(object)
      }
      message.discard()
    }
  }

  /// The same with the arena's word held.
  private func discard() {
    var unheld: [SharedObject] = []
    var suspects: [SharedObject] = []
    drop(&unheld, &suspects)
    SharedObject.free(unheld, suspects)
  }

  /// Frees the entry; adds objects to `unheld` that nothing keeps any more, and to `suspects` those
  /// that perhaps only keep each other.
  ///
  /// The arena's word is held.
  func drop(_ unheld: inout [SharedObject], _ suspects: inout [SharedObject]) {
    let references = references
    finish(Board.ownSlot)
    for object in references {
      object.leaveMessage()
      object.collectIfUnheld(&unheld, &suspects)
    }
  }

  /// Frees the entry; the arena's word is held.
  private func finish(_ slot: Slot) {
    owner.store(0)
    FaultPoint.hit(.messageDisowned)
    if slot.taking.value == mark { slot.taking.store(0) }
    FaultPoint.hit(.messageTaken)
    unlink()
    if block.value != 0 { Block(number: block.value).free() }
    block.value = 0
    nextWord.value = Arena.header.firstFreeMessage.value
    Arena.header.firstFreeMessage.value = number
    Arena.header.liveMessageCount.value &-= 1
  }

  private static func underLock<Result>(_ body: () -> Result) -> Result {
    do {
      return try Arena.withLock { () throws(MultiprocessingError) in body() }
    } catch {
      // Who has a message has an identity, and that is all the arena's word asks for.
      preconditionFailure("\(error)")
    }
  }

  private func link() {
    let first = holder.firstMessage
    nextWord.value = first.value
    previousWord.value = 0
    if first.value != 0 { next.previousWord.value = number }
    first.value = number
  }

  private func unlink() {
    let previous = previousWord.value
    if previous == 0 {
      holder.firstMessage.value = nextWord.value
    } else {
      MessageObject(number: previous).nextWord.value = nextWord.value
    }
    if nextWord.value != 0 { next.previousWord.value = previous }
  }
}

extension SharedObject {
  /// Says that one message less carries the object.
  fileprivate func leaveMessage() {
    inFlight.value -= 1
    if inFlight.value == 0, kind == .pipe { Depot.noteGarbage() }
  }
}

// MARK: - After a death

extension MessageObject {
  /// Settles what a dead process had under way: messages that it sent and messages that it was
  /// taking out.
  ///
  /// The arena's word is held; may be done twice. The locks of the queues are not needed: a living
  /// getter says what it takes before it moves the head, and takes that back only under the arena's
  /// word. So a message that the look at the queue misses is seen in its getter's slot.
  static func sweep(_ dead: Slot) {
    let taken = dead.taking.load()
    if Arena.header.liveMessageCount.value != 0 {
      if let message = find(taken) { message.settle(without: dead) }
      let identity = dead.identity
      for number in 1..<Arena.header.messageHighWater.value {
        let message = MessageObject(number: number)
        if message.owner.value == identity { message.settle(without: dead) }
      }
    }
    FaultPoint.hit(.sweepMessagesSettled)
    dead.taking.store(0)
  }

  private func settle(without dead: Slot) {
    if isUnderWay(without: dead) {
      owner.store(MessageObject.ownedByQueue)
    } else {
      discard()
    }
  }

  private func isUnderWay(without dead: Slot) -> Bool {
    // What is in a pipe the kernel knows; it goes with the pipe, or when a later message comes.
    guard holder.kind == .queue else { return true }
    // In this order: see `sweep`.
    if Ring(holder).contains(self) { return true }
    let mark = mark
    return References.slotsInUse.contains { index in
      let slot = Slot(index)
      return index != dead.index && slot.taking.load() == mark && Board.isAlive(slot.identity)
    }
  }

  /// Builds counts and lists anew from the owners.
  ///
  /// Called by a rebuild, when the lists and counts of all objects are empty.
  static func rebuild() {
    let header = Arena.header
    header.firstFreeMessage.value = 0
    var live: UInt64 = 0
    for number in stride(from: header.messageHighWater.value - 1, to: 0, by: -1) {
      let message = MessageObject(number: number)
      if message.isUsed {
        live += 1
        message.link()
        for object in message.references { object.inFlight.value += 1 }
      } else {
        message.block.value = 0
        message.nextWord.value = header.firstFreeMessage.value
        header.firstFreeMessage.value = number
      }
    }
    header.liveMessageCount.value = live
  }
}
