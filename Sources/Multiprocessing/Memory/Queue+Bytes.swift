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
  /// - Throws: `.full` when the deadline passes first, `.shutDown` after `shutdown`, `.interrupted`
  ///   by the interruption handler, `.system(.noMemory, ...)` when the machine has no room,
  ///   `.valueError` when the message can never fit.
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
  /// - Parameters:
  ///   - byteCount: The exact size.
  ///   - deadline: When to stop waiting.
  ///   - fill: Writes all bytes, aligned to 8. Runs under the queue's lock: it only copies.
  /// - Throws: As `put(_:until:)`.
  ///
  /// Python: `Queue.put`.
  public func put(
    byteCount: Int, until deadline: Deadline = .never, fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    try unsafe ring.put(byteCount: byteCount, until: deadline, fill: fill)
  }

  /// Adds several messages at once: as many as there is room for, waiting for the first only.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - deadline: When to stop waiting.
  ///   - byteCount: The exact size of the message at a position from 0.
  ///   - fill: Writes all bytes of that message. Runs under the queue's lock: it only copies.
  /// - Returns: How many were put.
  /// - Throws: As `put(_:until:)`, when not even the first was put.
  ///
  /// Python: none.
  public func putMany(
    count: Int, until deadline: Deadline = .never, byteCount: (Int) -> Int,
    fill: (Int, UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) -> Int {
    try unsafe ring.putMany(count: count, until: deadline, byteCount: byteCount, fill: fill)
  }

  /// Takes the next message into a buffer, waiting while the queue is empty.
  ///
  /// - Parameters:
  ///   - buffer: Gets the bytes; grows at need.
  ///   - deadline: When to stop waiting.
  ///   - isLoop: Whether `.deadlock` merely ends a loop over the queue. Such loops end before any
  ///     other wait fails, those upstream before those downstream.
  /// - Throws: `.empty` when the deadline passes first, `.shutDown` when the queue was shut down and
  ///   is empty, `.deadlock` when nobody is left who could put, `.interrupted` by the interruption
  ///   handler, `.system(.noMemory, ...)` when the buffer cannot grow: the message then stays in the
  ///   queue.
  /// - Complexity: O(*n*) in the byte count.
  ///
  /// Python: `Queue.get`.
  public func get(
    into buffer: inout ScratchBuffer, until deadline: Deadline = .never, isLoop: Bool = false
  ) throws(MultiprocessingError) {
    try unsafe ring.get(until: deadline, for: isLoop ? .queueIterate : .queueGet) {
      (bytes) throws(MultiprocessingError) in
      try unsafe buffer.store(bytes)
    }
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
    try unsafe ring.get(until: deadline, take: take)
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
    try unsafe ring.getMany(max: max, until: deadline, take: take)
  }
}
