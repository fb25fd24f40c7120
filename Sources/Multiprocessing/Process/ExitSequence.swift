// What a process does at its end: daemons are terminated, children joined. Python:
// `multiprocessing.util._exit_function`.

internal import Glibc

/// The end of a process's own work.
public enum ExitSequence {
  /// How long a daemon may take to end after SIGTERM before it is killed.
  private static let patience = 2.0

  private static let hasRun = SingleThreaded(false)

  /// Terminates the daemons and joins every child; a second time does nothing.
  ///
  /// Waits for children that are no daemons for as long as they take.
  ///
  /// - Throws: `.interrupted` when a signal's handler ends the waiting; call it again to go on.
  public static func run() throws(MultiprocessingError) {
    guard !hasRun.value else { return }
    Logger.info("process shutting down")
    Logger.debug("running all \"atexit\" finalizers with priority >= 0")
    let daemons = CurrentProcess.activeChildren.filter(\.isDaemon)
    for daemon in daemons {
      Logger.info("calling terminate() for daemon \(daemon.name)")
      try daemon.send(signal: SIGTERM)
    }
    let deadline = Deadline(secondsFromNow: patience)
    for daemon in daemons {
      try daemon.join(until: deadline)
      if daemon.poll() == nil { try daemon.send(signal: SIGKILL) }
    }
    for child in CurrentProcess.activeChildren {
      Logger.info("calling join() for process \(child.name)")
      try child.join()
    }
    Logger.debug("running the remaining \"atexit\" finalizers")
    hasRun.value = true
  }

  /// A child has an end of its own.
  static func reset() { hasRun.value = false }
}
