// Starting a process by fork. Python: `multiprocessing.popen_fork`.

/// Starts children that are copies of this process.
public enum ForkPopen {
  /// Forks a child that runs `body` and ends with its result.
  ///
  /// What stdio holds is written out before. In the child standard input is empty, `prepareChild`
  /// runs next, then `body`; SIGINT, SIGTERM and SIGQUIT come only in `body`, and none is lost; then
  /// stdio is written out and the process ends without running anything the parent registered. The
  /// child holds every object that this process holds.
  ///
  /// - Parameters:
  ///   - name: The name on the board.
  ///   - kind: What others may expect of it.
  ///   - isDaemon: Whether it is killed when this process dies, however that happens.
  ///   - prepareChild: Puts the copied state right in the child.
  ///   - body: The child's work; the low 8 bits of its result are the exit code.
  /// - Returns: The child, in the parent alone.
  /// - Throws: `.system` when no process or slot can be had.
  ///
  /// Python: `Popen._launch`.
  public static func start(
    name: String, kind: ProcessKind = .user, isDaemon: Bool = false,
    prepareChild: () -> Void = {}, body: () -> Int32
  ) throws(MultiprocessingError) -> ChildProcess {
    let identity = try Board.prepareStart(name: name, kind: kind)
    let parent = ProcessCalls.pid
    Output.flush()
    // One that came between the fork and `prepareChild` would find the parent's affairs.
    let signals = HeldSignals()
    let pid: Int32
    do {
      pid = try ProcessCalls.fork()
    } catch {
      signals.release()
      Board.cancelStart(identity)
      throw error
    }
    if pid == 0 {
      // No lock may be touched before the claim.
      guard Board.claim(identity), !Board.isTreeEnding else { ProcessCalls.exitNow(255) }
      if isDaemon { ProcessCalls.dieWithParent(parent) }
      ProcessCalls.detachStandardInput()
      prepareChild()
      signals.release()
      let code = body()
      Output.flush()
      ExitSequence.leave()
      ProcessCalls.exitNow(code)
    }
    signals.release()
    FaultPoint.hit(.startForked)
    return ChildProcess(pid: pid, identity: identity)
  }
}
