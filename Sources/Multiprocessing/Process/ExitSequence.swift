// What a process does at its end: daemons are terminated, children joined. Python:
// `multiprocessing.util._exit_function`.

internal import Glibc

/// The end of a process's own work.
public enum ExitSequence {
  /// How long a daemon may take to end after SIGTERM before it is killed.
  private static let patience = 2.0

  private static let hasBegun = SingleThreaded(false)

  /// Terminates the daemons and joins every child.
  ///
  /// Waits for children that are no daemons for as long as they take. A second time it does the same,
  /// for children that are left or were started meanwhile, but logs nothing. A child that may not be
  /// signalled is left alone.
  ///
  /// - Parameter endsTree: Whether all other processes of the tree are terminated, not the daemons
  ///   alone: the main process was terminated itself.
  /// - Throws: `.interrupted` when a signal's handler ends the waiting; call it again to go on.
  public static func run(endingTree endsTree: Bool = false) throws(MultiprocessingError) {
    // Forked by something else: the children are another process's.
    guard !Arena.isOpen || Board.identity != 0 else { return }
    let isFirst = !hasBegun.value
    hasBegun.value = true
    let log = { (level: LogLevel, message: String) in if isFirst { Logger.log(level, message) } }
    log(.info, "process shutting down")
    log(.debug, "running all \"atexit\" finalizers with priority >= 0")
    DeadlockDetection.terminateStuckGrandchildren()
    if Board.isRoot || !CurrentProcess.children.isEmpty { ForkServer.resume() }
    let daemons = CurrentProcess.activeChildren.filter {
      $0.isDaemon || DeadlockDetection.isStuck($0)
    }
    var foreign: Set<Int32> = []
    for daemon in daemons {
      let kind = daemon.isDaemon ? "daemon" : "deadlocked process"
      log(.info, "calling terminate() for \(kind) \(daemon.name)")
      do {
        try daemon.send(signal: SIGTERM)
      } catch {
        // It has become another user's process.
        Logger.log(.error, "cannot end \(daemon.name): \(error)")
        if let pid = daemon.pid { foreign.insert(pid) }
      }
    }
    let deadline = Deadline(secondsFromNow: patience)
    if endsTree {
      try Board.endOthers(until: deadline)
      try CurrentProcess.endRelays(until: Deadline(secondsFromNow: patience))
    }
    for daemon in daemons where !foreign.contains(daemon.pid ?? 0) {
      log(.info, "calling join() for process \(daemon.name)")
      try daemon.join(until: deadline)
      try daemon.send(signal: SIGKILL)
      try daemon.join()
    }
    for child in CurrentProcess.activeChildren where !foreign.contains(child.pid ?? 0) {
      log(.info, "calling join() for process \(child.name)")
      try child.join(isExit: true)
    }
    // Of children that ended unnoticed too.
    try CurrentProcess.showOutput(until: .never)
    ForkServer.endWithProgram()
    log(.debug, "running the remaining \"atexit\" finalizers")
  }

  /// Terminates children of this process and waits for their end; kills who is left after a while.
  public static func terminate(_ children: [Process]) {
    ForkServer.resume()
    for child in children { try? child.send(signal: SIGTERM) }
    let deadline = Deadline(secondsFromNow: patience)
    for child in children {
      try? child.join(until: deadline)
      // What is left of it at the end of the program is waited for as any child.
      try? child.send(signal: SIGKILL)
    }
  }

  /// The very last step: the tree's last process removes what shared memory nobody unlinked, and the
  /// trace of this process ends.
  ///
  /// - Parameter isQuiet: Whether there is no warning about it, as after a Ctrl-C.
  public static func leave(isQuiet: Bool = false) {
    OwnerRecord.leave(isQuiet: isQuiet)
    Trace.end()
  }

  /// A child has an end of its own.
  static func reset() { hasBegun.value = false }
}
