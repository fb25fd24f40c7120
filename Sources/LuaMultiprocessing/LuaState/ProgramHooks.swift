// The hooks that a program has set itself, of a debugger or a profiler. Lua: `debug.sethook`.

internal import CLuaBridge

/// Keeps the program's own hooks while an interruption has its own in their place.
///
/// Those of the main coroutine and of the one that runs: an interruption replaces no others.
enum ProgramHooks {
  @safe private struct Hook {
    var state: OpaquePointer?
    var function: lua_Hook?
    var mask: Int32 = 0
    var count: Int32 = 0
  }

  // Safe because the program has one thread. Not a variable: a handler may interrupt its own reader.
  private nonisolated(unsafe) static let kept: UnsafeMutablePointer<Hook> = {
    let kept = UnsafeMutablePointer<Hook>.allocate(capacity: 2)
    unsafe kept.initialize(repeating: Hook(), count: 2)
    return unsafe kept
  }()

  /// Forgets what was kept; also makes room, before a handler may need it.
  static func forget() { for place in 0..<2 { unsafe kept[place] = Hook() } }

  /// Notes the hooks that an interruption is about to replace; safe in a signal handler.
  static func keep(of interpreter: UnsafeMutablePointer<cluabridge_interpreter>) {
    unsafe keep(interpreter.pointee.main, in: 0)
    unsafe keep(interpreter.pointee.running, in: 1)
  }

  private static func keep(_ state: OpaquePointer?, in place: Int) {
    guard let state = unsafe state else { return }
    let function = unsafe lua_gethook(state)
    if unsafe isOwn(function) {
      unsafe kept[place] = unsafe Hook(
        state: state, function: function, mask: lua_gethookmask(state),
        count: lua_gethookcount(state))
    } else if unsafe function == nil || kept[place].state != state {
      // The program has taken its hook away, or it is another coroutine.
      unsafe kept[place] = Hook()
    }
  }

  /// Puts the hooks back, where an interruption has been heard.
  ///
  /// A signal may come at any instant of this: whoever calls it then does what signals have asked for.
  static func restore(in state: LuaState) {
    let main = unsafe LuaMemory(of: state).interpreter.pointee.main
    let hooks = unsafe (kept[0], kept[1])
    forget()
    for hook in [hooks.0, hooks.1] {
      // Another coroutine than these may have been collected meanwhile.
      guard let owner = unsafe hook.state, unsafe owner == main || owner == state.pointer,
        // The program may have set another one.
        unsafe !isOwn(lua_gethook(owner))
      else { continue }
      unsafe lua_sethook(owner, hook.function, hook.mask, hook.count)
    }
  }

  /// Whether a hook is the program's own.
  private static func isOwn(_ function: lua_Hook?) -> Bool {
    guard let function = unsafe function else { return false }
    let ours: lua_Hook = unsafe cluabridge_interrupted
    return unsafe unsafeBitCast(function, to: Int.self) != unsafeBitCast(ours, to: Int.self)
  }
}
