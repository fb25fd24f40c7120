// Local variables that are declared at the prompt and live on in the lines that follow.

import LuaMultiprocessing

/// The local variables of the prompt's own block: each line is a part of one long block.
///
/// A line that declares variables hands over, after each such statement, a function that returns the
/// variable: it holds the very variable as its upvalue. A later line that mentions the name is compiled as
/// the body of a function in which that name is an upvalue, and the upvalue is then made the same
/// variable. So closures of different lines share it, as in one file, and no global is made.
struct PromptLocals {
  /// What compiling a line in this block came to.
  enum Outcome {
    /// The function is in place of the plain one.
    case compiled
    /// Lua refuses what the line does to a variable of an earlier one; the message is on top.
    case refused
    /// The line is left as it is, and these variables end with it.
    case ending([String])
  }

  private let lua: Lua

  /// How the function to which variables are handed over is called in the code, before a number.
  static let keeperName = "__prompt_keep_"

  init(_ lua: Lua) {
    self.lua = lua
    for table in ["mplua.locals", "mplua.attributes", "mplua.closing"] {
      lua.push(table)
      lua.newTable()
      lua.rawSet(Lua.registry)
    }
  }

  /// Compiles a line anew as a part of the prompt's block, where that makes a difference.
  ///
  /// Stack: [the line's function] -> [function], with the message above it if it is refused.
  func compile(_ source: [UInt8], _ outline: ChunkOutline?) -> Outcome {
    guard let outline else { return .compiled }
    let declared = outline.locals.flatMap(\.variables).map(\.name)
    let mentioned = outline.names.union(["_ENV"]).filter { hasLocal($0) }.sorted()
    guard !declared.isEmpty || !mentioned.isEmpty else { return .compiled }
    let keep = unusedName(outline.names.union(mentioned))
    let parameters =
      [keep]
      + mentioned.map { name in
        attribute(of: name) == nil ? name : "\(name) <const>"
      }
    let head = "local \(parameters.joined(separator: ",")) = ... return function(...) "
    let body = handingOver(source, outline.locals, keep)
    do {
      try lua.load(Array(head.utf8) + body + Array("\nend".utf8), name: "=stdin")
    } catch {
      if lua.string(-1).contains("attempt to assign to const variable") { return .refused }
      lua.pop()
      return .ending(declared)
    }
    lua.push(body: { $0.run(keepLocal) })
    do {
      try lua.call(arguments: 1, results: 1)
    } catch {
      lua.pop()
      return .ending(declared)
    }
    lua.replace(-2)
    join(lua.top)
    return .compiled
  }

  /// Closes the variables declared `<close>`, the last one first, as the end of a block does.
  func close(_ report: () -> Void) {
    lua.rawGet(Lua.registry, "mplua.closing")
    let list = lua.top
    while lua.rawLength(list) > 0 {
      let last = lua.rawLength(list)
      lua.rawGet(list, last)
      lua.pushNil()
      lua.rawSet(list, last)
      if lua.pushMetatable(-1) {
        lua.rawGet(-1, "__close")
        lua.remove(-2)
        lua.insert(-2)
        lua.pushNil()
        do {
          try lua.callForReport(arguments: 2, results: 0)
        } catch {
          report()
        }
      }
      lua.setTop(list)
    }
    lua.pop()
  }

  /// The names of all variables.
  var names: [String] {
    lua.rawGet(Lua.registry, "mplua.locals")
    defer { lua.pop() }
    var names: [String] = []
    lua.pushNil()
    while lua.next(-2) {
      names.append(lua.string(-2))
      lua.pop()
    }
    return names.sorted()
  }

  /// The line's text with what hands its variables over.
  ///
  /// A variable to be closed is a constant of the line: the end of the prompt closes it, not the line's.
  private func handingOver(
    _ source: [UInt8], _ statements: [LocalStatement], _ keep: String
  ) -> [UInt8] {
    var text: [UInt8] = []
    var position = 0
    for statement in statements {
      var calls = ""
      for variable in statement.variables {
        var attribute = ""
        if let range = variable.attribute {
          attribute = ",\"\(String(decoding: source[range], as: UTF8.self))\""
          text += source[position..<range.lowerBound]
          text += attribute == ",\"close\"" ? Array("const".utf8) : Array(source[range])
          position = range.upperBound
        }
        calls += "\(keep)(\"\(variable.name)\",function()return \(variable.name) end\(attribute));"
      }
      text += source[position..<statement.end] + Array(";\(calls)".utf8)
      position = statement.end
    }
    return text + source[position...]
  }

  /// Makes the upvalues of the function at an index the variables of earlier lines.
  private func join(_ function: Int32) {
    lua.rawGet(Lua.registry, "mplua.locals")
    let locals = lua.top
    for number in 1..<(Int32(lua.upvalueCount(function)) + 1) {
      lua.push(lua.upvalueName(of: function, number))
      guard lua.rawGet(locals) == .function else {
        lua.pop()
        continue
      }
      if lua.upvalueCount(lua.top) > 0 {
        lua.joinUpvalue(number, of: function, with: lua.top, 1)
        lua.pop()
      } else {
        // A constant that the compiler has put into the code.
        try? lua.call(arguments: 0, results: 1)
        lua.setUpvalue(number, of: function)
      }
    }
    lua.setTop(function)
  }

  private func hasLocal(_ name: String) -> Bool {
    lua.rawGet(Lua.registry, "mplua.locals")
    lua.push(name)
    defer { lua.pop(2) }
    return lua.rawGet(-2) == .function
  }

  private func attribute(of name: String) -> String? {
    lua.rawGet(Lua.registry, "mplua.attributes")
    lua.push(name)
    defer { lua.pop(2) }
    return lua.rawGet(-2) == .string ? lua.string(-1) : nil
  }

  private func unusedName(_ used: Set<String>) -> String {
    var number = 0
    while used.contains("\(Self.keeperName)\(number)") { number += 1 }
    return "\(Self.keeperName)\(number)"
  }
}

/// Lua: `keep(name, function() return variable end [, attribute])`, called by a line of the prompt.
private func keepLocal(_ state: Lua) throws(LuaError) -> Int32 {
  state.setTop(3)
  if state.isString(3), state.string(3) == "close" { try keepForClosing(state) }
  for (table, index) in [("mplua.locals", 2), ("mplua.attributes", 3)] as [(String, Int32)] {
    state.push(table)
    state.rawGet(Lua.registry)
    state.copy(1)
    state.copy(index)
    state.rawSet(-3)
    state.pop()
  }
  return 0
}

/// Adds the variable's value to those that the prompt's end closes.
private func keepForClosing(_ state: Lua) throws(LuaError) {
  state.copy(2)
  try state.call(arguments: 0, results: 1)
  if state.type(-1) == .nil || state.type(-1) == .boolean && !state.boolean(-1) {
    return state.setTop(3)
  }
  guard state.hasMetafield(-1, "__close") else {
    let place = state.place(level: 1).map { "\($0): " } ?? ""
    state.push("\(place)variable '\(state.string(1))' got a non-closable value")
    throw .onTop
  }
  state.rawGet(Lua.registry, "mplua.closing")
  state.insert(-2)
  state.rawSet(-2, state.rawLength(-2) + 1)
  state.setTop(3)
}
