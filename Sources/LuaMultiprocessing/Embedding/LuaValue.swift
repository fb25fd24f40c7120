// Lua values as a Swift host sees them.

/// A value of Lua.
///
/// Everything but a ``LuaReference`` is a copy: changing it changes nothing in Lua.
public enum LuaValue: Hashable, Sendable {
  /// No value.
  case `nil`
  /// True or false.
  case boolean(Bool)
  /// A number of Lua's integer kind.
  case integer(Int)
  /// A number of Lua's float kind.
  case number(Double)
  /// The bytes of a string, which need not be UTF-8.
  case string([UInt8])
  /// The contents of a table.
  case table(LuaTable)
  /// Anything else: a function, a coroutine, or an object such as a queue.
  case reference(LuaReference)

  /// What Lua calls the type of the value: `nil`, `number`, `table`, or an object's class.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .table: "table"
    case .reference(let reference): reference.typeName
    }
  }
}

/// The contents of a Lua table, without its metatable.
public struct LuaTable: Hashable, Sendable {
  /// The values at the positions from 1 on.
  public var list: [LuaValue]
  /// All other values by their keys.
  public var fields: [LuaValue: LuaValue]

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - list: The values at the positions from 1 on.
  ///   - fields: All other values. No key may be nil or NaN: Lua has no such keys.
  public init(list: [LuaValue] = [], fields: [LuaValue: LuaValue] = [:]) {
    self.list = list
    self.fields = fields
  }

  /// The field with a name; nil when there is none.
  public subscript(name: String) -> LuaValue {
    get { fields[.string(Array(name.utf8))] ?? .nil }
    set { fields[.string(Array(name.utf8))] = newValue == .nil ? nil : newValue }
  }
}

extension LuaValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral
{
  /// Makes a boolean.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// Makes a number of the integer kind.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// Makes a number of the float kind.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(Array(value.utf8)) }
  /// Makes nil.
  public init(nilLiteral: ()) { self = .nil }
}
