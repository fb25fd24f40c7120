// Mapped memory as plain bytes. Python: `memoryview`.

internal import Glibc

// Safe because every access checks its bounds, and who unmaps the memory first takes the value out
// of the hands of everybody who holds it.
/// Bytes of a mapping that other processes may read and write at the same time.
///
/// A handle: copies are the same bytes. A process's handles are good until it unmaps the memory, so
/// keep none across a call that may run Lua code.
@safe public struct MappedBytes: BitwiseCopyable, @unchecked Sendable {
  private let start: UnsafeMutableRawPointer?
  /// How many bytes there are.
  public let count: Int

  /// No bytes: what is left after the memory was unmapped.
  public static let released = unsafe MappedBytes(start: nil, count: 0)

  init(start: UnsafeMutableRawPointer?, count: Int) {
    unsafe self.start = start
    self.count = count
  }

  /// Whether the memory was unmapped.
  public var isReleased: Bool { unsafe start == nil }

  /// Where the bytes are in this process; 0 when the memory was unmapped.
  public var address: UInt { unsafe UInt(bitPattern: start) }

  /// The byte at a position from 0, which must exist.
  public subscript(position: Int) -> UInt8 {
    @inline(__always) get {
      precondition(position >= 0 && position < count)
      return unsafe start.unsafelyUnwrapped.load(fromByteOffset: position, as: UInt8.self)
    }
    @inline(__always) nonmutating set {
      precondition(position >= 0 && position < count)
      unsafe start.unsafelyUnwrapped.storeBytes(
        of: newValue, toByteOffset: position, as: UInt8.self)
    }
  }

  /// Calls `body` with some of the bytes, which must exist.
  public func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe body(
      UnsafeRawBufferPointer(start: start?.advanced(by: range.lowerBound), count: range.count))
  }

  /// Copies bytes over those from a position on, which must exist.
  public func copy(from source: UnsafeRawBufferPointer, to position: Int) {
    precondition(position >= 0 && source.count <= count - position)
    guard let start = unsafe start, let bytes = source.baseAddress, source.count > 0 else { return }
    unsafe memmove(start + position, bytes, source.count)
  }

  /// The same with bytes in an array.
  func copy(from source: [UInt8], to position: Int) {
    unsafe source.withUnsafeBytes { bytes in unsafe copy(from: bytes, to: position) }
  }

  /// Makes some of the bytes the same; they must exist.
  public func fill(_ range: Range<Int>, with byte: UInt8) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    guard let start = unsafe start, !range.isEmpty else { return }
    unsafe memset(start + range.lowerBound, Int32(byte), range.count)
  }

  /// The 64 bits at a position, in the machine's order; nil when it has no 8 bytes.
  func word(at position: Int) -> UInt64? {
    guard position >= 0, position <= count - 8, let start = unsafe start else { return nil }
    return unsafe start.loadUnaligned(fromByteOffset: position, as: UInt64.self)
  }

  /// Stores 64 bits at a position, whose 8 bytes must exist.
  func setWord(_ word: UInt64, at position: Int) {
    unsafe withUnsafeBytes(of: word) { bytes in unsafe copy(from: bytes, to: position) }
  }

  /// A copy of some of the bytes; nil when they do not all exist.
  func bytes(_ range: Range<Int>) -> [UInt8]? {
    guard range.lowerBound >= 0, range.upperBound <= count, !isReleased else { return nil }
    return unsafe withBytes(range) { bytes in unsafe [UInt8](bytes) }
  }

  /// Gives the memory back to the system; every handle of it is dead then.
  func unmap() {
    guard let start = unsafe start else { return }
    unsafe munmap(start, count)
  }
}
