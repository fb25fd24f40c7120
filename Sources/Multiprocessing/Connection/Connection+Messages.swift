// Messages through a pipe: whole, in order, whoever is killed. Python: `Connection.send`, `recv`.

extension Connection {
  /// Sends one message, waiting while the pipe is full.
  ///
  /// - Parameters:
  ///   - message: The bytes.
  ///   - references: What the message carries; this process must hold all of it.
  /// - Throws: `.brokenPipe` when nobody holds the other end, `.operation` when this end is closed or
  ///   cannot send, `.interrupted`: then the message is not sent.
  ///
  /// Python: `Connection.send_bytes`.
  public func send(
    _ message: borrowing ScratchBuffer, carrying references: [SharedObject]? = nil
  ) throws(MultiprocessingError) {
    try check(.send)
    // Held for the whole message, so that packets of two never mix.
    _ = try sendWord.acquire(until: .never, for: purpose(.connectionSend))
    defer { sendWord.releaseOwned() }
    var carrier: UInt64 = 0
    if let references { carrier = try carry(references) }
    do {
      try sendPackets(message, carrier: carrier)
    } catch {
      // The receiver drops a message whose end never came.
      MessageObject.discard(mark: carrier)
      throw error
    }
  }

  /// Makes the entry of a message that carries references; the word for sending is held.
  private func carry(_ references: [SharedObject]) throws(MultiprocessingError) -> UInt64 {
    // The other end may have been freed, and its entry be something else by now.
    guard peer.generation == peerGeneration, peer.kind == .pipe else { throw .brokenPipe }
    let serial = end.word(2)
    serial.value &+= 1
    return try MessageObject.create(carrying: references, in: peer, ordinal: serial.value)
  }

  private func sendPackets(
    _ message: borrowing ScratchBuffer, carrier: UInt64
  ) throws(MultiprocessingError) {
    var offset = 0
    repeat {
      let count = min(message.count - offset, PacketSocket.payloadLimit)
      let header = PacketSocket.Header(
        messageByteCount: UInt64(message.count), offset: UInt64(offset),
        carrier: carrier)
      switch PacketSocket.send(header, message, count, to: descriptor) {
      case .bytes(let sent):
        offset += sent
        FaultPoint.hit(.pipePacketSent)
      case .wouldBlock:
        _ = try DescriptorWait.one(
          descriptor, .writable, until: .never, purpose(.connectionSend))
      case .ended: throw .brokenPipe
      case .failed(let errno): throw .system(errno, "send a message of \(message.count) bytes")
      }
    } while offset < message.count
  }

  /// Receives one message, waiting until there is one.
  ///
  /// - Parameters:
  ///   - message: Gets the bytes.
  ///   - references: Gets what the message carries, as in `Queue.get(into:references:until:)`.
  ///   - limit: The longest message to take; a longer one is an error, and this end is then closed,
  ///     or no longer readable if it can also send. nil takes any.
  ///   - deadline: When to stop waiting.
  /// - Throws: `.endOfFile` when nobody holds the other end and nothing is left, `.timedOut`,
  ///   `.operation` when this end is closed or cannot receive or the message is too long.
  ///
  /// Python: `Connection.recv_bytes`.
  public mutating func receive(
    into message: inout ScratchBuffer, references: inout [SharedObject]?, limit: Int? = nil,
    until deadline: Deadline = .never
  ) throws(MultiprocessingError) {
    try check(.receive)
    while try !tryReceive(into: &message, &references, limit: limit) {
      guard try waitReadable(until: deadline) else { throw .timedOut }
    }
  }

  /// Whether a message, or the end of all messages, is there to be received; waits for it until the
  /// deadline.
  ///
  /// Python: `Connection.poll`.
  public func poll(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    try check(.receive)
    while true {
      let (header, outcome) = PacketSocket.peek(from: descriptor)
      switch outcome {
      case .wouldBlock: guard try waitReadable(until: deadline) else { return false }
      case .bytes where header.offset != 0: try dropRemnant()
      default: return true
      }
    }
  }

  private func waitReadable(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    try DescriptorWait.one(descriptor, .readable, until: deadline, purpose(.connectionReceive))
  }

  /// Takes a message if one begins; false when there is nothing yet.
  private mutating func tryReceive(
    into message: inout ScratchBuffer, _ references: inout [SharedObject]?, limit: Int?
  ) throws(MultiprocessingError) -> Bool {
    // Held while a message of several packets comes in, so that nobody else takes its rest.
    _ = try receiveWord.acquire(until: .never, for: purpose(.connectionReceive))
    defer { receiveWord.releaseOwned() }
    while true {
      try message.prepare(PacketSocket.payloadLimit)
      let (header, outcome) = PacketSocket.receive(into: message, at: 0, from: descriptor)
      switch outcome {
      case .wouldBlock: return false
      case .ended: throw .endOfFile
      case .failed(let errno): throw .system(errno, "receive a message")
      case .bytes(let count):
        // Else the rest of a message whose first part was lost with its reader.
        guard header.offset == 0 else { continue }
        FaultPoint.hit(.pipePacketTaken)
        if let limit, header.messageByteCount > UInt64(limit) {
          MessageObject.discard(mark: header.carrier)
          throw refuseLongMessage()
        }
        guard try receiveRest(of: header, count, into: &message) else { continue }
        if header.carrier != 0 { references = accept(header.carrier) }
        return true
      }
    }
  }

  /// Makes this process the holder of what a message carries.
  ///
  /// The word for receiving is held, so messages come here in the order in which they were sent.
  private func accept(_ mark: UInt64) -> [SharedObject] {
    var references: [SharedObject] = []
    // Cannot fail: who holds a word has an identity.
    try? Arena.withLock { () throws(MultiprocessingError) in
      // Whoever has the descriptor can write anything into the socket.
      guard let message = MessageObject.find(mark), message.holder == end else { return }
      references = message.accept()
      // What was sent before and has not come died with its sender or its receiver.
      let ordinal = message.ordinal.value
      end.dropMessages { Int32(bitPattern: $0.ordinal.value &- ordinal) < 0 }
    }
    return references
  }

  /// Takes the packets after the first; false when the message was given up by its writer.
  private func receiveRest(
    of first: PacketSocket.Header, _ firstCount: Int, into message: inout ScratchBuffer
  ) throws(MultiprocessingError) -> Bool {
    let total = Int(first.messageByteCount)
    var filled = firstCount
    try message.prepare(total, keeping: filled)
    while filled < total {
      let (next, state) = PacketSocket.peek(from: descriptor)
      if state == .wouldBlock {
        guard try waitForRest() else { return false }
        continue
      }
      let expected = PacketSocket.Header(
        messageByteCount: first.messageByteCount, offset: UInt64(filled), carrier: first.carrier)
      // Another message begins, or nothing comes any more: this one's writer is dead.
      guard case .bytes = state, next == expected else { return false }
      let (_, outcome) = PacketSocket.receive(into: message, at: filled, from: descriptor)
      guard case .bytes(let count) = outcome else { return false }
      filled += count
    }
    message.setCount(total)
    return true
  }

  /// Waits for the next packet of a message under way; false when its writer is not at it any more.
  private func waitForRest() throws(MultiprocessingError) -> Bool {
    let isAtIt = peer.generation == peerGeneration && OwnerWord(peer.word(0)).isHeld
    let slice = Deadline(secondsFromNow: isAtIt ? 0.1 : 0)
    return try DescriptorWait.one(descriptor, .readable, until: slice, purpose(.connectionReceive))
      || isAtIt
  }

  /// Drops a packet that begins no message.
  private func dropRemnant() throws(MultiprocessingError) {
    var remnant = ScratchBuffer()
    try remnant.prepare(PacketSocket.payloadLimit)
    _ = try receiveWord.acquire(until: .never, for: purpose(.connectionReceive))
    defer { receiveWord.releaseOwned() }
    let (header, outcome) = PacketSocket.peek(from: descriptor)
    guard case .bytes = outcome, header.offset != 0 else { return }
    _ = PacketSocket.receive(into: remnant, at: 0, from: descriptor)
  }

  /// What Python does about a message that is longer than its reader takes.
  private mutating func refuseLongMessage() -> MultiprocessingError {
    if isWritable {
      direction = .send
    } else {
      close()
    }
    return .operation("bad message length")
  }

  private func purpose(_ operation: WaitOperation) -> WaitPurpose {
    WaitPurpose(operation, object: end.number)
  }
}
