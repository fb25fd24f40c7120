// SIGURG as a wake-up. System: `sigaction`, `ppoll`.

internal import Glibc

/// SIGURG interrupts polls that are given this, and nothing else, from here to `release`.
@safe struct PollingSignal {
  private var before = sigset_t()
  private var action = sigaction()
  /// The signals that are blocked during a poll.
  private(set) var mask = sigset_t()

  init() {
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    _ = unsafe sigaddset(&signals, SIGURG)
    _ = unsafe sigprocmask(SIG_BLOCK, &signals, &before)
    mask = before
    _ = unsafe sigdelset(&mask, SIGURG)
    var handler = sigaction()
    unsafe handler.__sigaction_handler.sa_handler = { _ in }
    _ = unsafe sigaction(SIGURG, &handler, &action)
  }

  /// Puts back what was; the default action throws a late signal away.
  func release() {
    var action = action
    var before = before
    _ = unsafe sigaction(SIGURG, &action, nil)
    _ = unsafe sigprocmask(SIG_SETMASK, &before, nil)
  }
}
