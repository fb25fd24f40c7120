// The files that Lua's library made of C's `stdout` and `stderr`.

internal import CLua
internal import CLuaBridge

extension LuaState {
  /// Makes Lua's library write to what C's stream is now.
  func follow(_ stream: StandardStream) {
    guard let file = unsafe push(stream) else { return }
    unsafe file.pointee.f = unsafe stream.stream
    pop()
  }

  /// Puts `body` in the place of a method of files; upvalue 1 is Lua's own.
  func replaceFileMethod(_ name: StaticString, _ body: cluabridge_body) {
    let base = top
    defer { setTop(base) }
    guard unsafe push(.output) != nil, pushMetatable(-1), rawGet(-1, "__index") == .table,
      rawGet(-1, name) == .function
    else { return }
    push(body: body, upvalues: 1)
    rawSet(-2, name)
  }

  /// The same for a function of the library `io`.
  func replaceIOFunction(_ name: StaticString, _ body: cluabridge_body) {
    let base = top
    defer { setTop(base) }
    pushLoadedModules()
    guard rawGet(-1, "io") == .table, rawGet(-1, name) == .function else { return }
    push(body: body, upvalues: 1)
    rawSet(-2, name)
  }

  /// Whether the value at an index is Lua's file of a stream.
  func isFile(_ index: Int32, of stream: StandardStream) -> Bool {
    let index = absolute(index)
    guard unsafe push(stream) != nil else { return false }
    defer { pop() }
    return rawEqual(-1, index)
  }

  /// The file that Lua's library made of a stream.
  ///
  /// Stack: [] -> [file], when it is there.
  private func push(_ stream: StandardStream) -> UnsafeMutablePointer<luaL_Stream>? {
    let base = top
    let byteCount = unsafe MemoryLayout<luaL_Stream>.size
    pushLoadedModules()
    guard rawGet(-1, "io") == .table,
      rawGet(-1, stream == .output ? "stdout" : "stderr") == .userdata,
      rawLength(-1) == byteCount,
      let block = unsafe lua_touserdata(pointer, -1)
    else {
      setTop(base)
      return nil
    }
    replace(base + 1)
    setTop(base + 1)
    return unsafe block.assumingMemoryBound(to: luaL_Stream.self)
  }
}
