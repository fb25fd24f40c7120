// Errors on their way from a Swift body to Lua.

internal import CLua
package import CLuaBridge

/// Why a Swift body failed.
///
/// `LuaState.run` turns it into the error value that Lua raises.
package enum LuaError: Error {
  /// The error value is on top of the stack already: a Lua error that passes through.
  case onTop
  /// An error object of the class is to be made.
  case object(ErrorClass, String)
  /// The same for a failed system call, with its error number.
  case system(ErrorClass, String, errno: Int32)
  /// A bad argument: its number, counting from 1, and what is wrong with it. The function's name is
  /// found when the error is raised.
  case argument(Int32, String)
  /// A signal ended a wait: `KeyboardInterrupt` or `Terminated`, made when no lock of the runtime is
  /// held any more.
  case interrupted
  /// Out of memory: what Lua itself raises then.
  case memory

  /// An error object of class `RuntimeError`.
  package static func runtime(_ message: String) -> LuaError { .object(.runtimeError, message) }
  package static func type(_ message: String) -> LuaError { .object(.typeError, message) }
  package static func value(_ message: String) -> LuaError { .object(.valueError, message) }
}

extension LuaState {
  /// Runs a body for the C trampoline: its result count, or -1 with the error value on top.
  @inline(__always)
  package func run(_ body: (LuaState) throws(LuaError) -> Int32) -> Int32 {
    do {
      let results = try body(self)
      assert(results <= top, "a body returned \(results) of \(top) values")
      return results
    } catch {
      push(error)
      return -1
    }
  }

  /// Pushes the value that Lua raises for `error`.
  @inline(never)
  package func push(_ error: LuaError) {
    if case .onTop = error { return }
    // The body may have used all the room that it had.
    if !hasStack(40) { setTop(0) }
    switch error {
    case .onTop: break
    case .object(let errorClass, let message): push(errorClass, message)
    case .system(let errorClass, let message, let errno): push(errorClass, message, errno: errno)
    case .argument(let number, let problem): push(.typeError, argumentMessage(number, problem))
    case .interrupted: pushInterruption()
    case .memory: push(literal: "not enough memory")
    }
  }

  /// `bad argument #1 to 'put' (…)`, with the name under which the running function was called.
  private func argumentMessage(_ number: Int32, _ problem: String) -> String {
    var number = number
    var frame = unsafe lua_Debug()
    let name = unsafe functionName(&frame) ?? "?"
    if let kind = unsafe frame.namewhat, unsafe String(cString: kind) == "method" {
      number -= 1
      if number == 0 { return "calling '\(name)' on bad self (\(problem))" }
    }
    return "bad argument #\(number) to '\(name)' (\(problem))"
  }

  /// The name under which Lua code called the running function, if it can be told.
  func functionName() -> String? {
    var frame = unsafe lua_Debug()
    return unsafe functionName(&frame)
  }

  private func functionName(_ frame: inout lua_Debug) -> String? {
    guard unsafe lua_getstack(pointer, 0, &frame) != 0,
      unsafe lua_getinfo(pointer, "n", &frame) != 0,
      let name = unsafe frame.name
    else { return nil }
    return unsafe String(cString: name)
  }
}
