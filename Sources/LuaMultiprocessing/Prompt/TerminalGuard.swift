// The terminal's settings while a line is edited, which must not outlive the program, and the signals of that time.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing
internal import Synchronization

/// What signals asked for while a line was edited.
struct EditingSignals: OptionSet {
  let rawValue: UInt32

  /// SIGINT: the entry is dropped.
  static let interrupt = EditingSignals(rawValue: 1)
  /// SIGTSTP: the program stops until it is continued.
  static let stop = EditingSignals(rawValue: 2)
  /// SIGWINCH: the terminal has a new size.
  static let resize = EditingSignals(rawValue: 4)
}

private let asked = Atomic<UInt32>(0)
// Safe because they are set before the handlers that read them are installed; there is one thread.
nonisolated(unsafe) private var settings = termios()
// Safe because of the same.
nonisolated(unsafe) private var usualMask = sigset_t()
// Safe because of the same.
nonisolated(unsafe) private var owner: pid_t = 0
// Safe because of the same.
nonisolated(unsafe) private var previous: [(signal: Int32, action: sigaction)] = []

/// The time in which a line is edited.
enum TerminalGuard {
  private static let noted = [SIGINT, SIGTSTP, SIGWINCH]
  private static let deadly = [
    SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGPIPE,
  ]

  /// Begins it: notes the terminal's settings, which a signal that ends the program brings back first.
  static func begin() {
    _ = unsafe tcgetattr(STDIN_FILENO, &settings)
    // A callback may end the program.
    if unsafe owner == 0 { _ = atexit { if unsafe !previous.isEmpty { restore() } } }
    unsafe owner = getpid()
    asked.store(0, ordering: .relaxed)
    unsafe previous.removeAll(keepingCapacity: true)
    // They come in waits only: one that came just before a wait would not end it.
    var blocked = sigset_t()
    _ = unsafe sigemptyset(&blocked)
    for signal in noted + [StackQuestion.signal] { _ = unsafe sigaddset(&blocked, signal) }
    _ = unsafe sigprocmask(SIG_BLOCK, &blocked, &usualMask)
    for signal in noted { replace(signal, note) }
    for signal in deadly { replace(signal, restoreAndDie) }
  }

  /// Ends it: the signals do again what they did before.
  static func end() {
    // A Ctrl-C that came with the entry's end is not for what runs next.
    _ = unsafe sigprocmask(SIG_SETMASK, &usualMask, nil)
    for index in unsafe previous.indices {
      _ = unsafe sigaction(previous[index].signal, &previous[index].action, nil)
    }
    unsafe previous.removeAll(keepingCapacity: true)
  }

  /// Lets the signals do what they do otherwise, but those that end the program.
  ///
  /// - Parameters:
  ///   - prepare: Is called before they come.
  ///   - body: What they may come in.
  ///   - finish: Is called when they come no more.
  static func letSignalsIn(
    _ prepare: () -> Void, during body: () -> Void, then finish: () -> Void
  ) {
    for index in unsafe previous.indices where unsafe noted.contains(previous[index].signal) {
      _ = unsafe sigaction(previous[index].signal, &previous[index].action, nil)
    }
    prepare()
    var editing = sigset_t()
    _ = unsafe sigprocmask(SIG_SETMASK, &usualMask, &editing)
    body()
    _ = unsafe sigprocmask(SIG_SETMASK, &editing, nil)
    finish()
    for signal in noted where unsafe previous.map(\.signal).contains(signal) {
      install(note, for: signal)
    }
  }

  /// Asks for something as its signal would.
  static func ask(for what: EditingSignals) { asked.bitwiseOr(what.rawValue, ordering: .relaxed) }

  /// Waits for a key; false when a signal, or the end of that many seconds, came first.
  static func waitForKey(atMost seconds: Double?) -> Bool {
    var descriptors = fd_set()
    // Standard input, descriptor 0.
    descriptors.__fds_bits.0 = 1
    guard let seconds else {
      return unsafe pselect(STDIN_FILENO + 1, &descriptors, nil, nil, nil, &usualMask) > 0
    }
    let whole = seconds.rounded(.down)
    var limit = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
    return unsafe pselect(STDIN_FILENO + 1, &descriptors, nil, nil, &limit, &usualMask) > 0
  }

  /// What was asked for and is not done yet; it is done by this.
  static func take() -> EditingSignals {
    // A wait that finds a key does not let them in.
    var editing = sigset_t()
    _ = unsafe sigprocmask(SIG_SETMASK, &usualMask, &editing)
    _ = unsafe sigprocmask(SIG_SETMASK, &editing, nil)
    return EditingSignals(rawValue: asked.exchange(0, ordering: .relaxed))
  }

  /// Stops the program as Ctrl-Z does, and returns when it goes on.
  static func stop() {
    var ours = sigaction()
    var standard = sigaction()
    unsafe standard.__sigaction_handler.sa_handler = SIG_DFL
    _ = unsafe sigaction(SIGTSTP, &standard, &ours)
    // The whole job stops, as when nobody handles the key.
    _ = kill(0, SIGTSTP)
    var editing = sigset_t()
    _ = unsafe sigprocmask(SIG_SETMASK, &usualMask, &editing)
    _ = unsafe sigprocmask(SIG_SETMASK, &editing, nil)
    _ = unsafe sigaction(SIGTSTP, &ours, nil)
    // The shell may have changed them meanwhile.
    _ = unsafe tcgetattr(STDIN_FILENO, &settings)
  }

  private static func replace(_ signal: Int32, _ handler: @convention(c) (Int32) -> Void) {
    var before = sigaction()
    _ = unsafe sigaction(signal, nil, &before)
    let address = unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self)
    // What is ignored (the address 1) stays so. A handler of SIGQUIT's does not end the program.
    if address == 1 || signal == SIGQUIT && address != 0 { return }
    install(handler, for: signal)
    unsafe previous.append((signal, before))
  }

  private static func install(_ handler: @convention(c) (Int32) -> Void, for signal: Int32) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    _ = unsafe sigaction(signal, &action, nil)
  }
}

// MARK: - In the handlers

private func note(_ signal: Int32) {
  let what: EditingSignals =
    signal == SIGINT ? .interrupt : signal == SIGTSTP ? .stop : .resize
  asked.bitwiseOr(what.rawValue, ordering: .relaxed)
}

/// Brings the terminal's settings back, in the process that changed them.
private func restore() {
  guard unsafe getpid() == owner else { return }
  _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  // Pastes are no longer marked; the shell's prompt begins a line.
  let ending: StaticString = "\u{1b}[?2004l\r\n"
  _ = unsafe write(STDOUT_FILENO, ending.utf8Start, ending.utf8CodeUnitCount)
}

/// Brings the terminal's settings back, then lets the signal do what it did before.
private func restoreAndDie(_ signal: Int32) {
  let before = errno
  restore()
  for index in unsafe previous.indices where unsafe previous[index].signal == signal {
    _ = unsafe sigaction(signal, &previous[index].action, nil)
  }
  _ = raise(signal)
  errno = before
}
