// The bytes that begin each value of an encoded message; Python's counterpart is pickle's opcodes.

/// What the first byte of an encoded value says.
///
/// A message is one value and nothing after it. Numbers wider than a byte are in the machine's
/// order, because a message never leaves the machine in this form.
///
/// | First byte | What follows |
/// | --- | --- |
/// | `nil`, `false`, `true` | nothing |
/// | 0x80...0xFF | nothing: the integers -32...95 |
/// | `int8` ... `int64`, `float` | the number |
/// | 0x40...0x7F | a string of 0...63 bytes |
/// | `string8`, `string32`, `string64` | the string's length in so many bits, the string |
/// | `list8`, `list32` | the count *n* in so many bits, then the values of keys 1...*n* |
/// | `fields` | the 32-bit count of fields, then each one's key and value |
/// | `mixed` | both 32-bit counts, then the list's values, then the fields |
/// | `reference32`, `reference64` | the position of a table or object that has begun before |
/// | `object` | its class, its details (64 bits each), a 16-bit count, so many 32-bit positions, \
/// a 16-bit count, so many bytes |
/// | `objectWithValue` | the same as for `object`, then the value of its first user value |
/// | `metatable` | a table, its metatable |
/// | `reduced` | a function, the list of its arguments: the value is what the call gives |
/// | `errorClass`, `processClass` | a table with the class's fields, the class that it extends |
/// | `named` | three strings, with 16-bit lengths: a module, its file or nothing, a path in it |
/// | `registered` | the name of a metatable, with its 16-bit length, then the metatable itself, \
/// which stands for it where the name is not known |
/// | `function` | an 8-bit count of variables, 32-bit counts of globals that it reads and of bytes, \
/// so much bytecode, the variables, then each global's name and value |
///
/// A function's variable (Lua calls it an upvalue) is `variable` and its value, or
/// `variableReference32` or `64` and the position of one that has begun before: then both functions
/// have it in common.
///
/// The path is the names of fields with zero bytes between them, empty for the module itself. With a zero
/// byte before it, it stands for the library's own function, whatever a script has put in its place.
/// An empty module stands for the metatables that have been registered, and with a path that begins
/// with a zero byte for the error classes.
///
/// A global's name that begins with one of Lua's libraries and a dot is that of a field of the library.
///
/// The positions of an object, from 0, are among the references that travel beside the message's
/// bytes: bytes alone make no object.
///
/// A value or variable that some reference names has `Tag.shared` set in its first byte, so the
/// decoder notes only those. Positions count the message's bytes without the contents of the strings from
/// `Tag.longString` bytes on, which the encoder never copies.
enum Tag {
  static let `nil`: UInt8 = 0x00
  static let `false`: UInt8 = 0x01
  static let `true`: UInt8 = 0x02
  static let int8: UInt8 = 0x03
  static let int16: UInt8 = 0x04
  static let int32: UInt8 = 0x05
  static let int64: UInt8 = 0x06
  static let float: UInt8 = 0x07
  static let string8: UInt8 = 0x08
  static let string32: UInt8 = 0x09
  static let string64: UInt8 = 0x0A
  static let reference32: UInt8 = 0x0B
  static let reference64: UInt8 = 0x0C
  static let object: UInt8 = 0x0D
  static let function: UInt8 = 0x0E
  static let variable: UInt8 = 0x0F
  static let list8: UInt8 = 0x10
  static let list32: UInt8 = 0x11
  static let fields: UInt8 = 0x12
  static let mixed: UInt8 = 0x13
  static let variableReference32: UInt8 = 0x14
  static let variableReference64: UInt8 = 0x15
  static let named: UInt8 = 0x16
  static let objectWithValue: UInt8 = 0x17
  static let metatable: UInt8 = 0x18
  static let reduced: UInt8 = 0x19
  static let errorClass: UInt8 = 0x1A
  static let processClass: UInt8 = 0x1B
  static let registered: UInt8 = 0x1C

  /// The bit that marks what has a reference to it.
  static let shared: UInt8 = 0x20

  /// The tag of the empty string; those of 1...63 bytes follow it.
  static let shortString: UInt8 = 0x40
  static let shortStringLengths = 0...63

  /// The tag of `smallIntegers.lowerBound`; those of the others follow it.
  static let smallInteger: UInt8 = 0x80
  static let smallIntegers = -32...95

  /// The byte count from which a string is sent from where Lua keeps it.
  static let longString = 16 << 10
}
