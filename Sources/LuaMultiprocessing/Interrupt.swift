// Ctrl-C: what SIGINT does before and after the module `multiprocessing` is loaded.

package import CLuaBridge
internal import Multiprocessing

/// What SIGINT does.
///
/// Without the module it is what Lua's own interpreter does: the first one raises "interrupted!", the
/// next one kills. With the module it raises `KeyboardInterrupt`, also in the middle of any wait, and
/// a second one within a second kills.
package enum Interrupt {
  private struct State {
    var isTakenOver = false
    var isArmed = false
    var isSilent = true
    var endsBySignal = false
  }

  private static let state = SingleThreaded(State())

  /// Makes SIGINT raise an error in the Lua code that runs, in a coroutine too.
  package static func arm(_ lua: LuaState) {
    state.value.isArmed = true
    if state.value.isTakenOver {
      InterruptSignal.handleAll(in: lua) { $0.run(raiseKeyboardInterrupt) }
    } else {
      InterruptSignal.handleFirst(in: lua) { $0.run(raiseInterrupted) }
    }
  }

  /// Stops listening to signals: the interpreter is gone.
  static func forget() {
    disarm()
    Interruption.handler = nil
  }

  /// Makes SIGINT kill the process.
  package static func disarm() {
    state.value.isArmed = false
    InterruptSignal.kill()
    // One that came in the last moment is not for what runs next.
    _ = InterruptSignal.takePending()
  }

  /// Called when the module is loaded: from now on `KeyboardInterrupt` is raised, in waits too.
  static func takeOver(_ lua: LuaState) {
    state.value.isTakenOver = true
    if state.value.isArmed { arm(lua) }
    Interruption.handler = { () throws(MultiprocessingError) in
      if InterruptSignal.takePending() { throw .interrupted }
    }
  }

  /// Puts things right in a new child, whose Lua code runs in a coroutine of its own.
  static func enterChild(_ child: LuaState) {
    state.value.isSilent = true
    state.value.endsBySignal = false
    InterruptSignal.run(in: child)
    arm(child)
  }

  /// Whether the error on top of the stack is a `KeyboardInterrupt`, which then ends the process by
  /// SIGINT.
  package static func isUncaught(_ lua: LuaState) -> Bool {
    guard lua.isError(-1, .keyboardInterrupt) else { return false }
    endsBySignal = true
    return true
  }

  /// Whether the last `KeyboardInterrupt` came from the terminal, not from `p:interrupt()`.
  static var isSilent: Bool { state.value.isSilent }

  /// Whether nobody caught an interruption, so that the process is to end by SIGINT: then whoever
  /// started it, a shell's loop for example, stops too.
  package static var endsBySignal: Bool {
    get { state.value.endsBySignal }
    set { state.value.endsBySignal = newValue }
  }

  /// Ends the process by SIGINT if nobody caught an interruption.
  ///
  /// What stdio holds is written before.
  package static func endBySignalIfUncaught() {
    guard endsBySignal else { return }
    Output.flush()
    ExitSequence.leave(isQuiet: true)
    InterruptSignal.endProcess()
  }

  fileprivate static func noteSender() {
    let isRequested = Board.flags(of: Board.identity).contains(.interruptRequested)
    if isRequested { Board.remove(.interruptRequested, of: Board.identity) }
    state.value.isSilent = !isRequested
  }
}

extension LuaState {
  /// Stack: [] -> [error].
  func pushKeyboardInterrupt() {
    Interrupt.noteSender()
    push(.keyboardInterrupt, "")
    // Lua code that a hook interrupted is itself at level 0; a function of ours that waited is not.
    guard let place = place(level: 0) else { return }
    push(place)
    rawSet(-2, "where")
  }
}

private func raiseInterrupted(_ state: LuaState) throws(LuaError) -> Int32 {
  let place = state.place(level: 1).map { "\($0): " } ?? ""
  state.push("\(place)interrupted!")
  throw .onTop
}

private func raiseKeyboardInterrupt(_ state: LuaState) throws(LuaError) -> Int32 {
  // A wait may have taken the signal already.
  if InterruptSignal.takePending() { throw .interrupted }
  return 0
}
