// A child as its parent sees it. Python: `multiprocessing.popen_fork.Popen`.

internal import Glibc
internal import SystemPackage

/// A started child: its end can be waited for, and signals sent to it.
///
/// Only the process that started it may ask for its end. A class, because the parent's objects share
/// the one descriptor and the one exit status.
public final class ChildProcess {
  /// The system's number of the process.
  public let pid: Int32
  /// The process on the board.
  public let identity: UInt32
  /// Readable once the process has ended; -1 when the system gave none, after `close`, and after the end
  /// unless `keepsDescriptor`.
  public private(set) var descriptor: Int32
  /// How it ended, once `poll` or `wait` found that out.
  public private(set) var exitStatus: ExitStatus?

  /// Who hears of its end from the system.
  private enum Source {
    case system
    /// The fork server, which says so in the record.
    case server(UInt32, StartRecord)
  }

  private let starter: UInt32
  private let source: Source
  /// Whether the descriptor outlives the process: somebody may be waiting on its number.
  var keepsDescriptor = false

  /// A child that this process is the system's parent of.
  init(pid: Int32, identity: UInt32) {
    self.pid = pid
    self.identity = identity
    source = .system
    starter = Board.identity
    descriptor = ProcessCalls.openDescriptor(of: pid)
  }

  /// A child that the fork server was asked for; it has been started.
  init(record: StartRecord, identity: UInt32, server: UInt32) {
    // A server that was killed or stopped in between has not said the number; then the child has.
    let told = record.pid
    pid = told != 0 ? told : Board.pid(ofClaimed: identity)
    self.identity = identity
    source = .server(server, record)
    starter = Board.identity
    let opened = ProcessCalls.openDescriptor(of: pid)
    // While the server has not begun to reap it, and lives, the number is the child's.
    if opened >= 0,
      record.phase == .started && Board.isAlive(server) || ForkServer.isStartingOrAlive(identity)
    {
      descriptor = opened
    } else {
      if opened >= 0 { ProcessCalls.closeDescriptor(opened) }
      descriptor = ProcessCalls.openReadable()
    }
  }

  deinit { close() }

  /// Asks whether the process has ended, and clears what it left on the board if so.
  ///
  /// - Returns: nil while it runs, or in a process that did not start it.
  ///
  /// Python: `Popen.poll`.
  public func poll() -> ExitStatus? {
    // The server's word for an end comes in a moment.
    poll(untilTold: Deadline(secondsFromNow: 1))
  }

  private func poll(untilTold deadline: Deadline) -> ExitStatus? {
    if exitStatus != nil || Board.identity != starter { return exitStatus }
    switch askForEnd(untilTold: deadline) {
    case .running:
      return nil
    case .ended(let status):
      exitStatus = status
    case .unknown:
      // Somebody else took its status; that it ended is all that can be said.
      exitStatus = ExitStatus(exitCode: 255)
    }
    // The collector may be long in coming, and descriptors are few.
    if !keepsDescriptor { close() }
    Board.sweepReaped(identity)
    if case .server(_, let record) = source { record.object.release() }
    return exitStatus
  }

  private func askForEnd(untilTold deadline: Deadline) -> ProcessCalls.Reaping {
    guard case .server(let server, let record) = source else { return ProcessCalls.reap(pid) }
    while record.phase != .ended {
      guard hasEnded else { return .running }
      guard Board.isAlive(server) else {
        // It may have said it just before.
        if record.phase == .ended { break }
        return .unknown
      }
      if deadline.isPast { return .running }
      _ = sleepUntilEnd(until: deadline)
    }
    return .ended(ExitStatus(exitCode: Int(record.status)))
  }

  /// Whether the process is dead, be it known how or not; for one that the fork server started.
  private var hasEnded: Bool {
    descriptor >= 0 ? ProcessCalls.isReadable(descriptor) : !Board.isAlive(identity)
  }

  /// Sleeps once, until the process ends and, if the fork server is to say how, until it has.
  private func sleepUntilEnd(until deadline: Deadline) -> Futex.Wake {
    if case .server(let server, let record) = source, hasEnded {
      let phase = record.phase
      return phase == .ended ? .look : record.sleep(while: phase, server: server, until: deadline)
    }
    return ProcessCalls.waitForEnd(descriptor: descriptor, until: deadline)
  }

  /// Waits for the end of the process.
  ///
  /// - Parameters:
  ///   - deadline: When to stop waiting.
  ///   - isExit: Whether this process does nothing else any more: then the child fails of a deadlock
  ///     between the two, and never this wait.
  /// - Returns: nil when the deadline passes first.
  /// - Throws: `.deadlock` when the process waits for what only this one could do, `.interrupted` by
  ///   the interruption handler, `.assertion` in a process that did not start it.
  ///
  /// Python: `Popen.wait`.
  public func wait(
    until deadline: Deadline = .never, isExit: Bool = false
  ) throws(MultiprocessingError) -> ExitStatus? {
    if let status = poll() { return status }
    guard Board.identity == starter else { throw .assertion("can only join a child process") }
    var sleep = SlicedSleep(
      WaitPurpose(isExit ? .exitJoin : .processJoin, object: identity))
    while !deadline.isPast {
      do {
        _ = try sleep.sleep(watching: nil, until: deadline) { until in sleepUntilEnd(until: until) }
      } catch .interrupted {
        // Though the child has ended, of the same Ctrl-C perhaps.
        throw .interrupted
      } catch {
        if let status = poll(untilTold: .now) { return status }
        throw error
      }
      if let status = poll(untilTold: .now) { return status }
    }
    return poll(untilTold: .now)
  }

  /// Sends a signal; a process that has ended is left alone.
  ///
  /// - Throws: `.system` when the system refuses.
  ///
  /// Python: `Popen.terminate`, `Popen.kill`.
  public func send(signal: Int32) throws(MultiprocessingError) {
    guard poll() == nil else { return }
    try ProcessCalls.send(signal, to: pid, descriptor: descriptor)
  }

  /// The descriptor; the system is asked again when it gave none at the start.
  ///
  /// - Throws: `.system` when it gives none now.
  func openDescriptor() throws(MultiprocessingError) -> Int32 {
    keepsDescriptor = true
    if descriptor < 0 {
      guard exitStatus == nil else { throw .system(.noSuchProcess, "open a process descriptor") }
      descriptor = ProcessCalls.openDescriptor(of: pid)
    }
    guard descriptor >= 0 else {
      throw .system(Errno(rawValue: errno), "open a process descriptor")
    }
    return descriptor
  }

  /// Closes the descriptor; the end can still be asked for.
  ///
  /// Python: `Popen.close`.
  public func close() {
    if descriptor >= 0 { ProcessCalls.closeDescriptor(descriptor) }
    descriptor = -1
  }
}
