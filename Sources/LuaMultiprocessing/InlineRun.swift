// A process that is none: its target runs in the process that starts it. Python:
// `multiprocessing.dummy`, where it runs in a thread.

internal import CLuaBridge
internal import Multiprocessing

/// Runs processes of the context `inline`, for debugging: nothing happens at the same time, and a
/// `print` or a hook is in the one process that there is.
///
/// An uncaught error is reported as a child's, and gives the exit code 1. `os.exit` ends the target
/// alone, by an error that a `pcall` there would catch. Who waits in the target for what the rest of
/// the program is to do waits for itself.
enum InlineRun {
  private struct State {
    var depth = 0
    var exitCode: Int32?
  }

  private static let state = SingleThreaded(State())

  /// Whether the code that runs is an inline process's.
  static var isRunning: Bool { state.value.depth > 0 }

  /// Says that none is, in a child that one has started: it is a process of its own.
  static func forget() { state.value = State() }

  /// The error by which `os.exit` leaves the target.
  static func exit(_ code: Int32, _ lua: LuaState) -> LuaError {
    state.value.exitCode = code
    return .runtime(exitMessage(code))
  }

  private static func exitMessage(_ code: Int32) -> String {
    "os.exit(\(code)) in a process of the context 'inline'"
  }

  /// The code of the `os.exit` whose error is on top of the stack; nil for another error.
  private static func takeExitCode(_ lua: LuaState) -> Int32? {
    guard let code = state.value.exitCode else { return nil }
    state.value.exitCode = nil
    guard lua.isError(-1, .runtimeError) else { return nil }
    lua.rawGet(-1, "message")
    defer { lua.pop() }
    return lua.string(-1) == exitMessage(code) ? code : nil
  }

  /// Runs the process at an index, to its end.
  ///
  /// - Throws: What a signal raised: it is meant for the program.
  static func run(_ process: Process, at index: Int32, _ lua: LuaState) throws(LuaError) {
    var interruption: LuaError?
    let base = lua.top
    lua.rawGet(LuaState.registry, "multiprocessing.current")
    try lua.lifting { () throws(MultiprocessingError) in
      try process.runInline { call(process, at: index, lua, &interruption) }
    }
    lua.copy(base + 1)
    lua.rawSet(LuaState.registry, "multiprocessing.current")
    if let interruption { throw interruption }
    lua.setTop(base)
  }

  /// Runs a task of the context's pool.
  ///
  /// - Throws: What the task raised; of `os.exit` an error that says so.
  static func runTask(_ body: () throws(LuaError) -> Void) throws(LuaError) {
    state.value.depth += 1
    defer {
      state.value.depth -= 1
      state.value.exitCode = nil
    }
    try body()
  }

  private static func call(
    _ process: Process, at index: Int32, _ lua: LuaState, _ interruption: inout LuaError?
  ) -> Int32 {
    state.value.depth += 1
    defer { state.value.depth -= 1 }
    lua.copy(index)
    lua.rawSet(LuaState.registry, "multiprocessing.current")
    Logger.log(.info, "child process calling self.run()")
    lua.pushProcessMethod(index, "run")
    lua.copy(index)
    var code: Int32 = 0
    do throws(LuaError) {
      try lua.call(arguments: 1, results: 0, handler: { $0.run(childErrorHandler) })
      // Caught in the target: it went on.
      state.value.exitCode = nil
    } catch {
      if let code = takeExitCode(lua) { return code }
      code = 1
      if Interrupt.isRaised(lua) { interruption = error } else { Bootstrap.printUncaught(lua) }
    }
    Logger.log(.info, "process exiting with exitcode \(code)")
    return code
  }
}
