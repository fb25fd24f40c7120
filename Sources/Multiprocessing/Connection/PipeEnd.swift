// What the arena records of one end of a pipe. No counterpart in Python.

/// The words of a pipe end's entry.
///
/// What is in a socket's buffer only its readers can see. So whoever sends and receives counts, that
/// others can tell whether a reader or writer has something to wake up for.
struct PipeEnd {
  private let end: SharedObject

  init(_ end: SharedObject) { self.end = end }

  /// Held by who sends, for a whole message.
  var sendWord: OwnerWord { OwnerWord(end.word(0)) }
  /// Held by who receives, for a whole message.
  var receiveWord: OwnerWord { OwnerWord(end.word(1)) }
  /// How many packets were sent from here; changed while the send word is held.
  var sentCount: SharedWord { end.word(4) }
  /// How many packets were received here.
  var receivedCount: SharedWord { end.word(5) }

  /// Numbers the messages from here that carry references; changed while the send word is held.
  var serial: SharedWord { end.word(7) }

  /// Whether the descriptor of this or the other end was given to code that is not ours.
  var hasEscaped: Bool {
    get { end.word(6).load() != 0 }
    nonmutating set { end.word(6).store(newValue ? 1 : 0) }
  }

  func connect(to peer: SharedObject) {
    end.word(3).store(peer.generation)
    end.word(2).store(peer.number)
  }

  /// What `connect` was given, and its generation at that time.
  var connected: (SharedObject, generation: UInt32) {
    (SharedObject(number: end.word(2).load()), end.word(3).load())
  }

  /// The other end; nil when nobody holds it any more and its entry serves another object.
  private var peer: SharedObject? {
    let number = end.word(2).load()
    guard number != 0 else { return nil }
    let peer = SharedObject(number: number)
    return peer.kind == .pipe && peer.generation == end.word(3).load() ? peer : nil
  }

  /// Whether who sleeps on the word waits for the receive word, which another reader has, and not for
  /// a packet.
  func isTurn(_ watch: Futex.Watch?) -> Bool {
    watch.map { Arena.offset(of: $0.word) == Arena.offset(of: receiveWord.word) } ?? false
  }

  /// Whether a process has the other end open.
  func isPeerHeld(by process: UInt32) -> Bool { peer?.isHeld(by: process) ?? false }

  /// Whether a message carries the other end: whoever receives it may do anything with it.
  var isPeerUnderWay: Bool { peer.map { $0.inFlight.load() != 0 } ?? false }

  /// Whether no living process has the other end open.
  var isPeerGone: Bool {
    guard let peer else { return true }
    return !(1..<Int(Arena.header.slotLimit.load())).contains { index in
      let slot = Slot(index)
      let state = slot.state.load()
      if state == SlotState.free || SlotState.isDead(state) { return false }
      if SlotState.isRunning(state), !Board.isAlive(slot.identity) { return false }
      return References.contains(peer.number, slot: index)
    }
  }

  /// The same, or somebody is sending from there, or died while sending: a packet may have come.
  var isPeerBusyOrGone: Bool {
    guard let peer else { return true }
    return PipeEnd(peer).sendWord.owner != 0 || isPeerGone
  }

  /// Whether who was sending from here has died: whoever comes next takes over from it.
  var isSenderDead: Bool { sendWord.owner != 0 && !sendWord.isHeld }

  /// What a reader of this end watches: packets that the other end has sent.
  var arrivals: Futex.Watch? { peer.map { Futex.Watch(PipeEnd($0).sentCount) } }

  /// What a writer of this end watches: packets that the other end has received.
  var departures: Futex.Watch? { peer.map { Futex.Watch(PipeEnd($0).receivedCount) } }
}
