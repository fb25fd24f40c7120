// Messages through a pipe: whole, in order, whoever is killed. Python: `Connection.send`, `recv`.

extension Connection {
  /// Sends one message, waiting while the pipe is full.
  ///
  /// - Parameters:
  ///   - message: The bytes.
  ///   - references: What the message carries; this process must hold all of it.
  /// - Throws: `.brokenPipe` when nobody holds the other end, `.operation` when this end is closed or
  ///   cannot send, `.interrupted`, `.deadlock` when nobody is left who could receive: then the message
  ///   is not sent.
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
    let serial = PipeEnd(end).serial
    serial.value &+= 1
    return try MessageObject.create(carrying: references, in: peer, ordinal: serial.value)
  }

  private func sendPackets(
    _ message: borrowing ScratchBuffer, carrier: UInt64
  ) throws(MultiprocessingError) {
    var offset = 0
    repeat {
      let departures = PipeEnd(end).departures
      let count = min(message.count - offset, PacketSocket.payloadLimit)
      let header = PacketSocket.Header(
        messageByteCount: UInt64(message.count), offset: UInt64(offset),
        carrier: carrier)
      switch PacketSocket.send(header, message, count, to: descriptor) {
      case .bytes(let sent):
        offset += sent
        PipeEnd(end).sentCount.add(1)
        FaultPoint.hit(.pipePacketSent)
      case .wouldBlock:
        _ = try DescriptorWait.one(
          descriptor, .writable, until: .never, purpose(.connectionSend), watching: departures)
      case .ended: throw .brokenPipe
      case .failed(let errno): throw .system(errno, "send a message of \(message.count) bytes")
      }
    } while offset < message.count
  }

  /// Receives one message, waiting until there is one.
  ///
  /// What has come of a message when the deadline passes or a signal interrupts is kept: the next
  /// receive of this process goes on with it.
  ///
  /// - Parameters:
  ///   - message: Gets the bytes.
  ///   - references: Gets what the message carries, as in `Queue.get(into:references:until:)`.
  ///   - limit: The longest message to take; a longer one is an error, and this end is then closed,
  ///     or no longer readable if it can also send. nil takes any.
  ///   - deadline: When to stop waiting.
  /// - Throws: `.endOfFile` when nobody holds the other end and nothing is left, `.timedOut`,
  ///   `.deadlock` when nobody is left who could send, `.interrupted`, `.operation` when this end is
  ///   closed or cannot receive or the message is too long.
  ///
  /// Python: `Connection.recv_bytes`.
  public mutating func receive(
    into message: inout ScratchBuffer, references: inout [SharedObject]?, limit: Int? = nil,
    until deadline: Deadline = .never
  ) throws(MultiprocessingError) {
    try check(.receive)
    while true {
      let arrivals = PipeEnd(end).arrivals
      if try tryReceive(into: &message, &references, limit: limit, until: deadline) { return }
      guard try waitReadable(until: deadline, watching: arrivals) else { throw .timedOut }
    }
  }

  /// Whether a message, or the end of all messages, is there to be received; waits for it until the
  /// deadline.
  ///
  /// After a receive that had to stop in the middle of a message: whether more of it is there.
  ///
  /// Python: `Connection.poll`.
  public func poll(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    try check(.receive)
    while true {
      let arrivals = PipeEnd(end).arrivals
      if receiveWord.isOwned { return try waitReadable(until: deadline, watching: arrivals) }
      let (header, outcome) = PacketSocket.peek(from: descriptor)
      switch outcome {
      case .wouldBlock:
        guard try waitReadable(until: deadline, watching: arrivals) else { return false }
      case .bytes where header.offset != 0:
        guard try dropRemnant(until: deadline) else { return false }
      default: return true
      }
    }
  }

  private func waitReadable(
    until deadline: Deadline, watching arrivals: Futex.Watch?
  ) throws(MultiprocessingError) -> Bool {
    try DescriptorWait.one(
      descriptor, .readable, until: deadline, purpose(.connectionReceive), watching: arrivals)
  }

  /// Takes the word for receiving; false when another process has it until the deadline.
  ///
  /// It is held while a message of several packets comes in, so that nobody else takes its rest: for
  /// as long as its reader likes, if it had to stop.
  private func takeReceiveWord(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    try receiveWord.acquire(until: deadline, for: purpose(.connectionReceive)) != .timedOut
  }

  /// Takes a message if one begins or was begun before; false when there is nothing yet.
  private mutating func tryReceive(
    into message: inout ScratchBuffer, _ references: inout [SharedObject]?, limit: Int?,
    until deadline: Deadline
  ) throws(MultiprocessingError) -> Bool {
    var begun = receiveWord.isOwned ? BegunMessage.take(end: end.number) : nil
    if begun == nil, try !takeReceiveWord(until: deadline) { throw .timedOut }
    var keepsWord = false
    // A message that is too long closes the end, and others may have the word then.
    defer { if !keepsWord, receiveWord.isOwned { receiveWord.releaseOwned() } }
    if let begun { swap(&begun.buffer, &message) }
    while true {
      if begun == nil { begun = try takeFirstPacket(into: &message) }
      guard let first = begun else { return false }
      begun = nil
      guard try complete(first, limit, &message, until: deadline, keepsWord: &keepsWord) else {
        continue
      }
      if first.header.carrier != 0 {
        do {
          try MessageObject.openEnds(mark: first.header.carrier, in: end)
        } catch {
          swap(&first.buffer, &message)
          first.keep(end: end.number)
          keepsWord = true
          throw error
        }
        references = accept(first.header.carrier)
      }
      return true
    }
  }

  /// Takes the packet that begins a message; nil when there is none yet.
  private func takeFirstPacket(
    into message: inout ScratchBuffer
  ) throws(MultiprocessingError) -> BegunMessage? {
    while true {
      try message.prepare(PacketSocket.payloadLimit)
      let (header, outcome) = PacketSocket.receive(into: message, at: 0, from: descriptor)
      switch outcome {
      case .wouldBlock: return nil
      case .ended: throw .endOfFile
      case .failed(let errno): throw .system(errno, "receive a message")
      case .bytes(let count):
        PipeEnd(end).receivedCount.add(1)
        // Else the rest of a message whose first part was lost with its reader.
        guard header.offset == 0 else { continue }
        FaultPoint.hit(.pipePacketTaken)
        return BegunMessage(header, filled: count)
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

  /// Takes the rest of a message whose first part is in the buffer, or keeps the part if that has to
  /// stop; false when the message was given up by its writer.
  private mutating func complete(
    _ begun: BegunMessage, _ limit: Int?, _ message: inout ScratchBuffer, until deadline: Deadline,
    keepsWord: inout Bool
  ) throws(MultiprocessingError) -> Bool {
    if let limit, begun.byteCount > limit {
      MessageObject.discard(mark: begun.header.carrier)
      throw refuseLongMessage()
    }
    if begun.filled == begun.byteCount {
      message.setCount(begun.byteCount)
      return true
    }
    try message.prepare(begun.byteCount, keeping: begun.filled)
    do {
      return try receiveRest(of: begun, into: &message, until: deadline)
    } catch {
      swap(&begun.buffer, &message)
      begun.keep(end: end.number)
      keepsWord = true
      throw error
    }
  }

  /// Takes the packets that are still to come; false when the message was given up by its writer.
  private func receiveRest(
    of begun: BegunMessage, into message: inout ScratchBuffer, until deadline: Deadline
  ) throws(MultiprocessingError) -> Bool {
    while begun.filled < begun.byteCount {
      let (next, state) = PacketSocket.peek(from: descriptor)
      if state == .wouldBlock {
        guard try waitForRest(until: deadline) else { return false }
        continue
      }
      let expected = PacketSocket.Header(
        messageByteCount: begun.header.messageByteCount, offset: UInt64(begun.filled),
        carrier: begun.header.carrier)
      // Another message begins, or nothing comes any more: this one's writer is dead.
      guard case .bytes = state, next == expected else { return false }
      let (_, outcome) = PacketSocket.receive(into: message, at: begun.filled, from: descriptor)
      guard case .bytes(let count) = outcome else { return false }
      PipeEnd(end).receivedCount.add(1)
      begun.filled += count
    }
    message.setCount(begun.byteCount)
    return true
  }

  /// Waits for the next packet of a message under way; false when its writer is not at it any more.
  private func waitForRest(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    let isAtIt = peer.generation == peerGeneration && OwnerWord(peer.word(0)).isHeld
    let slice = isAtIt ? deadline.earlier(of: Deadline(secondsFromNow: 0.1)) : .now
    if try DescriptorWait.one(descriptor, .readable, until: slice, purpose(.connectionReceive)) {
      return true
    }
    if isAtIt, deadline.isPast { throw .timedOut }
    return isAtIt
  }

  /// Drops a packet that begins no message; false when the message's reader is still at it when the
  /// deadline passes.
  private func dropRemnant(until deadline: Deadline) throws(MultiprocessingError) -> Bool {
    var remnant = ScratchBuffer()
    try remnant.prepare(PacketSocket.payloadLimit)
    guard try takeReceiveWord(until: deadline) else { return false }
    defer { receiveWord.releaseOwned() }
    let (header, outcome) = PacketSocket.peek(from: descriptor)
    guard case .bytes = outcome, header.offset != 0 else { return true }
    _ = PacketSocket.receive(into: remnant, at: 0, from: descriptor)
    PipeEnd(end).receivedCount.add(1)
    return true
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
