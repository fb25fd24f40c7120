// Signals, noted by their handlers and answered where it is safe: in a wait, or in Lua code.

internal import CLuaBridge
internal import Glibc
internal import Synchronization

/// What signals have asked for.
struct SignalRequests: OptionSet {
  let rawValue: UInt32

  /// SIGINT: an error is to be raised.
  static let interrupt = SignalRequests(rawValue: 1)
  /// SIGTERM: the same, for good.
  static let terminate = SignalRequests(rawValue: 2)
  /// SIGQUIT: the process is to print what it does, and go on.
  static let showStack = SignalRequests(rawValue: 4)
  /// The task that a pool's worker runs is to end.
  static let stopTask = SignalRequests(rawValue: 8)
  /// Somebody from outside asks what the process does.
  static let tellStack = SignalRequests(rawValue: 16)
}

// Safe because the program has one thread; the signal handlers only read it, and it is set before
// they are installed or in one step.
nonisolated(unsafe) private var interrupted: UnsafeMutablePointer<cluabridge_interpreter>?
// Safe because it is set before the handlers that read it are installed.
nonisolated(unsafe) private var tree: InterruptSignal.Tree?
// Safe because the program has one thread, and no handler reads it.
nonisolated(unsafe) private var baseCoroutine: OpaquePointer?

/// What was asked for and not answered yet, and whether Lua code may be interrupted.
private let pending = Atomic<UInt32>(0)
private let isListening = Atomic<Bool>(false)
/// When the last signal of each kind came, in nanoseconds.
private let lastInterrupt = Atomic<Int>(0)
private let lastTermination = Atomic<Int>(0)
private let lastQuit = Atomic<Int>(0)

/// How soon after the last one a signal kills, in nanoseconds.
private let patience = 1_000_000_000

/// The actions of SIGINT, SIGTERM, SIGQUIT and SIGPIPE.
enum InterruptSignal {
  /// What handlers need to know of the other processes; safe in a signal handler.
  struct Tree {
    /// Whether the SIGQUIT that came was passed on by the process that began the tree.
    let isPassedOn: @convention(c) () -> Bool
    /// Ends the processes that this one must not leave behind: at once, or as it ends itself.
    let endOthers: @convention(c) (_ atOnce: Bool) -> Void
  }

  /// What SIGINT does at a time.
  struct Action {
    private var action = sigaction()

    /// Notes what it does now.
    init() { _ = unsafe sigaction(SIGINT, nil, &action) }

    /// Makes it do that again.
    func restore() {
      var action = action
      _ = unsafe sigaction(SIGINT, &action, nil)
    }
  }

  /// Makes the next SIGINT raise `body`'s error in the Lua code of `state`'s interpreter; after that
  /// one the signal kills again.
  static func handleFirst(in state: LuaState, _ body: cluabridge_body) {
    prepare(state, body)
    setAction(SIGINT) { _ in
      setAction(SIGINT, SIG_DFL)
      if let interpreter = unsafe interrupted { unsafe cluabridge_interrupt(interpreter) }
    }
  }

  /// Makes each SIGINT call `body` in the Lua code that runs, and end the wait that runs.
  ///
  /// One that comes within a second of the last one kills.
  static func handleAll(in state: LuaState, _ body: cluabridge_body) {
    prepare(state, body)
    isListening.store(true, ordering: .relaxed)
    setAction(SIGINT) { signal in note(signal, .interrupt, lastInterrupt) }
  }

  /// Makes SIGQUIT call the body too, SIGTERM if the process begins a tree, and lets none of its
  /// children outlive it when SIGTERM or SIGPIPE kills it.
  ///
  /// Who started the program may have made it ignore SIGTERM or SIGPIPE: it then still does.
  static func handleAll(of newTree: Tree) {
    unsafe tree = newTree
    // Reads and writes of other C code go on as if nothing had happened. Waits of ours end all the
    // same: calls with a time limit are not restarted, but for waits on two words, whose slices end soon.
    setAction(SIGQUIT, flags: SA_RESTART) { signal in
      let before = errno
      if unsafe tree?.isPassedOn() == true {
        request(.showStack)
      } else {
        note(signal, .showStack, lastQuit)
      }
      errno = before
    }
    if !isIgnored(SIGTERM) {
      setAction(SIGTERM) { signal in
        guard isListening.load(ordering: .relaxed) else { return die(signal, atOnce: false) }
        note(signal, .terminate, lastTermination)
      }
    }
    if !isIgnored(SIGPIPE) { setAction(SIGPIPE) { signal in die(signal, atOnce: false) } }
  }

  /// Asks the task that a pool's worker runs to end; safe in a signal handler.
  static func requestTaskStop() { request(.stopTask) }

  /// Takes that back: the task has ended.
  static func dropTaskStop() {
    pending.bitwiseAnd(~SignalRequests.stopTask.rawValue, ordering: .relaxed)
  }

  /// Has the process look who asks from outside what it does; safe in a signal handler.
  static func requestStackTelling() { request(.tellStack) }

  /// Whether a signal asked for an error that nothing has raised yet.
  static var isPending: Bool {
    let asked = SignalRequests(rawValue: pending.load(ordering: .relaxed))
    return !asked.isDisjoint(with: [.terminate, .interrupt])
  }

  /// When the last SIGINT came, in nanoseconds of the monotonic clock; 0 for never.
  static var lastInterruptTime: UInt64 { UInt64(lastInterrupt.load(ordering: .relaxed)) }

  /// What was asked for and not answered yet; it is answered by this.
  static func takePending() -> SignalRequests {
    SignalRequests(rawValue: pending.exchange(0, ordering: .relaxed))
  }

  /// Notes that a coroutine runs from now on, in a new child: no signal has come for it, and SIGTERM
  /// and SIGPIPE are no business of its own.
  static func run(in coroutine: LuaState) {
    unsafe LuaMemory(of: coroutine).interpreter.pointee.running = unsafe coroutine.pointer
    unsafe baseCoroutine = unsafe coroutine.pointer
    pending.store(0, ordering: .relaxed)
    lastInterrupt.store(0, ordering: .relaxed)
    lastTermination.store(0, ordering: .relaxed)
    lastQuit.store(0, ordering: .relaxed)
    for signal in [SIGTERM, SIGPIPE] where !isIgnored(signal) { setAction(signal, SIG_DFL) }
  }

  /// The coroutine that runs now, and the one that the process began in.
  ///
  /// One entry if they are the same, none once the interpreter is closed.
  static var coroutines: [LuaState] {
    guard let interpreter = unsafe interrupted, let main = unsafe interpreter.pointee.main else {
      return []
    }
    let base = unsafe baseCoroutine ?? main
    let running = unsafe interpreter.pointee.running ?? base
    let all = unsafe running == base ? [running] : [running, base]
    return unsafe all.map { unsafe LuaState(pointer: $0) }
  }

  /// The coroutine that the process began in.
  static func base(of state: LuaState) -> LuaState {
    let interpreter = unsafe LuaMemory(of: state).interpreter
    return unsafe LuaState(pointer: baseCoroutine ?? interpreter.pointee.main ?? state.pointer)
  }

  /// Makes SIGINT kill the process, and SIGTERM too.
  ///
  /// A SIGINT that came in the last moment is not for what runs next; the others stay due.
  static func kill() {
    isListening.store(false, ordering: .relaxed)
    setAction(SIGINT, SIG_DFL)
    pending.bitwiseAnd(~SignalRequests.interrupt.rawValue, ordering: .relaxed)
  }

  /// The same, before the interpreter is freed: no handler touches it from now on.
  static func forgetInterpreter() {
    kill()
    unsafe interrupted = nil
  }

  /// Ends the process by a signal.
  static func endProcess(by signal: Int32) -> Never {
    setAction(signal, SIG_DFL)
    unblock(signal)
    _ = raise(signal)
    _exit(128 + signal)
  }

  /// Makes what signals ask for call `body` in the Lua code that runs; SIGINT does what it did.
  static func prepare(_ state: LuaState, _ body: cluabridge_body) {
    let interpreter = unsafe LuaMemory(of: state).interpreter
    if unsafe interrupted != interpreter { ProgramHooks.forget() }
    unsafe interpreter.pointee.on_interrupt = body
    unsafe interrupted = unsafe interpreter
  }
}

// MARK: - In the handlers

/// Notes a signal, or dies of it when it is the second one within a second.
private func note(_ signal: Int32, _ asked: SignalRequests, _ lastTime: borrowing Atomic<Int>) {
  let before = errno
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
  let last = lastTime.exchange(now, ordering: .relaxed)
  if last != 0, now - last < patience { die(signal, atOnce: true) }
  request(asked)
  errno = before
}

private func request(_ asked: SignalRequests) {
  pending.bitwiseOr(asked.rawValue, ordering: .relaxed)
  guard let interpreter = unsafe interrupted else { return }
  unsafe ProgramHooks.keep(of: interpreter)
  unsafe cluabridge_interrupt(interpreter)
}

/// Dies of the signal whose handler runs; it comes when the handler returns, if not before.
private func die(_ signal: Int32, atOnce: Bool) {
  setAction(signal, SIG_DFL)
  unsafe tree?.endOthers(atOnce)
  _ = raise(signal)
  unblock(signal)
}

private func unblock(_ signal: Int32) {
  var signals = sigset_t()
  _ = unsafe sigemptyset(&signals)
  _ = unsafe sigaddset(&signals, signal)
  _ = unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
}

private func isIgnored(_ signal: Int32) -> Bool {
  var action = sigaction()
  _ = unsafe sigaction(signal, nil, &action)
  // SIG_IGN is the address 1.
  return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
}

private func setAction(
  _ signal: Int32, flags: Int32 = 0, _ handler: (@convention(c) (Int32) -> Void)?
) {
  var action = sigaction()
  action.sa_flags = flags
  unsafe action.__sigaction_handler.sa_handler = handler
  _ = unsafe sigaction(signal, &action, nil)
}
