// Signals kept back for a moment. Python: none.

internal import Glibc

/// Keeps the signals that a process of the tree answers from being delivered until they are let
/// through again: none gets lost.
@safe struct HeldSignals {
  private var before = sigset_t()

  /// The signals that a process of the tree answers.
  private static var answered: sigset_t {
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGQUIT, StackQuestion.signal] {
      _ = unsafe sigaddset(&signals, signal)
    }
    return signals
  }

  init() {
    var signals = Self.answered
    _ = unsafe sigprocmask(SIG_BLOCK, &signals, &before)
  }

  /// Lets through what another process held back in this one, before it ran this program.
  static func releaseAll() {
    var signals = Self.answered
    _ = unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Puts the signal mask back.
  func release() {
    var before = before
    _ = unsafe sigprocmask(SIG_SETMASK, &before, nil)
  }
}
