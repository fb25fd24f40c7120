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
  ///   - output: What its standard output and standard error are; nil for those of this process.
  ///   - prepareChild: Puts the copied state right in the child.
  ///   - body: The child's work; the low 8 bits of its result are the exit code.
  /// - Returns: The child, in the parent alone.
  /// - Throws: `.system` when no process or slot can be had.
  ///
  /// Python: `Popen._launch`.
  public static func start(
    name: String, kind: ProcessKind = .user, isDaemon: Bool = false, output: OutputEnds? = nil,
    prepareChild: () -> Void = {}, body: () -> Int32
  ) throws(MultiprocessingError) -> ChildProcess {
    let identity = try Board.prepareStart(name: name, kind: kind)
    Output.flush()
    do throws(MultiprocessingError) {
      let pid = try forkClaiming(
        identity, isDaemon: isDaemon,
        prepareChild: {
          if let output {
            output.takeOver()
            Output.isRelayed = true
          }
          prepareChild()
        }, body)
      FaultPoint.hit(.startForked)
      return ChildProcess(pid: pid, identity: identity)
    } catch {
      Board.cancelStart(identity)
      throw error
    }
  }

  /// Forks a child that claims a place on the board, which this process or another one prepared.
  ///
  /// - Parameters:
  ///   - identity: The place.
  ///   - isDaemon: Whether the child is killed when this process dies.
  ///   - holdsSignals: Whether `body` itself lets the signals through that are held back.
  ///   - prepareChild: As in `start`.
  ///   - body: As in `start`.
  /// - Returns: The child's number, in the parent alone.
  /// - Throws: `.system` when no process can be had.
  static func forkClaiming(
    _ identity: UInt32, isDaemon: Bool, holdsSignals: Bool = false,
    prepareChild: () -> Void = {}, _ body: () -> Int32
  ) throws(MultiprocessingError) -> Int32 {
    let parent = ProcessCalls.pid
    // One that came between the fork and `prepareChild` would find the parent's affairs.
    let signals = HeldSignals()
    let pid: Int32
    do {
      pid = try ProcessCalls.fork()
    } catch {
      signals.release()
      throw error
    }
    if pid == 0 {
      // No lock may be touched before the claim.
      guard Board.claim(identity), !Board.isTreeEnding else { ProcessCalls.exitNow(255) }
      if isDaemon { ProcessCalls.dieWithParent(parent) }
      ProcessCalls.detachStandardInput()
      prepareChild()
      if !holdsSignals { signals.release() }
      let code = body()
      Output.flush()
      ExitSequence.leave()
      ProcessCalls.exitNow(code)
    }
    signals.release()
    return pid
  }
}
