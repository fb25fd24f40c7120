// What a process is asked by `mpluactl stack`, a program of the same user. System: a signal that queues.

internal import Glibc

/// The question for this process's Lua stack, from another program.
///
/// The question is a signal of its own, so Ctrl-\ is what it was, and one that queues: none of several
/// questions gets lost. It carries the asker's number, under which the asker listens for the answer. The
/// process does not believe it: the system says who listens there.
package enum StackQuestion {
  /// One from the middle: libraries that need such a signal take the first ones or the last.
  package static let signal = __libc_current_sigrtmin() + 20

  /// What the signal carries, so that one of somebody else's means nothing.
  static var mark: Int32 { 0x6D70_6C75 }

  /// How many askers are remembered, those that asked last: who asks a process that is busy in a C
  /// function gives up soon.
  private static let capacity = 16

  @safe private struct Listening {
    /// The askers, in a ring, and behind them how many there were.
    let words: UnsafeMutableRawPointer
    /// Has Lua code, or the wait that runs, ask who asked; safe in a signal handler.
    let interrupt: @convention(c) () -> Void

    func asker(_ position: UInt32) -> SharedWord {
      unsafe SharedWord(at: words + Int(position) % StackQuestion.capacity * 4)
    }

    var count: SharedWord { unsafe SharedWord(at: words + StackQuestion.capacity * 4) }
  }

  // Safe because the process has one thread, and it is set before the handler that reads it is installed.
  private nonisolated(unsafe) static var listening: Listening?

  /// Makes this process hear the question; `interrupt` is safe in a signal handler.
  package static func hear(interrupt: @convention(c) @escaping () -> Void) {
    if unsafe listening == nil {
      let words = UnsafeMutableRawPointer.allocate(byteCount: (capacity + 1) * 4, alignment: 8)
      unsafe words.initializeMemory(as: UInt32.self, repeating: 0, count: capacity + 1)
      unsafe listening = unsafe Listening(words: words, interrupt: interrupt)
    }
    var action = sigaction()
    // Reads and writes of other C code go on as if nothing had happened.
    action.sa_flags = SA_RESTART | SA_SIGINFO
    unsafe action.__sigaction_handler.sa_sigaction = { _, info, _ in
      let before = errno
      if let info = unsafe info { unsafe StackQuestion.note(info) }
      errno = before
    }
    _ = unsafe sigaction(signal, &action, nil)
  }

  /// Makes the question mean nothing from now on, to the program that this process may become too.
  package static func ignore() {
    if unsafe listening != nil { _ = Glibc.signal(signal, SIG_IGN) }
  }

  /// Forgets who asked, in a child: it was its parent's affair.
  package static func forget() { _ = takeAskers() }

  /// The processes that asked since the last call.
  package static func takeAskers() -> [Int32] {
    guard let listening = unsafe listening else { return [] }
    var askers: [Int32] = []
    for position in 0..<UInt32(capacity) {
      let word = listening.asker(position)
      let asker = word.load()
      // The handler may put another one there in this moment: that one stays.
      if asker != 0, word.exchange(asker, for: 0) { askers.append(Int32(bitPattern: asker)) }
    }
    return askers
  }

  /// What the handler does.
  private static func note(_ info: UnsafeMutablePointer<siginfo_t>) {
    // What it carries is what the sender says.
    guard unsafe info.pointee.si_code == Int32(SI_QUEUE),
      unsafe info.pointee._sifields._rt.si_sigval.sival_int == mark,
      let listening = unsafe listening
    else { return }
    let asker = unsafe info.pointee._sifields._rt.si_pid
    let count = listening.count
    listening.asker(count.value).store(UInt32(bitPattern: asker))
    count.value &+= 1
    listening.interrupt()
  }
}
