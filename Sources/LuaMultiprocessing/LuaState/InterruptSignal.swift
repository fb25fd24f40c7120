// SIGINT, turned into an error in Lua code.

internal import CLuaBridge
internal import Glibc
internal import Synchronization

// Safe because the program has one thread; the signal handlers only read it, and it is set before
// they are installed.
nonisolated(unsafe) private var interrupted: UnsafeMutablePointer<cluabridge_interpreter>?

/// Whether a signal came that nobody has answered, and when the last one did, in nanoseconds.
private let pending = Atomic<Bool>(false)
private let lastSignal = Atomic<Int>(0)

/// How soon after the last one a signal kills, in nanoseconds.
private let patience = 1_000_000_000

/// The action of SIGINT.
enum InterruptSignal {
  /// Makes the next SIGINT raise `body`'s error in the Lua code of `state`'s interpreter; after that
  /// one the signal kills again.
  static func handleFirst(in state: LuaState, _ body: cluabridge_body) {
    prepare(state, body)
    setAction { _ in
      setAction(SIG_DFL)
      if let interpreter = unsafe interrupted { unsafe cluabridge_interrupt(interpreter) }
    }
  }

  /// Makes each SIGINT call `body` in the Lua code that runs, and end the wait that runs.
  ///
  /// One that comes within a second of the last one kills.
  static func handleAll(in state: LuaState, _ body: cluabridge_body) {
    prepare(state, body)
    setAction { _ in
      var time = timespec()
      _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
      let last = lastSignal.exchange(now, ordering: .relaxed)
      if last != 0, now - last < patience {
        setAction(SIG_DFL)
        _ = raise(SIGINT)
      }
      pending.store(true, ordering: .relaxed)
      if let interpreter = unsafe interrupted { unsafe cluabridge_interrupt(interpreter) }
    }
  }

  /// Whether a signal came that nobody has answered; it is answered by this.
  static func takePending() -> Bool { pending.exchange(false, ordering: .relaxed) }

  /// Notes that a coroutine runs from now on, in a new child: no signal has come for it.
  static func run(in coroutine: LuaState) {
    unsafe LuaMemory(of: coroutine).interpreter.pointee.running = unsafe coroutine.pointer
    pending.store(false, ordering: .relaxed)
    lastSignal.store(0, ordering: .relaxed)
  }

  /// Makes SIGINT kill the process.
  static func kill() { setAction(SIG_DFL) }

  /// Ends the process by SIGINT.
  static func endProcess() -> Never {
    setAction(SIG_DFL)
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    _ = unsafe sigaddset(&signals, SIGINT)
    _ = unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
    _ = raise(SIGINT)
    _exit(130)
  }

  private static func prepare(_ state: LuaState, _ body: cluabridge_body) {
    let interpreter = unsafe LuaMemory(of: state).interpreter
    unsafe interpreter.pointee.on_interrupt = body
    unsafe interrupted = unsafe interpreter
  }
}

private func setAction(_ handler: (@convention(c) (Int32) -> Void)?) {
  var action = sigaction()
  unsafe action.__sigaction_handler.sa_handler = handler
  _ = unsafe sigaction(SIGINT, &action, nil)
}
