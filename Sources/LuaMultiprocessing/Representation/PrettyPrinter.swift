// Values as the prompt shows them: Lua syntax, on several lines where one is too narrow, and never more than
// can be read. Python: `pprint`.

package import CLuaBridge

/// Shows values in Lua syntax, within limits.
///
/// Tables have their list first, then the other keys in order. `…` says what was left out. The work is
/// bounded, however large a table is.
package struct PrettyPrinter {
  /// How much is shown.
  package struct Limits: Sendable {
    /// The line's width in characters.
    package var width = 80
    /// How deep tables are shown inside each other.
    package var depth = 4
    /// How many entries of one table are shown.
    package var entries = 40
    /// How many entries of all tables are shown.
    package var totalEntries = 500
    /// How many bytes of a string are shown.
    package var stringBytes = 1000

    package init() {}
  }

  let lua: LuaState
  let limits: Limits
  let isColoured: Bool
  private var entriesLeft: Int
  /// The tables that are open, outermost first, with the number by which a cycle speaks of one.
  private var open: [(address: UInt, number: Int?)] = []
  private var cycleCount = 0

  package init(_ lua: LuaState, limits: Limits = Limits(), isColoured: Bool = false) {
    self.lua = lua
    self.limits = limits
    self.isColoured = isColoured
    entriesLeft = limits.totalEntries
  }

  /// The text of a value.
  ///
  /// An error in a `__tostring` is shown in the value's place.
  ///
  /// - Throws: Only what a signal raises while a `__tostring` runs.
  package mutating func text(of index: Int32) throws(LuaError) -> [UInt8] {
    let top = lua.top
    let node = try node(lua.absolute(index))
    lua.setTop(top)
    return PrettyLayout(width: limits.width, isColoured: isColoured).text(of: node)
  }

  private mutating func node(_ index: Int32) throws(LuaError) -> PrettyNode {
    switch lua.type(index) {
    case .nil, .none: return .word("nil", .constant)
    case .boolean: return .word(lua.boolean(index) ? "true" : "false", .constant)
    case .number: return .word(lua.numeral(index), .number)
    case .string: return string(index)
    case .function: return .word(lua.description(ofFunction: index), .object)
    case .table: return try table(index)
    default: return try described(index)
    }
  }

  private func string(_ index: Int32) -> PrettyNode {
    let count = lua.rawLength(index)
    guard count > limits.stringBytes else {
      return .word(LuaSyntax.quoted(lua.bytes(index) ?? [], isForTerminal: true), .string)
    }
    var shown = lua.bytes(index, first: limits.stringBytes)
    // No character is cut in two.
    while let last = shown.last, last & 0xC0 == 0x80, shown.count > limits.stringBytes - 4 {
      shown.removeLast()
    }
    if let last = shown.last, last >= 0xC0 { shown.removeLast() }
    return .word(
      LuaSyntax.quoted(shown, isForTerminal: true)
        + Array("… \(count - shown.count) more bytes".utf8), .string)
  }

  /// What `tostring` gives, or for objects of ours something more telling.
  private func described(_ index: Int32) throws(LuaError) -> PrettyNode {
    if let description = lua.description(ofObject: index) { return .word(description, .object) }
    return .word(try textOrError(index), .object)
  }

  private func textOrError(_ index: Int32) throws(LuaError) -> [UInt8] {
    do {
      try lua.pushText(of: index)
    } catch {
      lua.push(error)
      if Interrupt.isRaised(lua) { throw .onTop }
      defer { lua.pop() }
      let reason = (try? lua.text(of: -1)) ?? "an error without text"
      return Array("<\(lua.typeName(index)): error in __tostring: ".utf8)
        + LuaSyntax.printable(reason.utf8.prefix(limits.stringBytes)) + Array(">".utf8)
    }
    defer { lua.pop() }
    let shown = LuaSyntax.printable(lua.bytes(-1, first: limits.stringBytes))
    return lua.rawLength(-1) > limits.stringBytes ? shown + Array("…".utf8) : shown
  }
}

// MARK: - Tables

extension PrettyPrinter {
  private mutating func table(_ index: Int32) throws(LuaError) -> PrettyNode {
    if lua.hasMetafield(index, "__tostring") { return try described(index) }
    let address = lua.address(index)
    if let level = open.firstIndex(where: { $0.address == address }) {
      let number = open[level].number ?? cycleCount + 1
      cycleCount = max(cycleCount, number)
      open[level].number = number
      return .word("<cycle \(number)>", .note)
    }
    let name = className(index)
    guard lua.hasStack(20), open.count < limits.depth, entriesLeft > 0 else {
      lua.pushNil()
      let isEmpty = !lua.next(index)
      if !isEmpty { lua.pop(2) }
      return .word(name + (isEmpty ? "{}" : "{…}"), .plain)
    }
    open.append((address, nil))
    var entries: [PrettyNode.Entry] = []
    let count = lua.rawLength(index)
    let shown = min(count, limits.entries, entriesLeft)
    entriesLeft -= shown
    for position in 0..<shown {
      lua.rawGet(index, position + 1)
      entries.append(.init(key: nil, value: try node(lua.top)))
      lua.pop()
    }
    let rest = try addKeys(of: index, count, to: &entries)
    let left = [count > shown ? "\(count - shown) more" : nil, rest].compactMap(\.self)
    let number = open.removeLast().number
    return .table(
      prefix: number.map { "<\($0)>" } ?? name, entries: entries,
      rest: left.isEmpty ? nil : "… " + left.joined(separator: ", "))
  }

  private func className(_ index: Int32) -> String {
    guard lua.hasMetafield(index, "__name") else { return "" }
    return lua.typeName(index) + " "
  }

  /// Adds the entries whose keys are no positions of the list; says what was left out.
  private mutating func addKeys(
    of table: Int32, _ listCount: Int, to entries: inout [PrettyNode.Entry]
  ) throws(LuaError) -> String? {
    let top = lua.top
    lua.newTable()
    let keys = lua.top
    var names: [(key: TableKey, position: Int)] = []
    let isComplete = TableKey.collect(from: table, listCount, lua) { key in
      names.append((key, names.count + 1))
      lua.copy(-1)
      lua.rawSet(keys, names.count)
    }
    names.sort { $0.key < $1.key }
    let shown = min(names.count, max(limits.entries - entries.count, 0), max(entriesLeft, 0))
    entriesLeft -= shown
    for (key, position) in names.prefix(shown) {
      let name: PrettyNode
      if case .name(let bytes) = key, LuaSyntax.isName(bytes) {
        name = .word(bytes, .plain)
      } else {
        lua.rawGet(keys, position)
        // A key that is a table is shown without its contents.
        name = .key(lua.isTable(-1) ? try tableKey(lua.top) : try node(lua.top))
        lua.pop()
      }
      lua.rawGet(keys, position)
      lua.rawGet(table)
      entries.append(.init(key: name, value: try node(lua.top)))
      lua.pop()
    }
    lua.setTop(top)
    if names.count > shown {
      return "\(isComplete ? "" : "over ")\(names.count - shown) more keys"
    }
    return isComplete ? nil : "perhaps more keys"
  }

  private func tableKey(_ index: Int32) throws(LuaError) -> PrettyNode {
    lua.hasMetafield(index, "__tostring")
      ? try described(index) : .word(className(index) + "{…}", .plain)
  }
}
