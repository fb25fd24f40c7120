// Starting a process as a fresh program. Python: `multiprocessing.popen_spawn_posix`.

/// Starts children that run the program anew, without its script.
public enum SpawnPopen {
  /// The option that says that the program is such a child; Python's has the same name.
  public static let option = "--multiprocessing-fork"

  /// Starts a child that holds nothing but its launch.
  ///
  /// No page of this process is copied, however large it is. Standard input is empty in the child.
  /// SIGINT, SIGTERM and SIGQUIT are held back until it lets them come.
  ///
  /// - Parameters:
  ///   - name: The name on the board.
  ///   - launch: All messages for the child.
  ///   - kind: What others may expect of it.
  ///   - output: What its standard output and standard error are; nil for those of this process.
  /// - Returns: The child.
  /// - Throws: `.runtime` when the program would not know that it is a child, `.system` when the program
  ///   cannot be run, or no process or slot can be had.
  ///
  /// Python: `Popen._launch`.
  public static func start(
    name: String, launch: Launch, kind: ProcessKind = .user, output: OutputEnds? = nil
  ) throws(MultiprocessingError) -> ChildProcess {
    try FreshProcess.checkCanRun()
    let identity = try Board.prepareStart(name: name, kind: kind, holding: [launch.queue.object])
    Output.flush()
    let program = Context.executable ?? ProgramRun.ownFile
    let arguments = [ProgramRun.ownName, option] + Inheritance.numbers(identity, launch)
    // What a signal would do to a program that has just begun is not what it is to do.
    let signals = HeldSignals()
    let pid: Int32
    do throws(MultiprocessingError) {
      pid = try ProgramRun.start(
        program, arguments, inheriting: Inheritance.descriptors, output: output)
    } catch {
      signals.release()
      Board.cancelStart(identity)
      throw error
    }
    signals.release()
    FaultPoint.hit(.startSpawned)
    return ChildProcess(pid: pid, identity: identity)
  }
}

/// What a fresh program of the tree finds its place by.
enum Inheritance {
  /// What it finds open beside the standard streams.
  static var descriptors: [Int32] {
    ([Arena.file, OwnerRecord.descriptor, Trace.descriptor] + Depot.descriptors).filter { $0 >= 0 }
  }

  /// What stands behind the option: the arena, the place on the board, the launch, the record of shared
  /// memory.
  static func numbers(_ identity: UInt32, _ launch: Launch) -> [String] {
    ["\(Arena.file)", "\(identity)", "\(launch.number)", "\(OwnerRecord.descriptor)"]
  }
}
