// Ctrl-C, SIGTERM and Ctrl-\: what they do before and after the module `multiprocessing` is loaded.

package import CLuaBridge
internal import Glibc
internal import Multiprocessing

/// What the signals do.
///
/// Without the module SIGINT is what it is in Lua's own interpreter: the first one raises
/// "interrupted!", the next one kills; all others have their default action. With the module SIGINT
/// raises `KeyboardInterrupt`, also in the middle of any wait; SIGTERM raises `Terminated` in the
/// main process; SIGQUIT prints what the processes of the tree do. A second one of a kind within a
/// second kills. `StackQuestion` is answered to who asks, any number of times.
package enum Interrupt {
  private struct State {
    var isTakenOver = false
    var isArmed = false
    var isSilent = true
    var hasRaised = false
    var isTermination = false
    var isTaskStop = false
    var endingSignal: Int32?
  }

  private static let state = SingleThreaded(State())

  /// Makes SIGINT raise an error in the Lua code that runs, in a coroutine too.
  package static func arm(_ lua: LuaState) {
    state.value.isArmed = true
    if state.value.isTakenOver {
      InterruptSignal.handleAll(in: lua) { $0.run(answerSignals) }
    } else {
      InterruptSignal.handleFirst(in: lua) { $0.run(raiseInterrupted) }
    }
  }

  /// Stops listening to signals: the interpreter is about to be closed.
  static func forget() {
    state.value.isArmed = false
    // No Lua code runs from now on that could be told of.
    StackQuestion.ignore()
    InterruptSignal.forgetInterpreter()
    Interruption.handler = nil
    Interruption.isPending = { false }
    Interruption.lastTime = { 0 }
  }

  /// Makes SIGINT kill the process, and SIGTERM too.
  package static func disarm() {
    state.value.isArmed = false
    InterruptSignal.kill()
  }

  /// Runs `body` with SIGINT raising an error in Lua code; then the action is the program's own again.
  static func during(
    _ lua: LuaState, _ body: () throws(LuaError) -> Void
  ) throws(LuaError) {
    let action = InterruptSignal.Action()
    arm(lua)
    defer {
      disarm()
      action.restore()
    }
    try body()
  }

  /// Called when the module is loaded: from now on the signals are answered as above, in waits too.
  static func takeOver(_ lua: LuaState) {
    state.value.isTakenOver = true
    // Lua code in which SIGINT kills answers the other signals too.
    InterruptSignal.prepare(lua) { $0.run(answerSignals) }
    if state.value.isArmed { arm(lua) }
    InterruptSignal.handleAll(
      of: InterruptSignal.Tree(
        isPassedOn: { Board.takeOwn(.stackRequested) },
        endOthers: { atOnce in if Board.isRoot { Board.signalOthers(atOnce ? SIGKILL : SIGTERM) } }
      ))
    Board.insert(.showsStack, of: Board.identity)
    StackQuestion.hear { InterruptSignal.requestStackTelling() }
    Interruption.handler = { (wait) throws(MultiprocessingError) in
      if answer({ "waits: \(wait().description)" }) { throw .interrupted }
    }
    Interruption.isPending = { InterruptSignal.isPending }
    Interruption.lastTime = { InterruptSignal.lastInterruptTime }
  }

  /// Puts things right in a new child, whose Lua code runs in a coroutine of its own.
  static func enterChild(_ child: LuaState) {
    state.value.isSilent = true
    state.value.hasRaised = false
    state.value.isTermination = false
    state.value.isTaskStop = false
    state.value.endingSignal = nil
    InterruptSignal.run(in: child)
    StackQuestion.forget()
    arm(child)
    Board.insert(.showsStack, of: Board.identity)
  }

  /// Whether a signal that nothing has answered yet asks for an error; it is answered by this.
  static var isDue: Bool { answer({ "runs" }) }

  /// Does what signals have asked for.
  ///
  /// - Parameter doing: What the process does, in words.
  /// - Returns: Whether an error is to be raised.
  fileprivate static func answer(_ doing: () -> String) -> Bool {
    let asked = InterruptSignal.takePending()
    if asked.contains(.showStack) { StackReport.show(doing()) }
    if asked.contains(.tellStack) { StackReport.tell(StackQuestion.takeAskers(), doing()) }
    if asked.contains(.terminate) { state.value.isTermination = true }
    if asked.contains(.stopTask) { state.value.isTaskStop = true }
    return !asked.isDisjoint(with: [.terminate, .interrupt, .stopTask])
  }

  /// Notes by which signal the error on top of the stack ends the process if nobody catches it:
  /// SIGINT for a `KeyboardInterrupt`, SIGTERM for `Terminated`; nil for another one.
  package static func noteUncaught(_ lua: LuaState) -> Int32? {
    if lua.isError(-1, .terminated) {
      state.value.endingSignal = SIGTERM
    } else if lua.isError(-1, .keyboardInterrupt) {
      // Who was terminated before stays so.
      state.value.endingSignal = state.value.endingSignal ?? SIGINT
    } else {
      return nil
    }
    return state.value.endingSignal
  }

  /// Whether the error on top of the stack is one that a signal raises.
  static func isRaised(_ lua: LuaState) -> Bool {
    lua.isError(-1, .keyboardInterrupt) || lua.isError(-1, .terminated)
  }

  /// Whether the error on top of the stack is one that a signal raises, the one that stops a task
  /// included.
  static func isSignalled(_ lua: LuaState) -> Bool {
    isRaised(lua)
      || TaskAlarm.reason != nil
        && (lua.isError(-1, .timeoutError) || lua.isError(-1, .cancelledError))
  }

  /// Whether the error on top of the stack is the one that SIGTERM raises.
  package static func isTermination(_ lua: LuaState) -> Bool { lua.isError(-1, .terminated) }

  /// Whether the last `KeyboardInterrupt` came from the terminal, not from `p:interrupt()`.
  static var isSilent: Bool { state.value.isSilent }

  /// Whether the error on top of the stack is one that a Ctrl-C has raised, and no call of `error`.
  static func isTyped(_ lua: LuaState) -> Bool {
    state.value.hasRaised && isSilent && lua.isError(-1, .keyboardInterrupt)
  }

  /// By which signal the process is to end because nobody caught its error: then whoever started it,
  /// a shell's loop for example, knows why, and stops too.
  package static var endingSignal: Int32? { state.value.endingSignal }

  /// Whether nobody caught the error that SIGTERM raised.
  package static var isTerminated: Bool { endingSignal == SIGTERM }

  /// Ends the process by the signal whose error nobody caught, if there was one.
  ///
  /// What stdio holds is written before.
  package static func endBySignalIfUncaught() {
    guard let signal = endingSignal else { return }
    Output.flush()
    ExitSequence.leave(isQuiet: true)
    InterruptSignal.endProcess(by: signal)
  }

  /// The class of the error to raise for the signal that came last.
  fileprivate static func takeErrorClass() -> ErrorClass {
    if state.value.isTaskStop {
      state.value.isTaskStop = false
      if let reason = TaskAlarm.reason {
        return reason == .cancel ? .cancelledError : .timeoutError
      }
    }
    if state.value.isTermination {
      state.value.isTermination = false
      return .terminated
    }
    state.value.hasRaised = true
    state.value.isSilent = !Board.takeOwn(.interruptRequested)
    return .keyboardInterrupt
  }
}

extension LuaState {
  /// Pushes the error that a signal raises.
  ///
  /// Stack: [] -> [error].
  func pushInterruption() {
    let errorClass = Interrupt.takeErrorClass()
    let messages: [ErrorClass: String] = [
      .terminated: "by SIGTERM", .timeoutError: "the task took longer than its timeout",
      .cancelledError: "the task was cancelled",
    ]
    push(errorClass, messages[errorClass] ?? "")
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

private func answerSignals(_ state: LuaState) throws(LuaError) -> Int32 {
  ProgramHooks.restore(in: state)
  // A wait may have answered already.
  if Interrupt.answer({ "runs" }) { throw .interrupted }
  return 0
}
