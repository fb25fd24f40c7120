// Messages as bytes, in and out of a queue. Python: `Queue.put` and `Queue.get` without pickling.

extension Queue {
  /// Adds a message, waiting while the queue is full.
  ///
  /// The bytes are copied into shared memory before this returns; a reader in another process may
  /// take them at once.
  ///
  /// - Parameters:
  ///   - message: The bytes to send. May be empty; at most 4 GiB less 16 bytes.
  ///   - deadline: When to stop waiting.
  /// - Throws: `.full` when the deadline passes first, `.shutDown` after `shutdown`, `.deadlock` when
  ///   nobody is left who could make room, `.interrupted` by the interruption handler,
  ///   `.system(.noMemory, ...)` when the machine has no room, `.valueError` when the message can never
  ///   fit.
  /// - Complexity: O(*n*) in the byte count.
  ///
  /// Python: `Queue.put`.
  public func put(
    _ message: UnsafeRawBufferPointer, until deadline: Deadline = .never
  ) throws(MultiprocessingError) {
    try unsafe ring.put(byteCount: message.count, until: deadline) { place in
      if let source = message.baseAddress, message.count > 0 {
        unsafe place.copyMemory(from: source, byteCount: message.count)
      }
    }
  }

  /// Adds a message of a known size that `fill` writes in place.
  ///
  /// What it carries stays alive until the message is taken, whoever dies meanwhile, or until the
  /// queue is freed.
  ///
  /// - Parameters:
  ///   - byteCount: The exact size.
  ///   - references: What the message carries, this queue perhaps; this process must hold all of it.
  ///     nil for nothing.
  ///   - deadline: When to stop waiting.
  ///   - fill: Writes all bytes, aligned to 8. Runs under the queue's lock: it only copies.
  /// - Throws: As `put(_:until:)`, and `.valueError` for an object that this process does not hold.
  ///
  /// Python: `Queue.put`.
  public func put(
    byteCount: Int, carrying references: [SharedObject]? = nil, until deadline: Deadline = .never,
    fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    try unsafe ring.put(
      byteCount: byteCount, carrying: references, until: deadline, fill: fill)
  }

  /// Adds several messages at once: as many as there is room for, waiting for the first only.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - deadline: When to stop waiting.
  ///   - byteCount: The exact size of the message at a position from 0.
  ///   - references: What that message carries; nil for nothing, which is quicker.
  ///   - fill: Writes all bytes of that message. Runs under the queue's lock: it only copies.
  /// - Returns: How many were put.
  /// - Throws: As `put(byteCount:carrying:until:fill:)`, when not even the first was put.
  ///
  /// Python: none.
  public func putMany(
    count: Int, until deadline: Deadline = .never, byteCount: (Int) -> Int,
    references: (Int) -> [SharedObject]? = { _ in nil },
    fill: (Int, UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) -> Int {
    try unsafe ring.putMany(
      count: count, until: deadline, byteCount: byteCount, references: references, fill: fill)
  }

  /// Takes the next message into a buffer, waiting while the queue is empty.
  ///
  /// What the message carries is let go; `get(into:references:until:)` keeps it.
  ///
  /// - Parameters:
  ///   - buffer: Gets the bytes; grows at need.
  ///   - deadline: When to stop waiting.
  /// - Throws: `.empty` when the deadline passes first, `.shutDown` when the queue was shut down and
  ///   is empty, `.deadlock` when nobody is left who could put, `.interrupted` by the interruption
  ///   handler, `.system(.noMemory, ...)` when the buffer cannot grow: the message then stays in the
  ///   queue.
  /// - Complexity: O(*n*) in the byte count.
  ///
  /// Python: `Queue.get`.
  public func get(
    into buffer: inout ScratchBuffer, until deadline: Deadline = .never
  ) throws(MultiprocessingError) {
    let mark = try unsafe ring.get(until: deadline) { (bytes) throws(MultiprocessingError) in
      try unsafe buffer.store(bytes)
    }
    MessageObject.discard(mark: mark)
  }

  /// Takes the next message and what it carries, waiting while the queue is empty.
  ///
  /// - Parameters:
  ///   - buffer: Gets the bytes; grows at need.
  ///   - references: Gets what the message carries, in the order in which it was put; left alone
  ///     when that is nothing. This process then holds all of it, once, however often it is there
  ///     and whether or not it was held before.
  ///   - deadline: When to stop waiting.
  ///   - isLoop: Whether `.deadlock` merely ends a loop over the queue. Such loops end before any
  ///     other wait fails, those upstream before those downstream.
  /// - Throws: As `get(into:until:)`.
  ///
  /// Python: `Queue.get`.
  @inline(__always)
  public func get(
    into buffer: inout ScratchBuffer, references: inout [SharedObject]?,
    until deadline: Deadline = .never, isLoop: Bool = false
  ) throws(MultiprocessingError) {
    try unsafe get(references: &references, until: deadline, isLoop: isLoop) {
      (bytes) throws(MultiprocessingError) in
      try unsafe buffer.store(bytes)
    }
  }

  /// Takes the next message through `take`, and what it carries.
  ///
  /// - Parameters:
  ///   - references: As in `get(into:references:until:isLoop:)`.
  ///   - deadline: When to stop waiting.
  ///   - isLoop: As in `get(into:references:until:isLoop:)`.
  ///   - take: Copies the bytes out, which are aligned to 8. Runs under the queue's lock. When it
  ///     throws, the message stays in the queue.
  /// - Throws: As `get(into:until:)`, and what `take` throws.
  ///
  /// Python: `Queue.get`.
  @inline(__always)
  public func get(
    references: inout [SharedObject]?, until deadline: Deadline = .never, isLoop: Bool = false,
    take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) {
    let mark = try unsafe ring.get(
      until: deadline, for: isLoop ? .queueIterate : .queueGet, take: take)
    if mark != 0 { references = MessageObject.accept(mark: mark) }
  }

  /// Takes the next message through `take`.
  ///
  /// - Parameters:
  ///   - deadline: When to stop waiting.
  ///   - take: Copies the bytes out, which are aligned to 8. Runs under the queue's lock. When it
  ///     throws, the message stays in the queue.
  /// - Throws: As `get(into:until:)`, and what `take` throws.
  ///
  /// Python: `Queue.get`.
  public func get(
    until deadline: Deadline = .never,
    take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) {
    MessageObject.discard(mark: try unsafe ring.get(until: deadline, take: take))
  }

  /// Takes up to `max` messages at once, waiting for the first only.
  ///
  /// - Parameters:
  ///   - max: The most to take.
  ///   - deadline: When to stop waiting for the first.
  ///   - take: Copies one message out, as in `get(until:take:)`.
  /// - Returns: How many were taken.
  /// - Throws: As `get(until:take:)`, when not even the first was taken.
  ///
  /// Python: none.
  public func getMany(
    max: Int, until deadline: Deadline = .never,
    take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) -> Int {
    try unsafe ring.getMany(
      max: max, until: deadline, carried: { MessageObject.discard(mark: $1) }, take: take)
  }

  /// Takes up to `max` messages at once and what they carry, waiting for the first only.
  ///
  /// - Parameters:
  ///   - max: The most to take.
  ///   - deadline: When to stop waiting for the first.
  ///   - carried: Gets the position, from 0, of a message that carries references, and what it
  ///     carries, as in `get(into:references:until:)`. Runs under the queue's lock.
  ///   - take: Copies one message out, as in `get(until:take:)`.
  /// - Returns: How many were taken.
  /// - Throws: As `get(until:take:)`, when not even the first was taken.
  ///
  /// Python: none.
  public func getMany(
    max: Int, until deadline: Deadline = .never, carried: (Int, [SharedObject]) -> Void,
    take: (UnsafeRawBufferPointer) throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) -> Int {
    try unsafe ring.getMany(
      max: max, until: deadline, carried: { carried($0, MessageObject.accept(mark: $1)) },
      take: take)
  }
}

// MARK: - Small messages of the runtime's own

extension Queue {
  /// Adds a message.
  func put(
    bytes: [UInt8], carrying references: [SharedObject]? = nil
  ) throws(MultiprocessingError) {
    try unsafe put(byteCount: bytes.count, carrying: references) { place in
      unsafe bytes.withUnsafeBytes { source in
        if let start = source.baseAddress {
          unsafe place.copyMemory(from: start, byteCount: source.count)
        }
      }
    }
  }

  /// Takes a message and what it carries, without waiting; nil when there is none.
  func takeBytes() -> (bytes: [UInt8], references: [SharedObject])? {
    var buffer = ScratchBuffer()
    var references: [SharedObject]?
    do throws(MultiprocessingError) {
      try get(into: &buffer, references: &references, until: .now)
    } catch {
      return nil
    }
    return unsafe ([UInt8](buffer.bytes), references ?? [])
  }
}
