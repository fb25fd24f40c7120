// How a value or an array lies in its entry. Python: `multiprocessing.heap.BufferWrapper`.

internal import SystemPackage

/// From this size on an array gets no memory before it is written.
private let reservedByteCount = 4 << 20

extension SharedObject {
  /// The elements that fit into the entry itself: the last eight of its words.
  private static let inlineByteCount = 32

  private var typeWord: SharedWord { word(0) }
  private var countWord: SharedLong { unsafe SharedLong(at: word(2).raw) }

  /// Makes a value or array of zeros.
  ///
  /// Pages that nobody touched are zeros and cost nothing, so a large array is made at once, after a
  /// look at what the machine has left. A small one, and one that is filled at once, gets its pages
  /// here: then lack of memory is an error and not a signal at the first access, for less than the
  /// access would cost anyway.
  static func createElements(
    _ kind: SharedObjectKind, _ typecode: Typecode, count: Int, isFilled: Bool = false
  ) throws(MultiprocessingError) -> SharedObject {
    let (byteCount, isTooLong) = count.multipliedReportingOverflow(by: typecode.byteCount)
    guard !isTooLong, byteCount <= 1 << ArenaLayout.blockClasses.upperBound else {
      throw noMemory(count, typecode)
    }
    let isInline = byteCount <= inlineByteCount
    let isReserved = !isInline && (isFilled || byteCount < reservedByteCount)
    if !isInline, !isReserved, !AvailableMemory.allows(byteCount: byteCount) {
      throw noMemory(count, typecode)
    }
    let blockClass = max(
      ArenaLayout.blockClasses.lowerBound, Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
    let object = try create(kind, payloadClass: isInline ? nil : blockClass) { object in
      object.typeWord.value = UInt32(typecode.rawValue)
      object.countWord.value = UInt64(count)
    }
    guard isReserved else { return object }
    do throws(MultiprocessingError) {
      try Block(number: object.payload.value).reserve(from: 0, to: byteCount)
    } catch {
      object.release()
      throw noMemory(count, typecode)
    }
    return object
  }

  private static func noMemory(_ count: Int, _ typecode: Typecode) -> MultiprocessingError {
    .system(.noMemory, "make an array of \(count) elements of type '\(typecode.letter)'")
  }

  /// The elements of a value or array.
  var elements: Elements {
    let start =
      unsafe payload.value == 0
      ? UnsafeMutableRawPointer(word(4).raw) : Block(number: payload.value).address
    guard let typecode = Typecode(rawValue: UInt8(truncatingIfNeeded: typeWord.value)) else {
      preconditionFailure("the object's type is unknown")
    }
    return unsafe Elements(at: start, count: Int(countWord.value), typecode: typecode)
  }
}
