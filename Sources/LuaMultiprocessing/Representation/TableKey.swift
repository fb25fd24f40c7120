// The keys of a table that are no positions of its list, in an order that does not change.

internal import CLuaBridge

/// A key of a table, as it is sorted: numbers, then strings, then the rest.
enum TableKey: Comparable {
  case number(Double)
  case name([UInt8])
  case other(type: Int32, address: UInt)

  /// How many steps through a table one collection takes: no table is too large to be shown at once.
  private static let stepLimit = 20_000

  static func < (left: TableKey, right: TableKey) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left < right
    case (.name(let left), .name(let right)): left.lexicographicallyPrecedes(right)
    case (.other(let left, let leftAddress), .other(let right, let rightAddress)):
      (left, leftAddress) < (right, rightAddress)
    case (.number, _), (.name, .other): true
    default: false
    }
  }

  /// Calls `visit` with each key, which is on top of the stack then and must stay there.
  ///
  /// - Returns: False when there are too many to look at all.
  static func collect(
    from table: Int32, _ listCount: Int, _ lua: LuaState, _ visit: (TableKey) -> Void
  ) -> Bool {
    // Lua steps through a list first, if it lies where lists mostly do: a long one is left out.
    if listCount > stepLimit { lua.push(listCount) } else { lua.pushNil() }
    for _ in 0..<stepLimit {
      guard lua.next(table) else { return true }
      lua.pop()
      if let position = lua.integer(-1), position >= 1, position <= listCount {
        if listCount > stepLimit { break }
      } else {
        visit(key(lua))
      }
    }
    lua.pop()
    return false
  }

  /// The key on top of the stack.
  private static func key(_ lua: LuaState) -> TableKey {
    switch lua.type(-1) {
    case .number: .number(lua.number(-1) ?? 0)
    case .string: .name(lua.bytes(-1) ?? [])
    default: .other(type: lua.type(-1).rawValue, address: lua.address(-1))
    }
  }
}
