// Fresh workers of a host's program, and the program's end.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

extension LuaRuntime {
  private static let preparations = SingleThreaded<((LuaRuntime) throws -> Void)?>(nil)

  /// What every runtime of the program begins with.
  static var preparation: ((LuaRuntime) throws -> Void)? { preparations.value }

  /// Says how each runtime of the program is prepared, and lives as a worker if this process is one.
  ///
  /// The start methods `spawn` and `forkserver` run the program's own file again: to be called first
  /// in `main`, before anything that a worker must not do. In a worker it does not return. In a program
  /// that has not called it these methods are refused, as is a fork in a program with several threads,
  /// which goes through the fork server, and the keyword `output` of processes.
  ///
  /// ```swift
  /// LuaRuntime.runWorkerIfNeeded { lua in
  ///   lua.register("area") { (width: Double, height: Double) in width * height }
  /// }
  /// let lua = try LuaRuntime()
  /// try lua.run(file: "jobs.lua")
  /// ```
  ///
  /// - Parameter prepare: Registers the host's functions: called once for each runtime, in ``init()``
  ///   and in fresh workers. What it throws ends a worker with exit code 1, after a report.
  public static func runWorkerIfNeeded(
    _ prepare: @escaping (LuaRuntime) throws -> Void = { _ in }
  ) {
    preparations.value = prepare
    let arguments = ProgramArguments.all
    guard FreshProgram.isMeant(by: arguments) else { return }
    FreshProgram.run(arguments) { state throws(LuaError) in
      let runtime = LuaRuntime(worker: state)
      // It lives as long as the process.
      worker.value = runtime
      do {
        try prepare(runtime)
      } catch {
        throw LuaError(thrown: error, in: state)
      }
    }
  }

  private static let worker = SingleThreaded<LuaRuntime?>(nil)

  /// Ends the program because of an error that nobody handled, as `mplua` does.
  ///
  /// The error is printed with its traceback, children are terminated or joined. After a Ctrl-C, or
  /// the SIGTERM that a script has heard as `Terminated`, the program ends by that signal; otherwise
  /// with exit code 1.
  ///
  /// - Parameter error: What to report.
  public func exit(reporting error: any Error) -> Never {
    checkThread()
    let name = ProgramArguments.all.first.map { String(decoding: $0, as: UTF8.self) } ?? "lua"
    state.endProgress()
    guard let error = error as? LuaScriptError else {
      StandardStream.error.write("\(name): \(error)\n")
      leave(exitCode: EXIT_FAILURE)
    }
    var signal: Int32?
    if isOpen, let original = error.original {
      current.rawGet(LuaState.registry, Int(original.number))
      signal = Interrupt.noteUncaught(current)
      current.pop()
    }
    if signal == nil {
      StandardStream.error.write("\(name): \(error.report)\n")
    } else if !Interrupt.isTerminated {
      StandardStream.error.write("\(name): \(error.description)\n")
    }
    leave(exitCode: EXIT_FAILURE)
  }

  private func leave(exitCode: Int32) -> Never {
    if depth == 0 { close() }
    Interrupt.endBySignalIfUncaught()
    Glibc.exit(exitCode)
  }
}
