// The types of shared values and elements. Python: ctypes' types and their one-letter codes.

/// A type of C that a shared value or an array's elements have.
///
/// The raw value is the letter that stands for it, as in Python's `array` module.
///
/// Python: the first argument of `Value` and `Array`.
public enum Typecode: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  /// `c`: one byte.
  case character = 0x63
  /// `u`: one Unicode character in four bytes, as Linux's `wchar_t`.
  case wideCharacter = 0x75
  /// `b`.
  case int8 = 0x62
  /// `B`.
  case uint8 = 0x42
  /// `h`.
  case int16 = 0x68
  /// `H`.
  case uint16 = 0x48
  /// `i`.
  case int32 = 0x69
  /// `I`.
  case uint32 = 0x49
  /// `l`, 64 bits on Linux.
  case long = 0x6C
  /// `L`.
  case unsignedLong = 0x4C
  /// `q`.
  case int64 = 0x71
  /// `Q`.
  case uint64 = 0x51
  /// `f`: 32 bits.
  case float = 0x66
  /// `d`: 64 bits.
  case double = 0x64

  /// The type of a letter; nil when the text is not one of the letters.
  public init?(letter: String) {
    guard letter.utf8.count == 1, let byte = letter.utf8.first else { return nil }
    self.init(rawValue: byte)
  }

  /// The letter.
  public var letter: Character { Character(Unicode.Scalar(rawValue)) }

  /// How many bytes an element has.
  public var byteCount: Int {
    switch self {
    case .character, .int8, .uint8: 1
    case .int16, .uint16: 2
    case .wideCharacter, .int32, .uint32, .float: 4
    case .long, .unsignedLong, .int64, .uint64, .double: 8
    }
  }

  /// Whether the elements are characters and not numbers.
  public var isText: Bool { self == .character || self == .wideCharacter }

  /// What ctypes calls the type; its `c_longlong` is `c_long` on Linux.
  public var ctypesName: String {
    switch self {
    case .character: "c_char"
    case .wideCharacter: "c_wchar"
    case .int8: "c_byte"
    case .uint8: "c_ubyte"
    case .int16: "c_short"
    case .uint16: "c_ushort"
    case .int32: "c_int"
    case .uint32: "c_uint"
    case .long, .int64: "c_long"
    case .unsignedLong, .uint64: "c_ulong"
    case .float: "c_float"
    case .double: "c_double"
    }
  }

  /// The values that fit, for messages: `-128 to 127`.
  public var range: String {
    func limits<Number: FixedWidthInteger>(_ type: Number.Type) -> String {
      "\(Number.min) to \(Number.max)"
    }
    return switch self {
    case .character, .uint8: limits(UInt8.self)
    case .wideCharacter: "one character"
    case .int8: limits(Int8.self)
    case .int16: limits(Int16.self)
    case .uint16: limits(UInt16.self)
    case .int32: limits(Int32.self)
    case .uint32: limits(UInt32.self)
    case .long, .int64: limits(Int64.self)
    case .unsignedLong, .uint64: limits(UInt64.self)
    case .float: "-\(Float.greatestFiniteMagnitude) to \(Float.greatestFiniteMagnitude)"
    case .double: "any number"
    }
  }
}
