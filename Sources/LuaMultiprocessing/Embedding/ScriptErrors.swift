// Errors of Lua taken into Swift, and errors of Swift raised in Lua.

internal import CLuaBridge

extension LuaState {
  /// Calls a function for a host; where an error arose is noted beside it.
  ///
  /// Stack: [function, arguments…] -> [results…].
  ///
  /// - Throws: `.onTop` with the value that was raised.
  func callNotingTraceback(arguments: Int32, results: Int32) throws(LuaError) {
    pushNil()
    rawSet(LuaState.registry, "multiprocessing.traceback")
    try call(arguments: arguments, results: results, handler: { $0.run(noteTraceback) })
  }
}

/// The message handler of a host's calls.
///
/// Stack: [error] -> [error].
private func noteTraceback(_ lua: LuaState) throws(LuaError) -> Int32 {
  lua.push(lua.traceback(level: 1))
  lua.rawSet(LuaState.registry, "multiprocessing.traceback")
  lua.setTop(1)
  return 1
}

extension LuaRuntime {
  /// The host's view of an error.
  func takeError(_ error: LuaError) -> LuaScriptError {
    let lua = current
    lua.push(error)
    let top = lua.top
    defer { lua.setTop(top - 1) }
    var result = LuaScriptError("")
    result.className = nil
    result.original = reference(at: top, of: lua)
    lua.rawGet(LuaState.registry, "multiprocessing.traceback")
    if lua.isString(-1) { result.traceback = lua.string(-1) }
    lua.pop()
    lua.pushNil()
    lua.rawSet(LuaState.registry, "multiprocessing.traceback")
    guard lua.isErrorObject(top) else {
      result.value = copy(of: top)
      lua.pushReport(top)
      result.message = lua.string(-1)
      return result
    }
    result.place = text(of: "where", at: top)
    result.traceback = text(of: "traceback", at: top) ?? result.traceback
    result.message = text(of: "message", at: top) ?? ""
    _ = lua.pushMetatable(top)
    result.className = text(of: "__name", at: lua.top)
    lua.rawGet(top, "value")
    result.value = copy(of: lua.top)
    return result
  }

  /// Keeps the value at an index for the host.
  func reference(at index: Int32, of lua: LuaState) -> LuaReference {
    let typeName = lua.typeName(index)
    lua.copy(index)
    return LuaReference(self, number: lua.keep(), typeName: typeName)
  }

  /// A field that is a string.
  private func text(of field: StaticString, at index: Int32) -> String? {
    defer { current.pop() }
    return current.rawGet(index, field) == .string ? current.string(-1) : nil
  }

  /// A copy of a value, or the value itself when it has none.
  private func copy(of index: Int32) -> LuaValue {
    do throws(LuaConversionError) {
      return try ValueReader.value(at: index, of: current, self)
    } catch {
      return .reference(reference(at: index, of: current))
    }
  }
}

extension LuaError {
  /// What a registered function raises in Lua when its body throws.
  ///
  /// The error value is left on top of the stack if it is one of Lua's that passes through.
  init(thrown error: any Error, in lua: LuaState) {
    switch error {
    case let error as LuaScriptError:
      if let original = error.original, original.runtime?.owns(lua) == true {
        lua.rawGet(LuaState.registry, Int(original.number))
        self = .onTop
      } else {
        let errorClass = error.className.flatMap(ErrorClass.init(rawValue:))
        self = .object(errorClass ?? .runtimeError, error.message)
      }
    case let error as LuaConversionError: self = .type(error.description)
    default: self = .runtime(String(describing: error))
    }
  }
}
