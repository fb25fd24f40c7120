// Standard output by whole lines, and standard error above what is drawn at the bottom of a terminal, once
// a script has started a process.

internal import CLuaBridge
internal import Multiprocessing

/// The streams for which the script has chosen a buffer itself.
private let buffered = SingleThreaded<Set<StandardStream>>([])

extension LuaState {
  /// From now on each line that this program or a child prints reaches the descriptor in one piece.
  ///
  /// A script that chose a buffer with `io.stdout:setvbuf` or `io.stderr:setvbuf` keeps it.
  func writeWholeLines() throws(LuaError) {
    if !buffered.value.contains(.error), StandardError.replaceStream() { follow(.error) }
    guard !buffered.value.contains(.output), !Output.isUnbuffered else { return }
    let isReplaced = try lifting { () throws(MultiprocessingError) in
      try Output.replaceStandardOutput()
    }
    if isReplaced { follow(.output) }
  }

  /// Notes when the script chooses a buffer, and when it flushes part of a line.
  func watchOutput() {
    replaceFileMethod("setvbuf") { $0.run(setBuffer) }
    replaceFileMethod("flush") { $0.run(flushFile) }
    replaceIOFunction("flush") { $0.run(flushOutput) }
  }

  /// Calls Lua's own function, upvalue 1, with the arguments of the running one.
  fileprivate func continuingWithOriginal() -> Int32 {
    let arguments = top
    copy(upvalue(1))
    insert(1)
    return continuing(arguments: arguments)
  }
}

/// Lua: `file:setvbuf(…)`, which also notes the choice.
///
/// Upvalue: Lua's own function.
private func setBuffer(_ state: LuaState) throws(LuaError) -> Int32 {
  for stream in [StandardStream.output, .error] where state.isFile(1, of: stream) {
    buffered.value.insert(stream)
  }
  return state.continuingWithOriginal()
}

/// Lua: `file:flush()`, which also writes out a part of a line that was held back.
private func flushFile(_ state: LuaState) throws(LuaError) -> Int32 {
  if state.isFile(1, of: .output) { flushHeld() }
  return state.continuingWithOriginal()
}

/// Lua: `io.flush()`.
private func flushOutput(_ state: LuaState) throws(LuaError) -> Int32 {
  flushHeld()
  return state.continuingWithOriginal()
}

/// The C library gives out a buffer that is just full in the same way whether it was flushed or has
/// run over.
private func flushHeld() {
  StandardStream.output.flush()
  Output.writeHeld()
}
