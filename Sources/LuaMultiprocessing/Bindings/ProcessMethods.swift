// Methods and attributes of processes. Python: `multiprocessing.process.BaseProcess`.

internal import CLuaBridge
internal import Multiprocessing

enum ProcessMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "init": { $0.run(processInit) },
    "extend": { $0.run(processExtend) },
    "run": { $0.run(processRun) },
    "start": { $0.runBare("start", processStart) },
    "join": { $0.run(processJoin) },
    "is_alive": { $0.runBare("is_alive", processIsAlive) },
    "terminate": { $0.runBare("terminate", processTerminate) },
    "kill": { $0.runBare("kill", processKill) },
    "interrupt": { $0.runBare("interrupt", processInterrupt) },
    "close": { $0.runBare("close", processClose) },
  ]
}

/// Lua: `p:start()`.
private func processStart(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  try Bootstrap.start(process, at: 1, state)
  return 0
}

private let joinSignature = Signature(
  name: "join", example: "p:join{timeout = 1}", parameters: [Parameter("timeout")])

/// Lua: `p:join([timeout])`.
private func processJoin(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  try state.bind(joinSignature, from: 2)
  let deadline = try state.deadline(timeout: 2)
  try state.pumpWhileJoining(process, until: deadline)
  try state.lifting { () throws(MultiprocessingError) in try process.join(until: deadline) }
  state.forgetIfEnded(process, at: 1)
  return 0
}

/// Lua: `p:is_alive()`.
private func processIsAlive(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  let isAlive = try state.lifting { () throws(MultiprocessingError) in try process.isAlive() }
  state.forgetIfEnded(process, at: 1)
  state.push(isAlive)
  return 1
}

/// Lua: `p:terminate()`.
private func processTerminate(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  try state.lifting { () throws(MultiprocessingError) in try process.terminate() }
  return 0
}

/// Lua: `p:kill()`.
private func processKill(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  try state.lifting { () throws(MultiprocessingError) in try process.kill() }
  return 0
}

/// Lua: `p:interrupt()`.
private func processInterrupt(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  try state.lifting { () throws(MultiprocessingError) in try process.interrupt() }
  return 0
}

/// Lua: `p:close()`.
private func processClose(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  try state.lifting { () throws(MultiprocessingError) in try process.close() }
  return 0
}

/// Lua: the end of `local p <close> = …`: joins and closes the process, and terminates it first when
/// the scope is left by an error.
func processLeaveScope(_ state: LuaState) throws(LuaError) -> Int32 {
  let process = try state.process(1)
  guard process.pid != nil, process.isOwn, process.state != .closed else { return 0 }
  let isError = !state.isNoneOrNil(2)
  try state.lifting { () throws(MultiprocessingError) in
    if isError { try process.terminate() }
    try process.join()
    try process.close()
  }
  state.forgetIfEnded(process, at: 1)
  return 0
}

func processCollect(_ state: LuaState) throws(LuaError) -> Int32 {
  // The child goes on; the runtime keeps it among this process's children until it is reaped.
  let handle = state.optionalObject(1, as: ProcessHandle.self)
  handle?.process = nil
  handle?.scriptClass = nil
  return 0
}

func processEqual(_ state: LuaState) throws(LuaError) -> Int32 {
  // Of one that came in messages there may be several handles.
  let left = state.optionalObject(1, as: ProcessHandle.self)?.process
  let right = state.optionalObject(2, as: ProcessHandle.self)?.process
  state.push(
    left.flatMap { left in right.map(left.isSame) } ?? state.rawEqual(1, 2))
  return 1
}

/// Lua: `tostring(p)`: `<Process name='Process-1' pid=12 parent=7 stopped exitcode=-SIGTERM daemon>`.
func processToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ProcessHandle.self)
  guard let process = handle.process else {
    state.push("<\(state.className(1)) not initialised>")
    return 1
  }
  let name = handle.scriptClass?.name ?? state.className(1)
  state.push(process.description(className: name))
  return 1
}

// MARK: - Attributes

/// Lua: `p.name`, `p:method`, and the script's own fields.
func processGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ProcessHandle.self)
  if state.isString(2), let process = handle.process,
    try pushAttribute(state.string(2), of: process, state)
  {
    return 1
  }
  state.userValue(1)
  state.copy(2)
  if state.rawGet(-2) != .nil { return 1 }
  guard state.isString(2), state.pushMetatable(1) else {
    state.pushNil()
    return 1
  }
  state.rawGet(-1, "__class")
  state.lookUp(key: 2)
  if let missing = handle.scriptClass, missing.isMissing, state.isNoneOrNil(-1) {
    throw .object(
      .attributeError,
      "'\(state.string(2))' of a \(missing.name) from another process: its class is not known here; "
        + "call mp.register(\"\(missing.name)\", \(missing.name)) before the processes are started")
  }
  return 1
}

extension LuaState {
  /// The sentinel of a process; the process keeps it open.
  func sentinel(of process: Process) throws(LuaError) -> Int32 {
    try openingFiles { () throws(MultiprocessingError) in try process.sentinel() }
  }
}

private func pushAttribute(
  _ name: String, of process: Process, _ state: LuaState
) throws(LuaError) -> Bool {
  switch name {
  case "name": state.push(process.name)
  case "daemon": state.push(process.isDaemon)
  case "pid", "ident":
    try state.lifting { () throws(MultiprocessingError) in try process.checkOpen() }
    state.push(optional: process.pid)
  case "exitcode":
    let code = try state.lifting { () throws(MultiprocessingError) in try process.exitCode() }
    if let code { state.push(code) } else { state.pushNil() }
    state.forgetIfEnded(process, at: 1)
  case "authkey": state.push(bytes: process.authenticationKey)
  case "sentinel":
    state.push(Int(try state.sentinel(of: process)))
  default: return false
  }
  return true
}

/// Lua: `p.name = "x"`, and new fields of the script's own.
func processSet(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ProcessHandle.self)
  let name = state.isString(2) ? state.string(2) : ""
  switch (name, handle.process) {
  case ("name", let process?):
    guard state.isString(3) else {
      throw .object(.assertionError, "name must be a string, got \(state.typeName(3))")
    }
    process.name = state.string(3)
  case ("daemon", let process?):
    let isDaemon = try state.flag(3, "daemon", default: false)
    try state.lifting { () throws(MultiprocessingError) in try process.setDaemon(isDaemon) }
  case ("authkey", let process?):
    guard let key = state.bytes(3) else {
      throw .type("authkey must be a string, got \(state.typeName(3))")
    }
    process.authenticationKey = key
  case ("memory_limit", let process?):
    try state.checkMemoryLimit(3)
    try state.lifting { () throws(MultiprocessingError) in try process.checkNotStarted() }
    state.setTop(3)
    state.setProcessField(1, "memory_limit")
  case ("pid", _), ("ident", _), ("exitcode", _), ("sentinel", _):
    throw .object(.attributeError, "can't set attribute '\(name)' of a Process")
  default:
    if state.isNoneOrNil(2) { throw .type("a field's name must not be nil") }
    if let number = state.number(2), number.isNaN { throw .type("a field's name must not be NaN") }
    state.userValue(1)
    state.copy(2)
    state.copy(3)
    state.rawSet(-3)
  }
  return 0
}
