// Lua's standard output by whole lines.

internal import CLua
internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// From now on each line that this program or a child prints reaches the descriptor in one piece.
  /// A script that chose a buffer with `io.stdout:setvbuf` keeps it.
  func writeWholeLines() throws(LuaError) {
    guard !OutputChoice.isMade.value, !Output.isUnbuffered else { return }
    let stream = try lifting { () throws(MultiprocessingError) in
      try Output.replaceStandardOutput()
    }
    guard let stream, let file = unsafe pushStandardOutput() else { return }
    unsafe file.pointee.f = unsafe stream.pointer.assumingMemoryBound(to: FILE.self)
    pop()
  }

  /// Notes when the script chooses a buffer for standard output itself.
  func watchBufferChoice() {
    let base = top
    defer { setTop(base) }
    guard unsafe pushStandardOutput() != nil, pushMetatable(-1), rawGet(-1, "__index") == .table,
      rawGet(-1, "setvbuf") == .function
    else { return }
    push(body: { $0.run(setBuffer) }, upvalues: 1)
    rawSet(-2, "setvbuf")
  }

  /// The file that Lua's library made of `stdout`. Stack: [] -> [file], when it is there.
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

private enum OutputChoice {
  static let isMade = SingleThreaded(false)
}

/// `file:setvbuf(…)`, which also notes the choice. Upvalue: Lua's own function.
private func setBuffer(_ state: LuaState) throws(LuaError) -> Int32 {
  let arguments = state.top
  state.pushLoadedModules()
  if state.rawGet(-1, "io") == .table, state.rawGet(-1, "stdout") == .userdata,
    state.rawEqual(-1, 1)
  {
    OutputChoice.isMade.value = true
  }
  state.setTop(arguments)
  state.copy(state.upvalue(1))
  state.insert(1)
  return state.continuing(arguments: arguments)
}
