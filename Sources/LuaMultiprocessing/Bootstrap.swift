// What a child does from the fork to its target and to its end. Python:
// `multiprocessing.process.BaseProcess._bootstrap`.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

/// Starts processes that run Lua.
enum Bootstrap {
  /// Starts the process at `index`; its `run` is called in the child.
  static func start(_ process: Process, at index: Int32, _ state: LuaState) throws(LuaError) {
    let method = safeMethod(state.startMethod(of: index))
    try state.lifting { () throws(MultiprocessingError) in try process.checkCanStart() }
    if method == .fork { try state.checkMemoryLimitAtStart(of: index) }
    if method != .inline {
      try state.writeWholeLines()
      state.keepAmongChildren(index)
    }
    do throws(LuaError) {
      switch method {
      case .fork: try fork(process, at: index, state)
      case .inline: try InlineRun.run(process, at: index, state)
      case .spawn, .forkserver:
        let launch = try Launch.make(for: process, at: index, state)
        defer { launch.release() }
        try state.openingFiles { () throws(MultiprocessingError) in
          try process.start(launch, throughServer: method == .forkserver)
        }
      }
    } catch {
      // A second start leaves the child of the first alone.
      if process.pid == nil || !process.isOwn { state.dropFromChildren(index) }
      throw error
    }
    // A start reaps those that have ended: a script that joins nobody must not keep them all.
    state.dropEndedChildren()
    for field: StaticString in ["_target", "_args", "_kwargs"] {
      state.pushNil()
      state.setProcessField(index, field)
    }
  }

  private static let hasWarned = SingleThreaded(false)

  /// The method, unless a copy of this process could not live: of its threads only one would be copied,
  /// and what the others hold would stay locked.
  ///
  /// Threads are never ours; a module written in C may have started some.
  private static func safeMethod(_ method: StartMethod) -> StartMethod {
    guard method == .fork, ThreadCount.own > 1 else { return method }
    if !hasWarned.value {
      hasWarned.value = true
      Logger.log(
        .warning,
        "this process has \(ThreadCount.own) threads, which fork would not copy: "
          + "processes are started by the fork server instead")
    }
    return .forkserver
  }

  private static func fork(
    _ process: Process, at index: Int32, _ state: LuaState
  ) throws(LuaError) {
    try state.lifting { () throws(MultiprocessingError) in
      var child = state
      let prepare = {
        child = state.withoutCollecting { enterChild(at: index, state) }
        state.postponeCollection()
      }
      try process.start(preparing: prepare) { runChild(child) }
    }
  }

  /// Puts things right in the child.
  ///
  /// No signal is heard before: an error that one raised here would be lost. The collector stands
  /// still: a finalizer would find the parent's affairs.
  ///
  /// - Returns: A coroutine with the process's `run` and the process, for `runChild`.
  private static func enterChild(at index: Int32, _ state: LuaState) -> LuaState {
    // A coroutine of its own: the child's tracebacks end where it began, and the parent's calls do
    // not count against its depth.
    let child = state.newCoroutine()
    Interrupt.enterChild(child)
    InlineRun.forget()
    Context.adopt(state.startMethod(of: index))
    state.applyMemoryLimit(of: index)
    state.forgetChildren()
    state.closeUnreachablePipeEnds(of: index)
    reseed(child)
    state.copy(index)
    state.rawSet(LuaState.registry, "multiprocessing.current")
    state.pushProcessMethod(index, "run")
    state.copy(index)
    state.move(2, to: child)
    return child
  }

  /// The child's life; its result is the exit code.
  ///
  /// Stack of `child`: [run, process].
  static func runChild(_ child: LuaState) -> Int32 {
    Logger.log(.info, "child process calling self.run()")
    var code: Int32 = 0
    do {
      try child.call(arguments: 1, results: 0, handler: { $0.run(childErrorHandler) })
    } catch {
      code = report(child)
    }
    code = finish(exitCode: code, child)
    Interrupt.endBySignalIfUncaught()
    return code
  }

  /// Closes the variables of the coroutine that the process began in.
  ///
  /// What interrupts that changes the exit code. Other errors of a `__close` are dropped, as Lua's own
  /// interpreter does.
  static func closeVariables(exitCode: Int32, _ base: LuaState) -> Int32 {
    do {
      try base.closeVariables()
    } catch {
      if Interrupt.isRaised(base) { return report(base) }
    }
    return exitCode
  }

  /// Runs the exit sequence; what interrupts it changes the exit code.
  static func finish(exitCode: Int32, _ state: LuaState) -> Int32 {
    var code = exitCode
    ProgressBar.endAll()
    if Interrupt.endingSignal == nil {
      do throws(LuaError) {
        try state.finishExecutors()
      } catch {
        state.push(error)
        if isMain, !Interrupt.isRaised(state) { printUncaught(state) }
        code = report(state)
      }
    }
    while true {
      do throws(MultiprocessingError) {
        try ExitSequence.run(endingTree: isMain && Interrupt.isTerminated)
        // A signal that came just as the last child ended has interrupted no wait.
        guard Interrupt.isDue else { break }
        throw .interrupted
      } catch .interrupted {
        state.push(LuaError.interrupted)
        code = report(state)
      } catch {
        Logger.log(.error, "cannot end all children: \(error)")
        break
      }
    }
    if !isMain {
      Logger.log(.info, "process exiting with exitcode \(code)")
    }
    Output.flush()
    return code
  }

  private static var isMain: Bool { CurrentProcess.parent == nil }

  /// Reports the uncaught error on top of the stack; its exit code.
  static func report(_ state: LuaState) -> Int32 {
    defer { state.pop() }
    let before = Interrupt.endingSignal
    if isMain || Interrupt.isSilent, let signal = Interrupt.noteUncaught(state) {
      // One line for a Ctrl-C, from the main process alone; none for SIGTERM.
      if isMain, before == nil, signal == SIGINT { reportInterruption() }
      return 1
    }
    let isReported = state.rawGet(LuaState.registry, "multiprocessing.reported") != .nil
    state.pop()
    if !isMain, !isReported { printUncaught(state) }
    return 1
  }

  /// Has this child not print the error that it ends by: another process has printed it.
  static func reportNoFurther(_ state: LuaState) {
    state.push(true)
    state.rawSet(LuaState.registry, "multiprocessing.reported")
  }

  /// Prints the error on top of the stack as that of a process that nobody caught.
  static func printUncaught(_ state: LuaState) {
    state.push("Process \(CurrentProcess.name):\n")
    state.pushReport(-2)
    state.push(literal: "\n")
    state.concatenate(3)
    StandardError.write(state.bytes(-1) ?? [])
    state.pop()
  }

  private static func reportInterruption() {
    let program = ProgramArguments.all.first ?? Array("mplua".utf8)
    StandardError.write(program + Array(": KeyboardInterrupt\n".utf8))
  }

  /// Gives the child random numbers of its own.
  ///
  /// Python reseeds `random` too.
  static func reseed(_ state: LuaState) {
    state.pushLoadedModules()
    if state.rawGet(-1, "math") == .table, state.rawGet(-1, "randomseed") == .function {
      // Lua's own choice is made of the time and an address, which may be those of a sibling.
      state.push(Randomness.integer)
      state.push(Int(CurrentProcess.pid))
      try? state.call(arguments: 2, results: 0)
    }
    state.setTop(0)
  }
}

// The registry keeps the processes that are running, so that `active_children` gives back the very
// objects that were started, with their fields, even if the script dropped them.

extension LuaState {
  private func pushChildren() {
    if rawGet(LuaState.registry, "multiprocessing.children") == .table { return }
    pop()
    newTable()
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.children")
  }

  fileprivate func keepAmongChildren(_ process: Int32) {
    let process = absolute(process)
    pushChildren()
    copy(process)
    push(true)
    rawSet(-3)
    pop()
  }

  func dropFromChildren(_ process: Int32) {
    let process = absolute(process)
    pushChildren()
    copy(process)
    pushNil()
    rawSet(-3)
    pop()
  }

  /// Lets all children be collected that are known to have ended.
  fileprivate func dropEndedChildren() {
    pushChildren()
    let children = top
    pushNil()
    while next(children) {
      pop()
      let process = optionalObject(-1, as: ProcessHandle.self)?.process
      guard process?.hasEnded ?? true else { continue }
      copy(-1)
      pushNil()
      // Clearing a field is the one change that a traversal allows.
      rawSet(children)
    }
    pop()
  }

  /// Pushes the child of this process, running as far as is known, with an identity.
  ///
  /// Stack: [] -> [process] when the result is true.
  func pushChild(_ identity: [Int]) -> Bool {
    pushChildren()
    let children = top
    pushNil()
    while next(children) {
      pop()
      if optionalObject(-1, as: ProcessHandle.self)?.process?.identity == identity {
        remove(children)
        return true
      }
    }
    pop()
    return false
  }

  /// Lets the process at `index` be collected once it has ended.
  func forgetIfEnded(_ process: Process, at index: Int32) {
    if process.pid != nil, process.poll() != nil { dropFromChildren(index) }
  }

  fileprivate func forgetChildren() {
    pushNil()
    rawSet(LuaState.registry, "multiprocessing.children")
  }

  /// Reaps what has ended and lists the rest, oldest first.
  ///
  /// Stack: [] -> [list].
  func pushActiveChildren() {
    let active = CurrentProcess.activeChildren
    newTable(list: Int32(active.count))
    let list = top
    pushChildren()
    let children = top
    pushNil()
    while next(children) {
      pop()
      guard let process = optionalObject(-1, as: ProcessHandle.self)?.process,
        let position = active.firstIndex(where: { $0 === process })
      else {
        copy(-1)
        pushNil()
        // Clearing a field is the one change that a traversal allows.
        rawSet(children)
        continue
      }
      copy(-1)
      rawSet(list, position + 1)
    }
    setTop(list)
  }
}
