// Lua values in and out of queues and pipes. Python: `Queue.put`, `Queue.get`, `Connection.send`.

internal import CLuaBridge
internal import Multiprocessing

/// Carries values as messages.
///
/// A value is encoded before any lock is taken, and decoded from a private copy after the lock was
/// given up: finalizers may run then. A long string alone is copied once, from shared memory into
/// Lua's, where the collector rests meanwhile. All Lua code has run when memory is shared.
enum Messages {
  /// Puts the value at `index` into a queue.
  @inline(__always)
  static func put(
    _ state: LuaState, at index: Int32, into queue: Queue, until deadline: Deadline
  ) throws(LuaError) {
    try Encoder.use(state) { (encoder) throws(LuaError) in
      try encoder.encode(state, index)
      try state.lifting { () throws(MultiprocessingError) in
        try unsafe queue.put(
          byteCount: encoder.byteCount, carrying: encoder.carried, until: deadline
        ) { place in
          unsafe encoder.copy(to: place)
        }
      }
    }
  }

  /// Takes a value out of a queue.
  ///
  /// Stack: [] -> [value].
  @inline(__always)
  static func get(
    _ state: LuaState, from queue: Queue, until deadline: Deadline, isLoop: Bool = false
  ) throws(LuaError) {
    try withBuffer { (buffer) throws(LuaError) in
      var references: [SharedObject]?
      var pushed = 0
      try state.openingFiles { () throws(MultiprocessingError) in
        try unsafe queue.get(references: &references, until: deadline, isLoop: isLoop) {
          (bytes) throws(MultiprocessingError) in
          if bytes.count > Tag.longString {
            unsafe pushed = Decoder.pushLongString(state, message: bytes)
            if pushed > 0 { return }
          }
          try unsafe buffer.store(bytes)
        }
      }
      if pushed > 0 { return state.collect(for: pushed) }
      try unsafe decode(state, buffer.bytes, references)
    }
  }

  /// Stack: [] -> [value].
  @inline(__always)
  private static func decode(
    _ state: LuaState, _ bytes: UnsafeRawBufferPointer, _ references: [SharedObject]?
  ) throws(LuaError) {
    guard let references else { return try unsafe Decoder.decode(state, bytes: bytes) }
    try ReceivedObjects.use(references, state) { () throws(LuaError) in
      try unsafe Decoder.decode(state, bytes: bytes, references: references)
    }
  }

  /// Puts every value of a list into a queue, as many at a time as there is room for.
  ///
  /// - Throws: A `SerializationError` before anything was put; `Full`, whose `value` says how many
  ///   were put, when the deadline passes.
  static func putMany(
    _ state: LuaState, list: Int32, into queue: Queue, until deadline: Deadline
  ) throws(LuaError) {
    let count = try state.checkList(list, "list", call: "q:put_many ")
    try withBuffer { (buffer) throws(LuaError) in
      var ends: [Int] = []
      ends.reserveCapacity(count)
      var references: [Int: [SharedObject]] = [:]
      for position in 0..<count {
        try state.push(listItem: position, of: list)
        try Encoder.use(state) { (encoder) throws(LuaError) in
          do throws(LuaError) {
            try encoder.encode(state, state.top, root: "list[?]")
          } catch {
            throw located(error, position + 1)
          }
          let start = buffer.count
          try state.lifting { () throws(MultiprocessingError) in
            try buffer.extend(by: encoder.byteCount)
          }
          if let place = unsafe buffer.address { unsafe encoder.copy(to: place + start) }
          ends.append(buffer.count)
          if let carried = encoder.carried { references[position] = carried }
        }
        state.pop()
      }
      var done = 0
      while done < count {
        do throws(MultiprocessingError) {
          done += try unsafe queue.putMany(
            count: count - done, until: deadline,
            byteCount: { ends[done + $0] - start(of: done + $0, ends) },
            references: { references.isEmpty ? nil : references[done + $0] },
            fill: { position, place in
              let from = start(of: done + position, ends)
              guard let source = unsafe buffer.address else { return }
              unsafe place.copyMemory(
                from: source + from, byteCount: ends[done + position] - from)
            })
        } catch {
          state.push(LuaError(error))
          state.push(done)
          state.rawSet(-2, "value")
          throw .onTop
        }
      }
    }
  }

  /// Puts the position of the value in the list into the error's path.
  @inline(never)
  private static func located(_ error: LuaError, _ position: Int) -> LuaError {
    guard case .object(let errorClass, let message) = error,
      let end = message.firstIndex(of: "?")
    else { return error }
    return .object(
      errorClass, message[..<end] + "\(position)" + message[message.index(after: end)...])
  }

  private static func start(of position: Int, _ ends: [Int]) -> Int {
    position == 0 ? 0 : ends[position - 1]
  }

  /// Takes up to `most` values out of a queue, waiting for the first only.
  ///
  /// Stack: [] -> [list].
  static func getMany(
    _ state: LuaState, most: Int, from queue: Queue, until deadline: Deadline
  ) throws(LuaError) {
    try withBuffer { (buffer) throws(LuaError) in
      var ends: [Int] = []
      var references: [Int: [SharedObject]] = [:]
      let count = try state.lifting { () throws(MultiprocessingError) in
        try unsafe queue.getMany(
          max: most, until: deadline, carried: { references[$0] = $1 }
        ) { (bytes) throws(MultiprocessingError) in
          let start = buffer.count
          try buffer.extend(by: bytes.count)
          if let source = bytes.baseAddress, let place = unsafe buffer.address {
            unsafe (place + start).copyMemory(from: source, byteCount: bytes.count)
          }
          ends.append(buffer.count)
        }
      }
      try ReceivedObjects.use(references.values.flatMap { $0 }, state) { () throws(LuaError) in
        state.newTable(list: Int32(clamping: count))
        for position in 0..<count {
          let range = start(of: position, ends)..<ends[position]
          try unsafe Decoder.decode(
            state, bytes: UnsafeRawBufferPointer(rebasing: buffer.bytes[range]),
            references: references[position])
          state.rawSet(-2, position + 1)
        }
        state.push(count)
        state.rawSet(-2, "n")
      }
    }
  }

  /// Sends the value at `index` through a pipe.
  static func send(
    _ state: LuaState, at index: Int32, through connection: Connection
  ) throws(LuaError) {
    try withBuffer { (buffer) throws(LuaError) in
      let references = try Encoder.use(state) { (encoder) throws(LuaError) in
        try encoder.encode(state, index)
        try state.lifting { () throws(MultiprocessingError) in
          try buffer.extend(by: encoder.byteCount)
        }
        if let place = unsafe buffer.address { unsafe encoder.copy(to: place) }
        return encoder.carried
      }
      try state.lifting { () throws(MultiprocessingError) in
        try connection.send(buffer, carrying: references)
      }
    }
  }

  /// Sends the bytes of the string at `index`, from `offset` on.
  static func send(
    _ state: LuaState, bytesAt index: Int32, _ range: Swift.Range<Int>,
    through connection: Connection
  ) throws(LuaError) {
    try withBuffer { (buffer) throws(LuaError) in
      try state.lifting { () throws(MultiprocessingError) in try buffer.extend(by: range.count) }
      unsafe state.withBytes(index) { bytes in
        if let source = bytes.baseAddress, let place = unsafe buffer.address, range.count > 0 {
          unsafe place.copyMemory(from: source + range.lowerBound, byteCount: range.count)
        }
      }
      try state.lifting { () throws(MultiprocessingError) in try connection.send(buffer) }
    }
  }

  /// Sends the bytes of memory, as they are together while its lock is held.
  static func send(
    _ state: LuaState, _ memory: Synchronized, through connection: Connection
  ) throws(LuaError) {
    try withBuffer { (buffer) throws(LuaError) in
      try state.lifting { () throws(MultiprocessingError) in
        try buffer.extend(by: memory.elements.byteCount)
      }
      if let address = unsafe buffer.address {
        try state.lifting { () throws(MultiprocessingError) in
          try memory.access { elements in
            let bytes = unsafe UnsafeRawBufferPointer(elements.bytes)
            if let source = bytes.baseAddress {
              unsafe address.copyMemory(from: source, byteCount: bytes.count)
            }
          }
        }
      }
      try state.lifting { () throws(MultiprocessingError) in try connection.send(buffer) }
    }
  }

  /// Receives a message into the beginning of memory.
  ///
  /// - Returns: How many bytes it had.
  /// - Throws: `BufferTooShort`, whose `value` is the message.
  static func receive(
    _ state: LuaState, into memory: Synchronized, from connection: inout Connection
  ) throws(LuaError) -> Int {
    try withBuffer { (buffer) throws(LuaError) in
      var references: [SharedObject]?
      try state.lifting { () throws(MultiprocessingError) in
        try connection.receive(into: &buffer, references: &references)
      }
      // Bytes are all that is wanted: what the message carries besides is let go.
      try ReceivedObjects.use(references ?? [], state) {}
      let count = buffer.count
      guard count <= memory.count else {
        unsafe state.push(bytes: buffer.bytes)
        throw tooLong(state, count, for: memory.count)
      }
      let bytes = unsafe buffer.bytes
      try state.lifting { () throws(MultiprocessingError) in
        try memory.access { unsafe $0[0..<count].bytes.copyMemory(from: bytes) }
      }
      return count
    }
  }

  /// The error for a message, on top of the stack, that a buffer has no room for: `BufferTooShort`.
  ///
  /// Stack: [bytes] -> [error].
  static func tooLong(_ state: LuaState, _ count: Int, for room: Int) -> LuaError {
    state.push(.bufferTooShort, "the message has \(count) bytes, the buffer \(room)")
    state.insert(-2)
    state.rawSet(-2, "value")
    return .onTop
  }

  /// Receives a message.
  ///
  /// Stack: [] -> [value, or the bytes as a string].
  static func receive(
    _ state: LuaState, asBytes: Bool, limit: Int? = nil, until deadline: Deadline = .never,
    from connection: inout Connection
  ) throws(LuaError) {
    try withBuffer { (buffer) throws(LuaError) in
      var references: [SharedObject]?
      do throws(MultiprocessingError) {
        try connection.receive(
          into: &buffer, references: &references, limit: limit, until: deadline)
      } catch {
        throw LuaError(error)
      }
      if asBytes {
        // What the message carries is not in its bytes.
        try ReceivedObjects.use(references ?? [], state) { () throws(LuaError) in
          try state.reserveMemory(buffer.count)
          unsafe state.push(bytes: buffer.bytes)
        }
      } else {
        try unsafe decode(state, buffer.bytes, references)
      }
    }
  }

  // MARK: The buffer

  // Safe because a process has one thread. nil while it is in use: a finalizer that runs while a
  // message is decoded may take another message.
  private nonisolated(unsafe) static var spare: UnsafeMutablePointer<ScratchBuffer>?

  /// How much memory is kept from one message to the next.
  private static let keptByteCount = 1 << 20

  /// Calls `body` with an empty buffer that keeps its memory from one use to the next.
  @inline(__always)
  private static func withBuffer<Result>(
    _ body: (inout ScratchBuffer) throws(LuaError) -> Result
  ) throws(LuaError) -> Result {
    let buffer = unsafe spare ?? makeBuffer()
    unsafe spare = nil
    defer {
      unsafe buffer.pointee.trim(to: keptByteCount)
      if unsafe spare == nil {
        unsafe spare = unsafe buffer
      } else {
        unsafe buffer.deinitialize(count: 1)
        unsafe buffer.deallocate()
      }
    }
    unsafe buffer.pointee.setCount(0)
    return try unsafe body(&buffer.pointee)
  }

  private static func makeBuffer() -> UnsafeMutablePointer<ScratchBuffer> {
    let buffer = UnsafeMutablePointer<ScratchBuffer>.allocate(capacity: 1)
    unsafe buffer.initialize(to: ScratchBuffer())
    return unsafe buffer
  }
}
