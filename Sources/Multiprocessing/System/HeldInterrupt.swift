// SIGINT kept back for a moment. Python: none.

internal import Glibc

/// Keeps SIGINT from being delivered until it is let through again: none gets lost.
@safe struct HeldInterrupt {
  private var before = sigset_t()

  init() {
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    _ = unsafe sigaddset(&signals, SIGINT)
    _ = unsafe sigprocmask(SIG_BLOCK, &signals, &before)
  }

  /// Puts the signal mask back.
  func release() {
    var before = before
    _ = unsafe sigprocmask(SIG_SETMASK, &before, nil)
  }
}
