// Booleans, numbers and strings between Swift and Lua.

extension Bool: LuaConvertible {
  /// What messages call it.
  public static var luaTypeName: String { "boolean" }

  /// Takes true or false, and nothing else: what Lua's `if` makes of other values is not asked here.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    guard case .boolean(let value) = luaValue else {
      throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
    self = value
  }

  /// A boolean of Lua.
  public var luaValue: LuaValue { .boolean(self) }
}

extension LuaConvertible where Self: FixedWidthInteger {
  /// What messages call it.
  public static var luaTypeName: String { "integer" }

  /// Takes an integer, or a float that is a whole number.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    switch luaValue {
    case .integer(let integer):
      guard let value = Self(exactly: integer) else {
        throw LuaConversionError("\(integer) does not fit into \(Self.self)")
      }
      self = value
    case .number(let number):
      guard let value = Self(exactly: number) else {
        throw LuaConversionError("\(number) has no integer representation as \(Self.self)")
      }
      self = value
    default: throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
  }

  /// An integer of Lua.
  public var luaValue: LuaValue { .integer(Int(self)) }
}

extension Int: LuaConvertible {}
extension Int8: LuaConvertible {}
extension Int16: LuaConvertible {}
extension Int32: LuaConvertible {}
extension Int64: LuaConvertible {}
extension UInt8: LuaConvertible {}
extension UInt16: LuaConvertible {}
extension UInt32: LuaConvertible {}

extension LuaConvertible where Self: BinaryFloatingPoint {
  /// What messages call it.
  public static var luaTypeName: String { "number" }

  /// Takes a number of either kind.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    switch luaValue {
    case .integer(let integer): self = Self(integer)
    case .number(let number): self = Self(number)
    default: throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
  }

  /// A float of Lua.
  public var luaValue: LuaValue { .number(Double(self)) }
}

extension Double: LuaConvertible {}
extension Float: LuaConvertible {}

extension String: LuaConvertible {
  /// What messages call it.
  public static var luaTypeName: String { "string" }

  /// Takes a string in UTF-8.
  ///
  /// Strings with other bytes are for `[UInt8]`.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    guard case .string(let bytes) = luaValue else {
      throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw LuaConversionError("the string is not UTF-8")
    }
    self = text
  }

  /// A string of Lua, in UTF-8.
  public var luaValue: LuaValue { .string(Array(utf8)) }
}

extension Optional: LuaConvertible where Wrapped: LuaConvertible {
  /// What messages call what it may hold.
  public static var luaTypeName: String { Wrapped.luaTypeName }

  /// Nil stands for nil.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    self = luaValue == .nil ? nil : try Wrapped(luaValue: luaValue)
  }

  /// The value, or Lua's nil.
  public var luaValue: LuaValue { self?.luaValue ?? .nil }
}
