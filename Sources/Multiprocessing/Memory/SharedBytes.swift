// Bytes that many messages refer to instead of carrying them. No counterpart in Python.

/// Bytes in shared memory that do not change.
///
/// They live as long as a process holds them or a message on its way refers to them.
public enum SharedBytes {
  /// Copies bytes to shared memory; this process then holds them.
  ///
  /// - Throws: `.system` when there is no memory.
  public static func make(_ bytes: [UInt8]) throws(MultiprocessingError) -> SharedObject {
    let object = try SharedObject.createElements(
      .array, .uint8, count: bytes.count, isFilled: true)
    unsafe bytes.withUnsafeBytes { source in unsafe object.elements.bytes.copyMemory(from: source) }
    return object
  }

  /// The bytes of an object that `make` made; they must be held meanwhile.
  public static func bytes(of object: SharedObject) -> UnsafeRawBufferPointer? {
    guard object.kind == .array else { return nil }
    return unsafe UnsafeRawBufferPointer(object.elements.bytes)
  }
}
