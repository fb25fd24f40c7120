// Copies of values from Lua to Swift and back.

internal import CLuaBridge

/// Takes values out of Lua.
///
/// A table that occurs twice is copied once.
struct ValueReader {
  /// Deeper tables are refused: Swift's own stack has an end.
  private static let depthLimit = 200

  let runtime: LuaRuntime
  let state: LuaState
  /// The tables that were met, by their addresses; nil of one that is not yet finished.
  private var tables: [UInt: LuaTable?] = [:]
  private var depth = 0

  init(_ runtime: LuaRuntime, _ state: LuaState) {
    self.runtime = runtime
    self.state = state
  }

  /// The value at an index, taken while no finalizer runs, which could change a table meanwhile.
  ///
  /// - Throws: When it is a table that contains itself, or tables lie too deep in each other.
  static func value(
    at index: Int32, of state: LuaState, _ runtime: LuaRuntime
  ) throws(LuaConversionError) -> LuaValue {
    var reader = ValueReader(runtime, state)
    guard state.isTable(index) else { return try reader.value(at: index) }
    let result = state.withoutCollecting { () -> Result<LuaValue, LuaConversionError> in
      do throws(LuaConversionError) {
        return .success(try reader.value(at: index))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private mutating func value(at index: Int32) throws(LuaConversionError) -> LuaValue {
    switch state.type(index) {
    case .none, .nil: return .nil
    case .boolean: return .boolean(state.boolean(index))
    case .number:
      if let integer = state.integerKind(index) { return .integer(integer) }
      return .number(state.number(index) ?? .nan)
    case .string: return .string(state.bytes(index) ?? [])
    case .table: return .table(try table(at: state.absolute(index)))
    default: return .reference(reference(at: index))
    }
  }

  /// A reference to the value at an index, whatever it is.
  func reference(at index: Int32) -> LuaReference {
    runtime.reference(at: index, of: state)
  }

  private mutating func table(at index: Int32) throws(LuaConversionError) -> LuaTable {
    let address = state.address(index)
    if let known = tables[address] {
      if let known { return known }
      throw LuaConversionError("a table that contains itself has no copy in Swift")
    }
    guard depth < Self.depthLimit, state.hasStack(10) else {
      throw LuaConversionError("tables are nested more than \(Self.depthLimit) deep")
    }
    tables.updateValue(nil, forKey: address)
    depth += 1
    defer { depth -= 1 }
    let top = state.top
    defer { state.setTop(top) }
    var table = LuaTable()
    let length = state.rawLength(index)
    table.list.reserveCapacity(length)
    for position in 0..<length {
      state.rawGet(index, position + 1)
      table.list.append(try value(at: -1))
      state.pop()
    }
    state.pushNil()
    while state.next(index) {
      if let position = state.integerKind(-2), position > 0, position <= length {
        state.pop()
        continue
      }
      let key = try value(at: -2)
      table.fields[key] = try value(at: -1)
      state.pop()
    }
    tables[address] = table
    return table
  }
}

extension LuaState {
  /// Pushes a copy of a value from Swift.
  ///
  /// Stack: [] -> [value].
  ///
  /// - Throws: For a key that Lua does not have, and for a reference to another interpreter's value.
  func push(_ value: LuaValue) throws(LuaError) {
    try reserveStack(6)
    switch value {
    case .nil: pushNil()
    case .boolean(let boolean): push(boolean)
    case .integer(let integer): push(integer)
    case .number(let number): push(number)
    case .string(let bytes):
      try reserveMemory(bytes.count)
      push(bytes: bytes)
    case .table(let table): try push(table)
    case .reference(let reference):
      guard let runtime = reference.runtime, runtime.owns(self) else {
        throw .value("a \(reference.typeName) of another runtime, or of one that is closed")
      }
      rawGet(LuaState.registry, Int(reference.number))
    }
  }

  private func push(_ table: LuaTable) throws(LuaError) {
    try reserveMemory((table.list.count + 2 * table.fields.count) * 16)
    newTable(
      list: Int32(clamping: table.list.count), fields: Int32(clamping: table.fields.count))
    for (index, value) in table.list.enumerated() where value != .nil {
      try push(value)
      rawSet(-2, index + 1)
    }
    for (key, value) in table.fields {
      switch key {
      case .nil: throw .value("a table's key is nil")
      case .number(let number) where number.isNaN: throw .value("a table's key is NaN")
      default: break
      }
      try push(key)
      try push(value)
      rawSet(-3)
    }
  }
}
