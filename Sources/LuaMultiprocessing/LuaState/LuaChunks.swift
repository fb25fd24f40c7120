// Loading chunks, and what else the interpreter asks of a state before it runs them.

internal import CLua
package import CLuaBridge

extension LuaState {
  /// Compiles a chunk.
  ///
  /// Stack: [] -> [function].
  ///
  /// - Parameters:
  ///   - source: The text, or a binary chunk.
  ///   - name: What messages call it: `=name` or `@path`.
  /// - Throws: `.onTop` with the message.
  package func load(_ source: [UInt8], name: String) throws(LuaError) {
    let status = unsafe source.withUnsafeBytes { bytes in
      let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      return unsafe luaL_loadbufferx(pointer, start, bytes.count, name, nil)
    }
    if status != LUA_OK { throw .onTop }
  }

  /// Compiles a file.
  ///
  /// Stack: [] -> [function].
  ///
  /// - Parameter path: The path as the system has it; nil for standard input.
  /// - Throws: `.onTop` with the message.
  package func load(file path: [UInt8]?) throws(LuaError) {
    let status: Int32
    if let path {
      let name = path.map(CChar.init(bitPattern:)) + [0]
      status = unsafe luaL_loadfilex(pointer, name, nil)
    } else {
      status = unsafe luaL_loadfilex(pointer, nil, nil)
    }
    if status != LUA_OK { throw .onTop }
  }

  /// Makes an upvalue of one function the variable that is an upvalue of another.
  package func joinUpvalue(
    _ number: Int32, of function: Int32, with other: Int32, _ otherNumber: Int32
  ) {
    unsafe lua_upvaluejoin(pointer, function, number, other, otherNumber)
  }

  /// Stack: [value] -> [].
  package func setUpvalue(_ number: Int32, of function: Int32) {
    if unsafe lua_setupvalue(pointer, function, number) == nil { pop() }
  }

  /// Makes Lua's libraries ignore the environment.
  ///
  /// Must come before they are opened.
  package func ignoreEnvironment() {
    push(true)
    rawSet(LuaState.registry, "LUA_NOENV")
  }
}

/// Lua's version and copyright, as `lua -v` prints them.
package var luaCopyright: String { unsafe String(cString: cluabridge_copyright()) }
