// The types of C that elements have, and what each can do. Python: ctypes' simple types.

internal import Synchronization

/// A number on its way into an element or out of it, in the widest form.
public enum Element: BitwiseCopyable, Hashable, Sendable {
  /// A whole number; the number of the character for text.
  case integer(Int)
  /// A number of a floating type, or a whole one beyond `Int`, to the nearest.
  case float(Double)

  /// The number as a whole one if it can be.
  init(_ total: Int128) {
    self = Int(exactly: total).map(Element.integer) ?? .float(Double(total))
  }
}

/// Why a number did not become an element, or that it did.
public enum ElementOutcome: BitwiseCopyable, Sendable {
  /// It did.
  case stored
  /// The type's range does not reach so far.
  case outOfRange
  /// A whole number is needed, and this one has a fraction or is not a number.
  case notWhole
}

/// A number, or why there is none.
enum Conversion<Number> {
  case number(Number)
  case outOfRange
  case notWhole
}

/// A type of elements.
protocol SharedNumber: BitwiseCopyable, Comparable {
  /// The unsigned integer of the same size.
  associatedtype Bits: AtomicBits

  init(bits: Bits)
  var bits: Bits { get }
  var element: Element { get }

  /// The number as this type has it.
  static func convert(_ element: Element) -> Conversion<Self>
  /// The sum of two; nil when it does not fit.
  static func sum(_ first: Self, _ second: Self) -> Self?
  /// The sum of all, without intermediate overflow or, for floats, without needless loss.
  static func sum(_ numbers: UnsafeMutableBufferPointer<Self>) -> Element
  /// The smallest and the largest of at least one; NaN when one of them is.
  static func extremes(_ numbers: UnsafeMutableBufferPointer<Self>) -> (least: Self, most: Self)
}

// MARK: - Integers

extension SharedNumber where Self: FixedWidthInteger {
  @inline(__always)
  init(bits: Bits) { self.init(truncatingIfNeeded: bits) }

  @inline(__always)
  var bits: Bits { Bits(truncatingIfNeeded: self) }

  @inline(__always)
  var element: Element {
    Int(exactly: self).map(Element.integer) ?? .float(Double(self))
  }

  @inline(__always)
  static func convert(_ element: Element) -> Conversion<Self> {
    switch element {
    case .integer(let value): Self(exactly: value).map(Conversion.number) ?? .outOfRange
    case .float(let value):
      if let number = Self(exactly: value) {
        .number(number)
      } else {
        value == value.rounded() ? .outOfRange : .notWhole
      }
    }
  }

  static func sum(_ first: Self, _ second: Self) -> Self? {
    let (result, isTooLarge) = first.addingReportingOverflow(second)
    return isTooLarge ? nil : result
  }

  static func sum(_ numbers: UnsafeMutableBufferPointer<Self>) -> Element {
    var total: Int128 = 0
    var position = 0
    while position < numbers.count {
      // So many of at most 32 bits cannot exceed 64; the inner loop becomes vector instructions.
      let end = Swift.min(position + 65_536, numbers.count)
      if bitWidth <= 32 {
        var part = 0
        for position in position..<end {
          unsafe part &+= Int(truncatingIfNeeded: numbers[position])
        }
        total += Int128(part)
      } else {
        for position in position..<end { unsafe total += Int128(numbers[position]) }
      }
      position = end
    }
    return Element(total)
  }

  static func extremes(
    _ numbers: UnsafeMutableBufferPointer<Self>
  ) -> (least: Self, most: Self) {
    var least = unsafe numbers[0]
    var most = least
    for position in numbers.indices {
      least = unsafe Swift.min(least, numbers[position])
      most = unsafe Swift.max(most, numbers[position])
    }
    return (least, most)
  }
}

extension Int8: SharedNumber { typealias Bits = UInt8 }
extension UInt8: SharedNumber { typealias Bits = UInt8 }
extension Int16: SharedNumber { typealias Bits = UInt16 }
extension UInt16: SharedNumber { typealias Bits = UInt16 }
extension Int32: SharedNumber { typealias Bits = UInt32 }
extension UInt32: SharedNumber { typealias Bits = UInt32 }
extension Int64: SharedNumber { typealias Bits = UInt64 }
extension UInt64: SharedNumber { typealias Bits = UInt64 }

// MARK: - Atomic words

/// An unsigned integer that processors exchange in one step.
protocol AtomicBits: FixedWidthInteger {
  static func load(_ address: UnsafeMutableRawPointer) -> Self
  /// Stores `new` if `old` is there; says whether it was.
  static func exchange(_ address: UnsafeMutableRawPointer, _ old: Self, for new: Self) -> Bool
}

extension UInt8: AtomicBits {
  static func load(_ address: UnsafeMutableRawPointer) -> UInt8 {
    unsafe address.assumingMemoryBound(to: Atomic<UInt8>.self).pointee
      .load(ordering: .sequentiallyConsistent)
  }
  static func exchange(_ address: UnsafeMutableRawPointer, _ old: UInt8, for new: UInt8) -> Bool {
    unsafe address.assumingMemoryBound(to: Atomic<UInt8>.self).pointee
      .compareExchange(expected: old, desired: new, ordering: .sequentiallyConsistent).exchanged
  }
}

extension UInt16: AtomicBits {
  static func load(_ address: UnsafeMutableRawPointer) -> UInt16 {
    unsafe address.assumingMemoryBound(to: Atomic<UInt16>.self).pointee
      .load(ordering: .sequentiallyConsistent)
  }
  static func exchange(_ address: UnsafeMutableRawPointer, _ old: UInt16, for new: UInt16) -> Bool {
    unsafe address.assumingMemoryBound(to: Atomic<UInt16>.self).pointee
      .compareExchange(expected: old, desired: new, ordering: .sequentiallyConsistent).exchanged
  }
}

extension UInt32: AtomicBits {
  static func load(_ address: UnsafeMutableRawPointer) -> UInt32 {
    unsafe SharedWord(at: address).load()
  }
  static func exchange(_ address: UnsafeMutableRawPointer, _ old: UInt32, for new: UInt32) -> Bool {
    unsafe SharedWord(at: address).exchange(old, for: new)
  }
}

extension UInt64: AtomicBits {
  static func load(_ address: UnsafeMutableRawPointer) -> UInt64 {
    unsafe SharedLong(at: address).load()
  }
  static func exchange(_ address: UnsafeMutableRawPointer, _ old: UInt64, for new: UInt64) -> Bool {
    unsafe SharedLong(at: address).exchange(old, for: new)
  }
}
