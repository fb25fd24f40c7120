// Strings from the memory of elements and into it. Python: `bytes(memoryview(...))`.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Copies the string at `index` into elements with as many bytes.
  func copyBytes(ofString index: Int32, to elements: Elements) {
    unsafe withBytes(index) { bytes in
      precondition(bytes.count == elements.byteCount)
      unsafe elements.bytes.copyMemory(from: bytes)
    }
  }

  /// Pushes the memory of elements as a string, of all or those before the first zero byte.
  func pushBytes(of memory: Synchronized, upToZero: Bool = false) throws(LuaError) {
    try reserveMemory(memory.elements.byteCount)
    try withCopy(of: memory) { (copy) throws(LuaError) in
      let bytes = unsafe UnsafeRawBufferPointer(copy.bytes)
      let end = unsafe upToZero ? bytes.firstIndex(of: 0) : nil
      unsafe push(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<(end ?? bytes.count)]))
    }
  }
}
