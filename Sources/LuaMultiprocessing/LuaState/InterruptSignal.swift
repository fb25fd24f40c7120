// SIGINT, turned into an error in Lua code.

internal import CLuaBridge
internal import Glibc

// Safe because the program has one thread; the signal handler only reads it, and it is set before the
// handler is installed.
nonisolated(unsafe) private var interrupted: UnsafeMutablePointer<cluabridge_interpreter>?

// Safe because the program has one thread, and the signal handler does not look at it.
nonisolated(unsafe) private var takenOver = false

/// The action of SIGINT.
enum InterruptSignal {
  /// Whether the action is somebody else's.
  static var isTakenOver: Bool {
    get { unsafe takenOver }
    set { unsafe takenOver = newValue }
  }

  /// Makes the next SIGINT raise `body`'s error in the Lua code of `state`'s interpreter; after that
  /// one the signal kills again.
  static func handle(in state: LuaState, _ body: cluabridge_body) {
    let interpreter = unsafe LuaMemory(of: state).interpreter
    unsafe interpreter.pointee.on_interrupt = body
    unsafe interrupted = unsafe interpreter
    setAction { signal in
      setAction(SIG_DFL)
      if let interpreter = unsafe interrupted { unsafe cluabridge_interrupt(interpreter) }
    }
  }

  /// Makes SIGINT kill the process.
  static func kill() { setAction(SIG_DFL) }
}

private func setAction(_ handler: (@convention(c) (Int32) -> Void)?) {
  var action = sigaction()
  unsafe action.__sigaction_handler.sa_handler = handler
  _ = unsafe sigaction(SIGINT, &action, nil)
}
