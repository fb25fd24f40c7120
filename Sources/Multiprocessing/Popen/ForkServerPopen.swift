// Starting a process through the fork server. Python: `multiprocessing.popen_forkserver`.

internal import Glibc
internal import SystemPackage

/// Starts children that are copies of the fork server.
public enum ForkServerPopen {
  /// How often a start is tried anew when the server is killed meanwhile.
  private static let attempts = 5

  /// Starts a child that holds its launch, and what the server's modules made.
  ///
  /// - Parameters:
  ///   - name: The name on the board.
  ///   - launch: All messages for the child.
  ///   - kind: What others may expect of it.
  ///   - isDaemon: Whether it is killed when this process dies, however that happens.
  ///   - output: What its standard output and standard error are; nil for those of this process.
  /// - Returns: The child.
  /// - Throws: `.system` when the server cannot be started, or no process or slot can be had;
  ///   `.runtime` when the server ends instead of serving; `.interrupted` when a signal's handler ends
  ///   the wait for the server. Then there is no child, or none any more.
  ///
  /// Python: `Popen._launch`.
  public static func start(
    name: String, launch: Launch, kind: ProcessKind = .user, isDaemon: Bool = false,
    output: OutputEnds? = nil
  ) throws(MultiprocessingError) -> ChildProcess {
    for _ in 0..<attempts {
      try ForkServer.begin()
      let server = ForkServer.identity
      guard server != 0, let requests = ForkServer.requests else { continue }
      // The server's own are those of a process that has no relay, or none at all.
      let output = output ?? (ForkServer.isRelayed || Output.isRelayed ? .own : nil)
      if let child = try start(name, launch, kind, isDaemon, output, server, requests) {
        return child
      }
      if let status = ForkServer.exitStatus(of: server), status.signal == nil {
        throw .runtime("the fork server ended with exit code \(status) while it was started")
      }
    }
    throw .runtime(
      "the fork server was killed \(attempts) times while it was asked to start \(name)")
  }

  /// Asks the server; nil when nothing was started because it died, or is another one now.
  private static func start(
    _ name: String, _ launch: Launch, _ kind: ProcessKind, _ isDaemon: Bool, _ output: OutputEnds?,
    _ server: UInt32, _ requests: Queue
  ) throws(MultiprocessingError) -> ChildProcess? {
    let record = try StartRecord()
    let identity: UInt32
    do throws(MultiprocessingError) {
      identity = try Board.prepareStart(name: name, kind: kind, holding: [launch.queue.object])
      Output.flush()
      do throws(MultiprocessingError) {
        let request = ForkRequest(
          child: identity, requester: Board.identity, launch: launch.number, isDaemon: isDaemon)
        let ends = try output?.makeObjects() ?? []
        defer { for end in ends { end.release() } }
        try requests.put(bytes: request.bytes, carrying: [record.object] + ends)
      } catch {
        Board.cancelStart(identity)
        throw error
      }
    } catch {
      record.object.release()
      throw error
    }
    Arena.header.forkServerUse.add(1)
    FaultPoint.hit(.requestPut)
    do throws(MultiprocessingError) {
      try record.waitForAnswer(about: identity, from: server)
    } catch {
      giveUp(identity)
      record.object.release()
      throw error
    }
    // Whoever sweeps the slot first, or claims it, decides whether there is a child: one that has ended
    // already is not started again.
    if record.phase == .requested, Board.cancelStart(identity) {
      record.object.release()
      return nil
    }
    if record.phase == .refused {
      let reason = Errno(rawValue: record.status)
      Board.cancelStart(identity)
      record.object.release()
      // It is asked again, with what it cannot do without.
      if output == nil, ForkServer.isRelayed { return nil }
      throw .system(reason, "fork a process in the fork server")
    }
    FaultPoint.hit(.requestAnswered)
    return ChildProcess(record: record, identity: identity, server: server)
  }

  /// Sees to it that there is no child: one that the server forked meanwhile is killed, one that it
  /// forks later ends before it does anything.
  private static func giveUp(_ child: UInt32) {
    guard !Board.cancelStart(child) else { return }
    let pid = Board.pid(ofClaimed: child)
    let descriptor = ProcessCalls.openDescriptor(of: pid)
    defer { ProcessCalls.closeDescriptor(descriptor) }
    // The number may have gone to another process, if ours ended before it was opened.
    if descriptor >= 0, ForkServer.isStartingOrAlive(child) {
      try? ProcessCalls.send(SIGKILL, to: pid, descriptor: descriptor)
      while !ProcessCalls.isReadable(descriptor) {
        _ = ProcessCalls.waitForEnd(descriptor: descriptor, until: .never)
      }
      Board.sweepReaped(child)
    }
  }
}
