// Numbers side by side in memory, of one of C's types. Python: `ctypes` arrays.

internal import Glibc
internal import SystemPackage

// Safe because the memory is shared anyway, and an element is read and written in one step.
/// A row of elements: where it is, how long, and of which type.
///
/// Owns nothing: whoever keeps one keeps the memory alive. Positions count from 0 and are checked by
/// the caller.
@safe public struct Elements: BitwiseCopyable, Hashable, @unchecked Sendable {
  private let start: UnsafeMutableRawPointer
  /// How many elements there are.
  public let count: Int
  /// The type of the elements.
  public let typecode: Typecode

  /// The elements that begin at an address, which must suit the type's alignment.
  init(at start: UnsafeMutableRawPointer, count: Int, typecode: Typecode) {
    unsafe self.start = start
    self.count = count
    self.typecode = typecode
  }

  /// Makes elements in private memory, of any value, that `deallocate` gives back.
  ///
  /// - Throws: `.system(.noMemory, ...)`.
  public static func allocate(
    _ typecode: Typecode, count: Int
  ) throws(MultiprocessingError) -> Elements {
    let (byteCount, isTooLong) = count.multipliedReportingOverflow(by: typecode.byteCount)
    guard !isTooLong, let memory = unsafe malloc(max(byteCount, 1)) else {
      throw .system(.noMemory, "copy \(count) elements")
    }
    return unsafe Elements(at: memory, count: count, typecode: typecode)
  }

  /// Frees what `allocate` made.
  public func deallocate() { unsafe free(start) }

  /// Whether both are the same memory.
  public static func == (left: Elements, right: Elements) -> Bool {
    unsafe left.start == right.start && left.count == right.count && left.typecode == right.typecode
  }

  /// Hashes the place.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(unsafe UInt(bitPattern: start))
    hasher.combine(count)
  }

  /// How many bytes all have together.
  public var byteCount: Int { count * typecode.byteCount }

  /// A part of the row, in the same memory.
  public subscript(range: Range<Int>) -> Elements {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe Elements(
      at: start + range.lowerBound * typecode.byteCount, count: range.count, typecode: typecode)
  }

  /// Which elements of `whole`, of which it is a part, these are.
  func range(in whole: Elements) -> Range<Int> {
    let first = unsafe (start - whole.start) / typecode.byteCount
    return first..<(first + count)
  }

  /// The same memory byte by byte.
  public var asBytes: Elements {
    unsafe Elements(at: start, count: byteCount, typecode: .uint8)
  }

  /// The memory itself; it must be kept alive meanwhile.
  public var bytes: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  /// Copies another row of the same type and count here; they may overlap.
  public func copy(from other: Elements) {
    precondition(other.typecode == typecode && other.count == count)
    unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(other.bytes))
  }
}

// MARK: - One element

extension Elements {
  /// The element at a position.
  @inline(__always)
  public func load(_ position: Int) -> Element { visit(ElementLoad(position: position)) }

  /// Stores an element, if its value fits the type.
  @inline(__always)
  public func store(_ element: Element, at position: Int) -> ElementOutcome {
    visit(ElementStore(element: element, position: position))
  }

  /// Adds to an element in one step.
  ///
  /// - Returns: The value before; nil with the reason when the sum or `amount` does not fit.
  public func add(_ amount: Element, at position: Int) -> (before: Element?, ElementOutcome) {
    visit(ElementAdd(amount: amount, position: position))
  }

  /// Replaces an element in one step, if it is equal to `old`.
  ///
  /// - Returns: Whether it was, and the value found; nil with the reason when a value does not fit.
  public func compareExchange(
    _ old: Element, for new: Element, at position: Int
  ) -> (found: Element?, isExchanged: Bool, ElementOutcome) {
    visit(ElementExchange(old: old, new: new, position: position))
  }
}

extension Typecode {
  /// Whether an element of this type can have the value, as `store` would find.
  public func accepts(_ element: Element) -> ElementOutcome {
    var room: UInt64 = 0
    return unsafe withUnsafeMutableBytes(of: &room) { room in
      unsafe room.baseAddress.map {
        unsafe Elements(at: $0, count: 1, typecode: self).store(element, at: 0)
      } ?? .outOfRange
    }
  }
}

private struct ElementLoad: ElementVisitor {
  let position: Int

  @inline(__always)
  func visit<Number: SharedNumber>(_ numbers: UnsafeMutableBufferPointer<Number>) -> Element {
    unsafe numbers[position].element
  }
}

private struct ElementStore: ElementVisitor {
  let element: Element
  let position: Int

  @inline(__always)
  func visit<Number: SharedNumber>(
    _ numbers: UnsafeMutableBufferPointer<Number>
  ) -> ElementOutcome {
    switch Number.convert(element) {
    case .number(let number):
      unsafe numbers[position] = number
      return .stored
    case .outOfRange: return .outOfRange
    case .notWhole: return .notWhole
    }
  }
}

private struct ElementAdd: ElementVisitor {
  let amount: Element
  let position: Int

  func visit<Number: SharedNumber>(
    _ numbers: UnsafeMutableBufferPointer<Number>
  ) -> (before: Element?, ElementOutcome) {
    let address = unsafe UnsafeMutableRawPointer(numbers.baseAddress.unsafelyUnwrapped + position)
    while true {
      let bits = unsafe Number.Bits.load(address)
      let before = Number(bits: bits)
      let sum: Number
      switch Number.convert(amount) {
      case .number(let amount):
        guard let both = Number.sum(before, amount) else { return (nil, .outOfRange) }
        sum = both
      case .notWhole: return (nil, .notWhole)
      case .outOfRange:
        // A negative amount for an unsigned type.
        guard case .integer(let first) = before.element, case .integer(let second) = amount,
          case .number(let both) = Number.convert(Element(Int128(first) + Int128(second)))
        else { return (nil, .outOfRange) }
        sum = both
      }
      if unsafe Number.Bits.exchange(address, bits, for: sum.bits) {
        return (before.element, .stored)
      }
    }
  }
}

private struct ElementExchange: ElementVisitor {
  let old: Element
  let new: Element
  let position: Int

  func visit<Number: SharedNumber>(
    _ numbers: UnsafeMutableBufferPointer<Number>
  ) -> (found: Element?, isExchanged: Bool, ElementOutcome) {
    let address = unsafe UnsafeMutableRawPointer(numbers.baseAddress.unsafelyUnwrapped + position)
    switch (Number.convert(old), Number.convert(new)) {
    case (.notWhole, _), (_, .notWhole): return (nil, false, .notWhole)
    case (.outOfRange, _), (_, .outOfRange): return (nil, false, .outOfRange)
    case (.number(let old), .number(let new)):
      while true {
        let bits = unsafe Number.Bits.load(address)
        let found = Number(bits: bits)
        // Equal as numbers, or the very same bits: NaN.
        guard found == old || bits == old.bits else { return (found.element, false, .stored) }
        if unsafe Number.Bits.exchange(address, bits, for: new.bits) {
          return (found.element, true, .stored)
        }
      }
    }
  }
}

// MARK: - All elements

extension Elements {
  /// Stores one value everywhere, if it fits.
  public func fill(_ element: Element) -> ElementOutcome { visit(ElementFill(element: element)) }

  /// The sum of all; a whole number beyond `Int` becomes a float.
  public func sum() -> Element { visit(ElementSum()) }

  /// The smallest and the largest, NaN when one element is; nil when there are none.
  public func extremes() -> (least: Element, most: Element)? {
    count == 0 ? nil : visit(ElementExtremes())
  }
}

private struct ElementFill: ElementVisitor {
  let element: Element

  func visit<Number: SharedNumber>(
    _ numbers: UnsafeMutableBufferPointer<Number>
  ) -> ElementOutcome {
    switch Number.convert(element) {
    case .number(let number):
      unsafe numbers.update(repeating: number)
      return .stored
    case .outOfRange: return .outOfRange
    case .notWhole: return .notWhole
    }
  }
}

private struct ElementSum: ElementVisitor {
  func visit<Number: SharedNumber>(_ numbers: UnsafeMutableBufferPointer<Number>) -> Element {
    unsafe Number.sum(numbers)
  }
}

private struct ElementExtremes: ElementVisitor {
  func visit<Number: SharedNumber>(
    _ numbers: UnsafeMutableBufferPointer<Number>
  ) -> (least: Element, most: Element)? {
    let (least, most) = unsafe Number.extremes(numbers)
    return (least.element, most.element)
  }
}

// MARK: - By type

/// Something to do with elements whose type is known while it is compiled.
private protocol ElementVisitor {
  associatedtype Result
  func visit<Number: SharedNumber>(_ numbers: UnsafeMutableBufferPointer<Number>) -> Result
}

extension Elements {
  @inline(__always)
  private func visit<Visitor: ElementVisitor>(_ visitor: Visitor) -> Visitor.Result {
    switch typecode {
    case .character, .uint8: unsafe visitor.visit(numbers(UInt8.self))
    case .int8: unsafe visitor.visit(numbers(Int8.self))
    case .int16: unsafe visitor.visit(numbers(Int16.self))
    case .uint16: unsafe visitor.visit(numbers(UInt16.self))
    case .int32: unsafe visitor.visit(numbers(Int32.self))
    case .wideCharacter, .uint32: unsafe visitor.visit(numbers(UInt32.self))
    case .long, .int64: unsafe visitor.visit(numbers(Int64.self))
    case .unsignedLong, .uint64: unsafe visitor.visit(numbers(UInt64.self))
    case .float: unsafe visitor.visit(numbers(Float.self))
    case .double: unsafe visitor.visit(numbers(Double.self))
    }
  }

  @inline(__always)
  private func numbers<Number>(_ type: Number.Type) -> UnsafeMutableBufferPointer<Number> {
    unsafe UnsafeMutableBufferPointer(
      start: start.assumingMemoryBound(to: Number.self), count: count)
  }
}
