// Standard output by whole lines, once a script has started a process.

internal import CLuaBridge
internal import Multiprocessing

/// Whether the script has chosen a buffer for standard output itself.
private let isBufferChosen = SingleThreaded(false)

extension LuaState {
  /// From now on each line that this program or a child prints reaches the descriptor in one piece.
  ///
  /// A script that chose a buffer with `io.stdout:setvbuf` keeps it.
  func writeWholeLines() throws(LuaError) {
    guard !isBufferChosen.value, !Output.isUnbuffered else { return }
    let isReplaced = try lifting { () throws(MultiprocessingError) in
      try Output.replaceStandardOutput()
    }
    if isReplaced { followStandardOutput() }
  }

  /// Notes when the script chooses a buffer.
  func watchBufferChoice() { watchBufferChoice { $0.run(setBuffer) } }
}

/// Lua: `file:setvbuf(…)`, which also notes the choice.
///
/// Upvalue: Lua's own function.
private func setBuffer(_ state: LuaState) throws(LuaError) -> Int32 {
  if state.isStandardOutput(1) { isBufferChosen.value = true }
  let arguments = state.top
  state.copy(state.upvalue(1))
  state.insert(1)
  return state.continuing(arguments: arguments)
}
