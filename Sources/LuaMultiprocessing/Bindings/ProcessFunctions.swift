// The module's functions about processes, and `os.exit`. Python: `multiprocessing.process`,
// `sys.exit`.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

extension LuaState {
  /// Adds the functions to the module on top of the stack.
  func addProcessFunctions() {
    addParentProcess()
    setFunctions([
      "current_process": { $0.run(currentProcess) },
      "parent_process": { $0.run(parentProcess) },
      "active_children": { $0.run(activeChildren) },
      "cpu_count": { $0.run(cpuCount) },
      "getpid": { $0.run(processNumber) },
    ])
  }

  /// Makes `os.exit` run the exit sequence first.
  func replaceExit() {
    pushLoadedModules()
    if rawGet(-1, "os") == .table {
      push(body: { $0.run(exitProcess) })
      rawSet(-2, "exit")
    }
    pop(2)
  }
}

/// Lua: `mp.current_process()`: the running process, always the same object.
private func currentProcess(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("current_process")
  state.pushCurrentProcess()
  return 1
}

extension LuaState {
  /// Stack: [] -> [process].
  func pushCurrentProcess() {
    if rawGet(LuaState.registry, "multiprocessing.current") == .userdata,
      optionalObject(-1, as: ProcessHandle.self)?.process?.isCurrent == true
    {
      return
    }
    pop()
    pushProcessClass()
    let handle = ProcessHandle()
    handle.process = .main
    pushBare(object: handle, userValues: 1)
    newTable()
    setUserValue(-2)
    rawGet(-2, "__instance")
    setMetatable(-2)
    remove(-2)
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.current")
  }
}

/// Lua: `mp.parent_process()`: nil in the main process.
private func parentProcess(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("parent_process")
  guard let parent = CurrentProcess.parent else {
    state.pushNil()
    return 1
  }
  if state.rawGet(LuaState.registry, "multiprocessing.parent") == .userdata,
    let handle = state.optionalObject(-1, as: ParentHandle.self), handle.pid == parent.pid
  {
    return 1
  }
  state.push(object: ParentHandle(pid: parent.pid), className: "ParentProcess")
  state.copy(-1)
  state.rawSet(LuaState.registry, "multiprocessing.parent")
  return 1
}

/// Lua: `mp.active_children()`.
private func activeChildren(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("active_children")
  state.pushActiveChildren()
  return 1
}

/// Lua: `mp.cpu_count()`.
private func cpuCount(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("cpu_count")
  let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
  guard count > 0 else {
    throw .object(.notImplementedError, "cannot determine number of cpus")
  }
  state.push(count)
  return 1
}

/// Lua: `mp.getpid()`.
private func processNumber(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("getpid")
  state.push(Int(CurrentProcess.pid))
  return 1
}

/// Lua: `os.exit([code [, close]])`.
///
/// Terminates daemons and joins the other children before. With `close` the `<close>` variables of
/// the process's first coroutine are closed before that, innermost first, as Python's `sys.exit` leaves
/// its with-statements; in the main process the interpreter is closed too. Without it a lock that a
/// guard still holds goes to its next owner as abandoned.
private func exitProcess(_ state: LuaState) throws(LuaError) -> Int32 {
  var code: Int32
  switch state.type(1) {
  case .none, .nil: code = EXIT_SUCCESS
  case .boolean: code = state.boolean(1) ? EXIT_SUCCESS : EXIT_FAILURE
  default:
    code = Int32(truncatingIfNeeded: try state.exitCode(1))
  }
  if InlineRun.isRunning { throw InlineRun.exit(code, state) }
  let closes = state.boolean(2)
  // What called this function is never returned to.
  let state = closes ? InterruptSignal.base(of: state) : state
  if closes { code = Bootstrap.closeVariables(exitCode: code, state) }
  code = Bootstrap.finish(exitCode: code, state)
  if CurrentProcess.parent != nil {
    Interrupt.endBySignalIfUncaught()
    ExitSequence.leave()
    _exit(code & 0xFF)
  }
  if closes { state.closeProgram() }
  Interrupt.endBySignalIfUncaught()
  ExitSequence.leave()
  exit(code)
}

extension LuaState {
  /// An exit code as Lua's own function takes it: an integer, or what can be turned into one.
  fileprivate func exitCode(_ index: Int32) throws(LuaError) -> Int {
    if let number = integerOrNumeral(index) { return number }
    guard number(index) == nil else {
      throw .argument(index, "number has no integer representation")
    }
    throw .argument(index, "number expected, got \(typeName(index))")
  }
}
