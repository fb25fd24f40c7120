// The file that Lua's library made of C's `stdout`.

internal import CLua
internal import CLuaBridge

extension LuaState {
  /// Makes Lua's library write to what C's `stdout` is now.
  func followStandardOutput() {
    guard let file = unsafe pushStandardOutput() else { return }
    unsafe file.pointee.f = unsafe StandardStream.output.stream
    pop()
  }

  /// Calls `choice` before the script chooses a buffer for a file by `file:setvbuf`.
  ///
  /// The file is at index 1 then; the choice's results are dropped.
  func watchBufferChoice(_ choice: cluabridge_body) {
    let base = top
    defer { setTop(base) }
    guard unsafe pushStandardOutput() != nil, pushMetatable(-1), rawGet(-1, "__index") == .table,
      rawGet(-1, "setvbuf") == .function
    else { return }
    push(body: choice, upvalues: 1)
    rawSet(-2, "setvbuf")
  }

  /// Whether the value at an index is Lua's standard output.
  func isStandardOutput(_ index: Int32) -> Bool {
    let index = absolute(index)
    guard unsafe pushStandardOutput() != nil else { return false }
    defer { pop() }
    return rawEqual(-1, index)
  }

  /// The file that Lua's library made of `stdout`.
  ///
  /// Stack: [] -> [file], when it is there.
  private func pushStandardOutput() -> UnsafeMutablePointer<luaL_Stream>? {
    let base = top
    let byteCount = unsafe MemoryLayout<luaL_Stream>.size
    pushLoadedModules()
    guard rawGet(-1, "io") == .table, rawGet(-1, "stdout") == .userdata,
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
