// Starting a process as a fresh program. Python: `multiprocessing.popen_spawn_posix`.

internal import CLinux
internal import Glibc
internal import SystemPackage

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
  /// - Returns: The child.
  /// - Throws: `.system` when the program cannot be run, or no process or slot can be had.
  ///
  /// Python: `Popen._launch`.
  public static func start(
    name: String, launch: Launch, kind: ProcessKind = .user
  ) throws(MultiprocessingError) -> ChildProcess {
    let identity = try Board.prepareStart(name: name, kind: kind, holding: [launch.queue.object])
    Output.flush()
    let program = Context.executable ?? "/proc/self/exe"
    let arguments = Self.arguments(identity, launch)
    // What a signal would do to a program that has just begun is not what it is to do.
    let signals = HeldSignals()
    let pid: Int32
    do throws(MultiprocessingError) {
      pid = try run(program, arguments)
    } catch {
      signals.release()
      Board.cancelStart(identity)
      throw error
    }
    signals.release()
    FaultPoint.hit(.startSpawned)
    return ChildProcess(pid: pid, identity: identity)
  }

  /// The child's command line: the option, and where to find what is its own.
  private static func arguments(_ identity: UInt32, _ launch: Launch) -> [String] {
    let program = unsafe CommandLine.unsafeArgv[0].map { text in unsafe String(cString: text) }
    let arena = unsafe Arena.descriptor
    return [
      program ?? "mplua", option, "\(arena)", "\(identity)", "\(launch.number)",
      "\(OwnerRecord.descriptor)",
    ]
  }

  /// What the child finds open beside the standard streams.
  private static var inherited: [Int32] {
    ([unsafe Arena.descriptor, OwnerRecord.descriptor] + Depot.descriptors).filter { $0 >= 0 }
  }

  private static func run(
    _ program: String, _ arguments: [String]
  ) throws(MultiprocessingError) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    for descriptor in inherited {
      // Onto itself: the child alone has it without close-on-exec.
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor)
    }
    var texts = unsafe arguments.map { unsafe strdup($0) }
    defer { unsafe texts.forEach { text in unsafe free(text) } }
    unsafe texts.append(nil)
    var pid: Int32 = 0
    let result = unsafe posix_spawn(&pid, program, &actions, nil, texts, environ)
    guard result == 0 else {
      throw .system(Errno(rawValue: result), "start a process that runs '\(program)'")
    }
    return pid
  }
}
