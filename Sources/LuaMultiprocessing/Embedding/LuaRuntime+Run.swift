// Running code, and values of global variables.

internal import CLuaBridge

extension LuaRuntime {
  /// Runs code and gives its result.
  ///
  /// Ctrl-C raises an error in the script meanwhile; before and after the host's own action holds.
  ///
  /// - Parameters:
  ///   - code: The text of a chunk.
  ///   - name: What messages call the chunk.
  ///   - arguments: What `...` is in the chunk.
  /// - Returns: The chunk's first result; what follows is dropped.
  /// - Throws: ``LuaScriptError`` for code that is no Lua and for an error raised in Lua,
  ///   ``LuaConversionError`` when the result is of another type.
  public func run<Result: LuaConvertible>(
    _ code: String, name: String = "chunk", arguments: any LuaConvertible...
  ) throws -> Result {
    try call(.code(code, name: name), arguments)[0, as: Result.self]
  }

  /// Runs code and drops its results.
  ///
  /// - Parameters:
  ///   - code: The text of a chunk.
  ///   - name: What messages call the chunk.
  ///   - arguments: What `...` is in the chunk.
  /// - Throws: ``LuaScriptError`` for code that is no Lua and for an error raised in Lua.
  public func run(
    _ code: String, name: String = "chunk", arguments: any LuaConvertible...
  ) throws {
    _ = try call(.code(code, name: name), arguments, keeping: 0)
  }

  /// Runs code and gives its results.
  ///
  /// - Parameters:
  ///   - code: The text of a chunk.
  ///   - name: What messages call the chunk.
  ///   - arguments: What `...` is in the chunk.
  /// - Returns: As many results as are asked for.
  /// - Throws: ``LuaScriptError`` for code that is no Lua and for an error raised in Lua,
  ///   ``LuaConversionError`` when a result is of another type.
  public func run<First: LuaConvertible, Second: LuaConvertible, each Other: LuaConvertible>(
    _ code: String, name: String = "chunk", arguments: any LuaConvertible...
  ) throws -> (First, Second, repeat each Other) {
    try call(.code(code, name: name), arguments).tuple()
  }

  /// Runs a file and gives its result.
  ///
  /// - Parameters:
  ///   - file: The path of the file.
  ///   - arguments: What `...` is in the file.
  /// - Returns: The file's first result; what follows is dropped.
  /// - Throws: ``LuaScriptError`` when the file cannot be read or is no Lua and for an error raised
  ///   in Lua, ``LuaConversionError`` when the result is of another type.
  public func run<Result: LuaConvertible>(
    file: String, arguments: any LuaConvertible...
  ) throws -> Result {
    try call(.file(file), arguments)[0, as: Result.self]
  }

  /// Runs a file and drops its results.
  ///
  /// - Parameters:
  ///   - file: The path of the file.
  ///   - arguments: What `...` is in the file.
  /// - Throws: ``LuaScriptError`` when the file cannot be read or is no Lua and for an error raised
  ///   in Lua.
  public func run(file: String, arguments: any LuaConvertible...) throws {
    _ = try call(.file(file), arguments, keeping: 0)
  }

  /// Runs a file and gives its results.
  ///
  /// - Parameters:
  ///   - file: The path of the file.
  ///   - arguments: What `...` is in the file.
  /// - Returns: As many results as are asked for.
  /// - Throws: ``LuaScriptError`` when the file cannot be read or is no Lua and for an error raised
  ///   in Lua, ``LuaConversionError`` when a result is of another type.
  public func run<First: LuaConvertible, Second: LuaConvertible, each Other: LuaConvertible>(
    file: String, arguments: any LuaConvertible...
  ) throws -> (First, Second, repeat each Other) {
    try call(.file(file), arguments).tuple()
  }

  /// The value of a global variable.
  ///
  /// - Parameter name: The variable's name.
  /// - Returns: The value.
  /// - Throws: ``LuaConversionError`` when the value is of another type.
  public func global<Value: LuaConvertible>(_ name: String) throws -> Value {
    try call(.reader, [name])[0, as: Value.self]
  }

  /// Sets a global variable.
  ///
  /// Under `spawn` and `forkserver` workers see it as they see any global: with the functions that
  /// read it.
  ///
  /// - Parameters:
  ///   - name: The variable's name.
  ///   - value: Its value.
  /// - Throws: ``LuaScriptError`` for a table that Lua cannot have.
  public func setGlobal(_ name: String, to value: some LuaConvertible) throws {
    _ = try call(.writer, [name, value], keeping: 0)
  }
}

/// Results of Lua code, which are told from the ones that are missing.
struct CallResults {
  var values: [LuaValue]

  subscript<Result: LuaConvertible>(index: Int, as type: Result.Type) -> Result {
    get throws {
      let value = index < values.count ? values[index] : .nil
      do throws(LuaConversionError) {
        return try Result(luaValue: value)
      } catch {
        throw error.inside("result \(index + 1)")
      }
    }
  }

  func tuple<First: LuaConvertible, Second: LuaConvertible, each Other: LuaConvertible>()
    throws -> (First, Second, repeat each Other)
  {
    var index = -1
    func next<Result: LuaConvertible>(_ type: Result.Type) throws -> Result {
      index += 1
      return try self[index, as: type]
    }
    return (
      try next(First.self), try next(Second.self), repeat try next((each Other).self)
    )
  }
}

// MARK: - Calls

extension LuaRuntime {
  /// What is to be called.
  enum Callee {
    case code(String, name: String)
    case file(String)
    case reader
    case writer
    case reference(LuaReference)
  }

  func call(
    _ reference: LuaReference, _ arguments: [any LuaConvertible], keeping count: Int32 = allResults
  ) throws -> CallResults {
    try call(.reference(reference), arguments, keeping: count)
  }

  private func call(
    _ callee: Callee, _ arguments: [any LuaConvertible], keeping count: Int32 = allResults
  ) throws -> CallResults {
    checkThread()
    guard isOpen else { throw LuaScriptError("the runtime is closed") }
    releaseForgotten()
    let lua = current
    let base = lua.top
    defer { lua.setTop(base) }
    depth += 1
    defer { depth -= 1 }
    do throws(LuaError) {
      try lua.reserveStack(30)
      try push(callee, on: lua)
      try lua.reserveStack(Int32(clamping: arguments.count + 10))
      for argument in arguments { try lua.push(argument.luaValue) }
      let argumentCount = Int32(arguments.count)
      if depth == 1, isOwner {
        try Interrupt.during(lua) { () throws(LuaError) in
          try lua.callNotingTraceback(arguments: argumentCount, results: count)
        }
      } else {
        try lua.callNotingTraceback(arguments: argumentCount, results: count)
      }
    } catch {
      throw takeError(error)
    }
    var results = CallResults(values: [])
    guard lua.top > base else { return results }
    for index in base + 1...lua.top {
      do throws(LuaConversionError) {
        results.values.append(try ValueReader.value(at: index, of: lua, self))
      } catch {
        throw error.inside("result \(index - base)")
      }
    }
    return results
  }

  private func push(_ callee: Callee, on lua: LuaState) throws(LuaError) {
    switch callee {
    case .code(let code, let name): try lua.load(Array(code.utf8), name: "=\(name)")
    case .file(let file): try lua.load(file: Array(file.utf8))
    case .reference(let reference): try lua.push(.reference(reference))
    case .reader: lua.push(body: { $0.run(readGlobal) })
    case .writer: lua.push(body: { $0.run(writeGlobal) })
    }
  }
}

/// Stack: [name] -> [value].
private func readGlobal(_ lua: LuaState) throws(LuaError) -> Int32 {
  lua.pushGlobals()
  lua.insert(1)
  try lua.get()
  return 1
}

/// Stack: [name, value] -> [].
private func writeGlobal(_ lua: LuaState) throws(LuaError) -> Int32 {
  lua.pushGlobals()
  lua.insert(1)
  try lua.set()
  return 0
}
