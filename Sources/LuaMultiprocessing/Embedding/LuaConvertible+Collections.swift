// Arrays and dictionaries between Swift and Lua.

extension Array: LuaConvertible where Element: LuaConvertible {
  /// What messages call it.
  public static var luaTypeName: String { Element.self == UInt8.self ? "string" : "list" }

  /// Takes a list: a table with no keys but positions from 1 on.
  ///
  /// A list that may hold nils says its length in `n`, as `table.pack` does. An array of bytes is a
  /// string in Lua.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    if Element.self == UInt8.self, case .string(let bytes) = luaValue,
      let elements = bytes as? [Element]
    {
      self = elements
      return
    }
    guard Element.self != UInt8.self, case .table(let table) = luaValue else {
      throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
    self = []
    reserveCapacity(table.list.count)
    for value in table.list { try appendItem(value) }
    guard !table.fields.isEmpty else { return }
    try appendRest(of: table)
  }

  /// Takes the items that stand behind nils.
  private mutating func appendRest(of table: LuaTable) throws(LuaConversionError) {
    var length = count
    if case .integer(let stated) = table["n"] { length = Swift.max(stated, count) }
    for key in table.fields.keys where key != .string(Array<UInt8>("n".utf8)) {
      if case .integer(let position) = key, position > count, position <= length { continue }
      throw LuaConversionError("list expected, got a table with \(key.keyDescription)")
    }
    while count < length { try appendItem(table.fields[.integer(count + 1)] ?? .nil) }
  }

  private mutating func appendItem(_ value: LuaValue) throws(LuaConversionError) {
    do throws(LuaConversionError) {
      append(try Element(luaValue: value))
    } catch {
      throw error.inside("item \(count + 1)")
    }
  }

  /// A list, with its length in `n` if it holds nils; of bytes a string.
  public var luaValue: LuaValue {
    if Element.self == UInt8.self, let bytes = self as? [UInt8] { return .string(bytes) }
    var table = LuaTable(list: map(\.luaValue))
    if table.list.contains(.nil) { table["n"] = .integer(count) }
    return .table(table)
  }
}

extension Dictionary: LuaConvertible where Key: LuaConvertible, Value: LuaConvertible {
  /// What messages call it.
  public static var luaTypeName: String { "table" }

  /// Takes all keys and values of a table.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    guard case .table(let table) = luaValue else {
      throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
    self = [:]
    reserveCapacity(table.list.count + table.fields.count)
    for (index, value) in table.list.enumerated() where value != .nil {
      try add(.integer(index + 1), value)
    }
    for (key, value) in table.fields { try add(key, value) }
  }

  private mutating func add(_ key: LuaValue, _ value: LuaValue) throws(LuaConversionError) {
    let place = key.keyDescription
    let known: Key
    do throws(LuaConversionError) {
      known = try Key(luaValue: key)
    } catch {
      throw error.inside(place)
    }
    do throws(LuaConversionError) {
      self[known] = try Value(luaValue: value)
    } catch {
      throw error.inside(place.replacingKeyByField)
    }
  }

  /// A table.
  public var luaValue: LuaValue {
    var table = LuaTable()
    table.fields.reserveCapacity(count)
    for (key, value) in self {
      let value = value.luaValue
      if value != .nil { table.fields[key.luaValue] = value }
    }
    return .table(table)
  }
}

extension LuaValue {
  /// A key in messages: `the key 'x'`, `the key 3`.
  fileprivate var keyDescription: String {
    switch self {
    case .string(let bytes): "the key '\(String(decoding: bytes, as: UTF8.self))'"
    case .integer(let integer): "the key \(integer)"
    case .number(let number): "the key \(number)"
    case .boolean(let boolean): "the key \(boolean)"
    default: "a key that is a \(typeName)"
    }
  }
}

extension String {
  /// `field 'x'` for `the key 'x'`.
  fileprivate var replacingKeyByField: String {
    hasPrefix("the key ") ? "field " + dropFirst("the key ".count) : self
  }
}
