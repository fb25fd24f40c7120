// Private memory that messages are copied into. No counterpart in Python.

internal import Glibc
internal import SystemPackage

/// A buffer that grows and is used again, so that taking a message allocates nothing.
@safe public struct ScratchBuffer: ~Copyable {
  /// Where the bytes are; valid until the buffer grows or ends.
  public private(set) var address: UnsafeMutableRawPointer?
  /// How many bytes the last message had.
  public private(set) var count = 0
  /// How many bytes fit without growing.
  public private(set) var capacity = 0

  /// Makes an empty buffer; memory is taken with the first message.
  public init() { unsafe address = nil }

  deinit { unsafe free(address) }

  /// The bytes of the last message.
  public var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: address, count: count)
  }

  /// Replaces the contents.
  ///
  /// - Throws: `.system(.noMemory, ...)`; the contents are then empty.
  @inline(__always)
  public mutating func store(_ message: UnsafeRawBufferPointer) throws(MultiprocessingError) {
    let byteCount = message.count
    if byteCount > capacity { try grow(to: byteCount) }
    if let source = message.baseAddress, let address = unsafe address, byteCount > 0 {
      _ = unsafe memcpy(address, source, byteCount)
    }
    count = byteCount
  }

  /// Makes room for `byteCount` bytes; the first `keeping` stay, the count becomes `keeping`.
  ///
  /// - Throws: `.system(.noMemory, ...)`.
  public mutating func prepare(
    _ byteCount: Int, keeping: Int = 0
  ) throws(MultiprocessingError) {
    if byteCount > capacity {
      guard let memory = unsafe realloc(address, max(4096, byteCount)) else {
        throw .system(.noMemory, "take a message of \(byteCount) bytes")
      }
      unsafe address = memory
      capacity = max(4096, byteCount)
    }
    count = keeping
  }

  /// Makes the contents longer by `byteCount` bytes, still to be written.
  ///
  /// - Throws: `.system(.noMemory, ...)`.
  /// - Complexity: O(*n*) in the bytes of all calls since the buffer was empty.
  public mutating func extend(by byteCount: Int) throws(MultiprocessingError) {
    let total = count + byteCount
    if total > capacity { try prepare(max(total, 2 * capacity), keeping: count) }
    count = total
  }

  /// Says how many bytes were written in place.
  public mutating func setCount(_ byteCount: Int) {
    precondition(byteCount <= capacity)
    count = byteCount
  }

  /// Gives memory back to the system when more than `limit` bytes are held.
  public mutating func trim(to limit: Int) {
    guard capacity > limit else { return }
    unsafe free(address)
    unsafe address = nil
    capacity = 0
    count = 0
  }

  @inline(never)
  private mutating func grow(to byteCount: Int) throws(MultiprocessingError) {
    trim(to: 0)
    let wanted = max(4096, byteCount)
    guard let memory = unsafe malloc(wanted) else {
      throw .system(.noMemory, "take a message of \(byteCount) bytes")
    }
    unsafe address = memory
    capacity = wanted
  }
}
