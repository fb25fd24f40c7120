// The last error at the prompt: `_err`, and what a misspelt name may have meant.

import LuaMultiprocessing

/// Calls statements and keeps their errors.
struct PromptErrors {
  private let lua: Lua

  init(_ lua: Lua) { self.lua = lua }

  /// Calls a statement.
  ///
  /// Stack: [function] -> [results…].
  ///
  /// - Throws: `.onTop` with the error; its traceback was noted.
  func call() throws(LuaError) {
    try lua.call(arguments: 0, results: allResults, handler: { $0.run(noteTraceback) })
  }

  /// Makes the global `_err` of the error on top of the stack, and what is to be reported of it.
  ///
  /// Returns a remark on a name that is close to one that exists. Stack: [error] -> [report].
  func keep(_ localNames: () -> [String]) -> String? {
    let top = lua.top
    lua.rawGet(Lua.registry, "mplua.traceback")
    let traceback = Self.asInMainChunk(lua.string(-1))
    lua.pop()
    lua.pushNil()
    lua.rawSet(Lua.registry, "mplua.traceback")
    var hint: String?
    if lua.isErrorObject(top) {
      let own = lua.rawGet(top, "traceback") == .string ? lua.string(-1) : traceback
      lua.push(Self.asInMainChunk(own))
      lua.rawSet(top, "traceback")
      lua.copy(top)
    } else {
      pushMessage(top)
      hint = suggestion(for: lua.string(-1), localNames)
      lua.push(.runtimeError, lua.string(-1))
      lua.copy(top)
      lua.rawSet(-2, "value")
      lua.push(traceback)
      lua.rawSet(-2, "traceback")
      lua.pushNil()
      lua.rawSet(-2, "where")
    }
    lua.pushGlobals()
    lua.copy(-2)
    lua.rawSet(-2, "_err")
    lua.pop()
    if !lua.isErrorObject(top) {
      lua.copy(top + 1)
      lua.push("\n\(traceback)")
      lua.concatenate(2)
      lua.replace(top)
    }
    lua.setTop(top)
    return hint
  }

  /// The text of an error that is no object of ours, as Lua's own interpreter words it.
  ///
  /// Stack: [] -> [string].
  private func pushMessage(_ error: Int32) {
    if lua.isString(error) { return lua.copy(error) }
    if lua.type(error) == .number { return lua.pushNumberText(error) }
    if lua.hasMetafield(error, "__tostring"), (try? lua.pushText(of: error)) != nil { return }
    lua.setTop(error)
    lua.push("(error object is a \(lua.typeName(error)) value)")
  }

  /// A statement that is a part of the prompt's block is a function for Lua; for the user it is the main
  /// chunk.
  private static func asInMainChunk(_ traceback: String) -> String {
    let end = "\n\t[C]: in ?"
    let name = ": in function <stdin:1>"
    // What hands the variables over is not the user's.
    let lines = traceback.split(separator: "\n", omittingEmptySubsequences: false)
    let traceback = lines.filter { !$0.hasPrefix("\t[C]: in upvalue '\(PromptLocals.keeperName)") }
      .joined(separator: "\n")
    guard traceback.hasSuffix(name + end) else { return traceback }
    return traceback.dropLast(end.utf8.count + name.utf8.count) + ": in main chunk" + end
  }

  /// `did you mean 'print'?` for a name that is nil where something was called or indexed.
  private func suggestion(for message: String, _ localNames: () -> [String]) -> String? {
    guard message.contains("attempt to"), message.contains("a nil value") else { return nil }
    var near: String?
    if let name = name(of: "global", in: message) {
      near =
        isInModule(name)
        ? "mp.\(name)" : NearName.closest(to: name, among: localNames() + globalNames())
    } else if let name = name(of: "field", in: message) ?? name(of: "method", in: message) {
      near = NearName.closest(to: name, among: memberNames())
    }
    return near.map { "did you mean '\($0)'?" }
  }

  private func name(of kind: String, in message: String) -> String? {
    guard let start = message.firstRange(of: "(\(kind) '")?.upperBound,
      let end = message[start...].firstIndex(of: "'")
    else { return nil }
    return String(message[start..<end])
  }

  private func isInModule(_ name: String) -> Bool {
    lua.pushLoadedModules()
    defer { lua.pop(2) }
    guard lua.rawGet(-1, "multiprocessing") == .table else { return false }
    lua.push(name)
    defer { lua.pop() }
    return lua.rawGet(-2) != .nil
  }

  private func globalNames() -> [String] {
    lua.pushGlobals()
    defer { lua.pop() }
    return keys(of: lua.top)
  }

  /// The members of our classes and of all modules that are loaded.
  private func memberNames() -> [String] {
    let top = lua.top
    defer { lua.setTop(top) }
    lua.pushLoadedModules()
    let modules = lua.top
    var names = HelpLibrary.shared.order.compactMap { HelpLibrary.shared.entries[$0]?.lastName }
    for module in keys(of: modules) {
      lua.push(module)
      if lua.rawGet(modules) == .table { names += keys(of: lua.top) }
      lua.setTop(modules)
    }
    return names
  }

  /// The strings among a table's keys; a script may have very many.
  private func keys(of table: Int32) -> [String] {
    var names: [String] = []
    lua.pushNil()
    while lua.next(table) {
      if lua.isString(-2) { names.append(lua.string(-2)) }
      lua.setTop(names.count < 2000 ? table + 1 : table)
      if names.count == 2000 { break }
    }
    return names
  }
}

/// The message handler: notes the traceback where the error arose, and leaves the error as it is.
private func noteTraceback(_ state: Lua) throws(LuaError) -> Int32 {
  state.setTop(1)
  state.push(state.traceback(level: 1))
  state.rawSet(Lua.registry, "mplua.traceback")
  return 1
}
