// Memory of the encoder and decoder that grows as needed and is kept from one message to the next.

internal import Glibc

/// The byte count beyond which memory is given back after a message instead of kept.
private let keptByteCount = 1 << 20

/// Bytes that grow at the end.
///
/// Numbers are stored at any alignment, in the machine's order.
@safe struct Buffer: ~Copyable {
  private var start: UnsafeMutableRawPointer?
  private var cursor: UnsafeMutableRawPointer?
  private var capacity = 0
  /// How many bytes fit before the memory must grow.
  private var room = 0

  init() {
    unsafe start = nil
    unsafe cursor = nil
  }

  deinit { unsafe free(start) }

  /// How many bytes have been appended.
  @inline(__always)
  var count: Int { capacity - room }

  /// The bytes, which stay where they are until the next append.
  @inline(__always)
  var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: count) }

  /// Makes sure that `byteCount` more bytes can be appended.
  @inline(__always)
  mutating func reserve(_ byteCount: Int) throws(LuaError) {
    if room < byteCount { try grow(byteCount) }
  }

  /// Appends one byte; there must be room for it.
  @inline(__always)
  mutating func append(_ byte: UInt8) { append(byte, as: UInt8.self) }

  /// Appends a number; there must be room for it.
  @inline(__always)
  mutating func append<Number: BitwiseCopyable>(_ number: Number, as type: Number.Type) {
    assert(room >= MemoryLayout<Number>.size)
    unsafe cursor.unsafelyUnwrapped.storeBytes(of: number, as: Number.self)
    advance(MemoryLayout<Number>.size)
  }

  /// Appends a tag and a number; there must be room for both.
  @inline(__always)
  mutating func append<Number: BitwiseCopyable>(
    _ tag: UInt8, _ number: Number, as type: Number.Type
  ) {
    assert(room > MemoryLayout<Number>.size)
    let cursor = unsafe cursor.unsafelyUnwrapped
    unsafe cursor.storeBytes(of: tag, as: UInt8.self)
    unsafe cursor.storeBytes(of: number, toByteOffset: 1, as: Number.self)
    advance(1 &+ MemoryLayout<Number>.size)
  }

  /// Appends bytes; there must be room for them.
  @inline(__always)
  mutating func append(_ source: UnsafeRawPointer, _ byteCount: Int) {
    assert(room >= byteCount)
    unsafe cursor.unsafelyUnwrapped.copyMemory(from: source, byteCount: byteCount)
    advance(byteCount)
  }

  /// Appends bytes that `body` writes, all of them; there must be room for them.
  mutating func fill(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    assert(room >= byteCount)
    unsafe body(cursor.unsafelyUnwrapped)
    advance(byteCount)
  }

  /// Sets bits of a byte that has been appended.
  @inline(__always)
  mutating func set(_ bits: UInt8, at position: Int) {
    assert(position < count)
    unsafe start.unsafelyUnwrapped.storeBytes(
      of: start.unsafelyUnwrapped.load(fromByteOffset: position, as: UInt8.self) | bits,
      toByteOffset: position, as: UInt8.self)
  }

  /// Replaces a number that has been appended.
  @inline(__always)
  mutating func replace(_ number: UInt32, at position: Int) {
    assert(position + MemoryLayout<UInt32>.size <= count)
    unsafe start.unsafelyUnwrapped.storeBytes(of: number, toByteOffset: position, as: UInt32.self)
  }

  /// Forgets the bytes from a position on.
  mutating func cut(to newCount: Int) {
    assert(newCount <= count)
    room &+= count &- newCount
    unsafe cursor = start.map { unsafe $0 + newCount }
  }

  /// Forgets the bytes, and the memory too when it has become large.
  @inline(__always)
  mutating func clear() {
    if capacity > keptByteCount { release() }
    unsafe cursor = start
    room = capacity
  }

  @inline(__always)
  private mutating func advance(_ byteCount: Int) {
    unsafe cursor = cursor.unsafelyUnwrapped + byteCount
    room &-= byteCount
  }

  @inline(never)
  private mutating func grow(_ byteCount: Int) throws(LuaError) {
    let count = count
    let newCapacity = max(capacity &* 2, count &+ byteCount, 512)
    guard let memory = unsafe realloc(start, newCapacity) else { throw .memory }
    unsafe start = memory
    unsafe cursor = memory + count
    capacity = newCapacity
    room = newCapacity - count
  }

  private mutating func release() {
    unsafe free(start)
    unsafe start = nil
    capacity = 0
  }
}

/// A stack of plain values.
@safe struct Pile<Element: BitwiseCopyable>: ~Copyable {
  private var start: UnsafeMutablePointer<Element>?
  private(set) var count = 0
  private var capacity = 0

  init() { unsafe start = nil }

  deinit { unsafe free(start) }

  @inline(__always)
  subscript(position: Int) -> Element {
    assert(position < count)
    return unsafe start.unsafelyUnwrapped[position]
  }

  @inline(__always)
  mutating func append(_ element: Element) throws(LuaError) {
    if count == capacity { try grow() }
    unsafe (start.unsafelyUnwrapped + count).initialize(to: element)
    count &+= 1
  }

  @inline(__always)
  mutating func popLast() -> Element? {
    guard count > 0 else { return nil }
    count &-= 1
    return unsafe start.unsafelyUnwrapped[count]
  }

  /// Forgets the last elements.
  mutating func removeLast(_ removed: Int) {
    assert(removed <= count)
    count &-= removed
  }

  /// Forgets the elements, and the memory too when it has become large.
  @inline(__always)
  mutating func clear() {
    count = 0
    if capacity > keptByteCount / MemoryLayout<Element>.stride { release() }
  }

  @inline(never)
  private mutating func grow() throws(LuaError) {
    let newCapacity = max(capacity &* 2, 16)
    guard let memory = unsafe realloc(start, newCapacity &* MemoryLayout<Element>.stride)
    else { throw .memory }
    unsafe start = memory.assumingMemoryBound(to: Element.self)
    capacity = newCapacity
  }

  private mutating func release() {
    unsafe free(start)
    unsafe start = nil
    capacity = 0
  }
}
