// Lua strings out of and into mapped memory. Python: slices of a `memoryview`.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Pushes a copy of some bytes, which must exist, as a string; `reserveMemory` comes before.
  ///
  /// Stack: [] -> [string].
  func push(_ bytes: MappedBytes, _ range: Swift.Range<Int>) {
    unsafe bytes.withBytes(range) { bytes in unsafe push(bytes: bytes) }
  }

  /// Copies the string at `index` over the bytes from a position on; there must be so many.
  func copyString(_ index: Int32, to bytes: MappedBytes, at position: Int) {
    unsafe withBytes(index) { source in unsafe bytes.copy(from: source, to: position) }
  }
}
