// Stopping the task that a worker runs: by its timer, or because the owner asks. System: `setitimer`.

internal import Glibc

/// Why a task is stopped.
public enum StopReason: UInt32, Sendable {
  /// Its time is over.
  case timeout = 1
  /// It was cancelled.
  case cancel = 2
}

/// The alarm of a worker: asks its task to end, and kills the process if it does not.
///
/// One signal does both. Whoever sends it, its handler looks at what is due: the first time it has an
/// error raised inside the task and sets the timer to the end of a grace period; the next time it says
/// in the worker's cell why, and kills the process. Nothing is counted or asked while the task runs.
public enum TaskAlarm {
  static let signal = SIGALRM

  /// How long a task may take to end after the error was raised inside, in nanoseconds.
  public static let grace: UInt64 = 1_000_000_000

  private struct Alarm {
    var cell: PoolBoard.Cell
    var interrupt: @convention(c) () -> Void
    var claim: UInt64 = 0
    var deadline: UInt64 = .max
    var reason: StopReason?
    var graceEnd: UInt64 = .max
    var isArmed = false
  }

  // Safe because the process has one thread, and the handler is blocked by nothing else that
  // changes it: each field is read and written in one step.
  private nonisolated(unsafe) static var alarm: Alarm?

  /// Makes this worker answer the signal; `interrupt` is safe in a signal handler.
  public static func install(
    for seat: WorkerSeat, interrupt: @convention(c) @escaping () -> Void
  ) {
    unsafe alarm = Alarm(cell: seat.cell, interrupt: interrupt)
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in
      let before = errno
      TaskAlarm.ring()
      errno = before
    }
    _ = unsafe sigaction(signal, &action, nil)
  }

  /// Forgets the alarm, in a child: it is its parent's.
  static func forget() {
    guard unsafe alarm != nil else { return }
    unsafe alarm = nil
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = SIG_DFL
    _ = unsafe sigaction(signal, &action, nil)
  }

  /// Says that a task begins, with a time limit in seconds or 0 for none.
  public static func begin(_ ordinal: UInt32, timeout: Double) {
    unsafe alarm?.reason = nil
    unsafe alarm?.graceEnd = .max
    if timeout > 0 {
      unsafe alarm?.deadline = Deadline(secondsFromNow: timeout).nanoseconds
      unsafe alarm?.isArmed = true
    } else {
      unsafe alarm?.deadline = .max
    }
    unsafe alarm?.claim = PoolBoard.Cell.claim(of: ordinal)
    if timeout > 0 { set(max(timeout, 0.000_001)) }
  }

  /// Says that the task has ended; why it was to be stopped, if it was.
  public static func end() -> StopReason? {
    let reason = unsafe alarm?.reason
    unsafe alarm?.claim = 0
    if unsafe alarm?.isArmed == true {
      unsafe alarm?.isArmed = false
      set(0)
    }
    return reason
  }

  /// Why the task that runs is to be stopped; nil when it is not.
  public static var reason: StopReason? { unsafe alarm?.reason }

  /// What the handler does.
  private static func ring() {
    guard let current = unsafe alarm, current.claim != 0 else { return }
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    let ordinal = UInt64(UInt32(truncatingIfNeeded: current.claim))
    if let reason = current.reason {
      guard now >= current.graceEnd else {
        return set(Double(current.graceEnd - now) / 1e9)
      }
      current.cell.killed.store(UInt64(reason.rawValue) << 32 | ordinal)
      kill(getpid(), SIGKILL)
      return
    }
    let reason: StopReason
    if current.cell.stop.load() == UInt64(StopReason.cancel.rawValue) << 32 | ordinal {
      reason = .cancel
    } else if now >= current.deadline {
      reason = .timeout
    } else {
      if current.deadline != .max { set(Double(current.deadline - now) / 1e9) }
      return
    }
    unsafe alarm?.graceEnd = now + grace
    unsafe alarm?.reason = reason
    unsafe alarm?.isArmed = true
    set(Double(grace) / 1e9)
    current.interrupt()
  }

  /// Sets the timer; 0 stops it.
  private static func set(_ seconds: Double) {
    var timer = itimerval()
    let microseconds = seconds <= 0 ? 0 : max(1, Int(min(seconds, 1e9) * 1e6))
    timer.it_value = timeval(
      tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
    // A signal that comes too early finds nothing due, so it comes again.
    timer.it_interval = timeval(tv_sec: 0, tv_usec: 0)
    _ = unsafe setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
  }
}
