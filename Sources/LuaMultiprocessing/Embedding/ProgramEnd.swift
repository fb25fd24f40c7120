// What is left to do when a host's program ends without closing its runtime.

internal import Glibc
internal import Multiprocessing

/// The end of a program that embeds Lua.
enum ProgramEnd {
  private struct State {
    weak var runtime: LuaRuntime?
    /// The process that made the runtime; 0 before.
    var pid: Int32 = 0
  }

  private static let state = SingleThreaded(State())

  /// Whether this is not the process that made the runtime.
  static var isElsewhere: Bool { state.value.pid != getpid() }

  /// Joins the children of a runtime when the program ends, as Python does.
  static func watch(_ runtime: LuaRuntime) {
    if state.value.pid != getpid() { atexit { ProgramEnd.leave() } }
    state.value = State(runtime: runtime, pid: getpid())
  }

  /// The interpreter stays: `exit` may have been called in the midst of it.
  private static func leave() {
    guard !isElsewhere else { return }
    if let runtime = state.value.runtime, runtime.isOpen { runtime.finishProgram() }
    ExitSequence.leave(isQuiet: Interrupt.endingSignal != nil)
  }
}
