// `mp.Pool`. Python: `multiprocessing.pool.Pool`.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

/// A pool as a script holds it.
///
/// User values: the Lua values of its jobs by their numbers, the initializer, its arguments.
struct PoolHandle: LuaObject {
  static let typeName: StaticString = "Pool"
  static let example: StaticString = "pool"
  static let magic: UInt64 = 0x3C94_F6A1_70E8_52BD

  let number: Int
  /// How many tasks a worker does before another takes its place; 0 for no limit.
  let taskLimit: Int
  /// How much memory a worker may have when a task has ended, in bytes; 0 for no limit.
  let memoryLimit: Int

  var pool: LuaPool? { Pools.find(number) }
}

extension LuaState {
  /// Adds the class to the module on top of the stack.
  func addPool() {
    addPoolSeats()
    newMetatable(className: "Pool")
    setFunctions(PoolMethods.meta)
    newTable(fields: 24)
    setFunctions(PoolMethods.all)
    setFunctions(PoolMethods.submitting)
    rawSet(-2, "__index")
    pop()
    addAsyncResults()
    setFunctions(["Pool": { $0.run(poolMake) }])
  }

  /// The pool that a method is called on, by the process that made it.
  func ownPool(_ index: Int32 = 1) throws(LuaError) -> LuaPool {
    let handle = try object(index, as: PoolHandle.self)
    guard let pool = handle.pool else { throw .value("Pool not running") }
    guard pool.core.isOwn else {
      throw .runtime(
        "this Pool belongs to the process with pid \(pool.core.ownerPid): make a Pool in the "
          + "process that uses it")
    }
    return pool
  }

  /// The same if it takes tasks.
  func runningPool(_ index: Int32 = 1) throws(LuaError) -> LuaPool {
    let pool = try ownPool(index)
    guard pool.core.state == .running else { throw .value("Pool not running") }
    if let failure = pool.core.failure { throw .object(.brokenProcessPool, failure) }
    return pool
  }
}

let poolSignature = Signature(
  name: "Pool", example: "Pool{processes = 4}",
  parameters: [
    Parameter("processes"), Parameter("initializer"), Parameter("initargs", .table),
    Parameter("maxtasksperchild"), Parameter("context", .keywordOnly),
    Parameter("max_memory_per_child", .keywordOnly),
  ])

/// Lua: `mp.Pool([processes [, initializer [, initargs [, maxtasksperchild]]]])`.
private func poolMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try makePool(state, of: nil)
}

/// Lua: `ctx.Pool(…)`; the upvalue names the context's method.
func poolMakeOfContext(_ state: LuaState) throws(LuaError) -> Int32 {
  if state.contextMethod(1) != nil { throw .type("call it as ctx.Pool(), with a dot") }
  return try makePool(state, of: StartMethod(rawValue: state.string(state.upvalue(1))))
}

private func makePool(_ state: LuaState, of contextMethod: StartMethod?) throws(LuaError) -> Int32 {
  try state.refuseModule("Pool")
  try state.bind(poolSignature, from: 1)
  if state.isFunction(1) {
    throw .type("processes must be an integer, got function; write Pool{initializer = f}")
  }
  let count = try state.integer(1, "processes", default: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  guard count >= 1 else { throw .value("Number of processes must be at least 1") }
  guard state.isNoneOrNil(2) || state.isCallable(2) else {
    throw .type("initializer must be a callable")
  }
  try state.checkArgumentList(3, "initargs", "initargs = ")
  let taskLimit = try state.positive(
    4, orElse: "maxtasksperchild must be a positive int or None")
  let memoryLimit = try state.positive(
    6, orElse: "max_memory_per_child must be a positive number of bytes or nil")
  guard state.isNoneOrNil(5) || state.contextMethod(5) != nil else {
    throw .type(
      "context must be a context, got \(state.typeName(5)); write context = mp.get_context(\"spawn\")"
    )
  }
  if contextMethod == nil, state.isInline(context: 5) {
    try state.makeInlinePool(workers: count)
    return 1
  }
  let method = state.contextMethod(5) ?? contextMethod ?? Context.fixMethod()
  let place = state.place(level: 1) ?? ""
  let core = try state.lifting { () throws(MultiprocessingError) in try PoolCore(workers: count) }
  core.place = place
  let pool = Pools.make(core, method)
  state.push(
    object: PoolHandle(number: pool.number, taskLimit: taskLimit, memoryLimit: memoryLimit),
    userValues: 3)
  let userdata = state.top
  state.newTable()
  state.setUserValue(userdata)
  state.copy(2)
  state.setUserValue(userdata, 2)
  state.copy(3)
  state.setUserValue(userdata, 3)
  state.pushPools()
  state.copy(userdata)
  state.rawSet(-2, pool.number)
  state.pop()
  do throws(LuaError) {
    try state.pump(pool)
    // Some may have been started and others not; after a signal none is.
    if core.processes.count < count {
      throw Interrupt.isDue ? .interrupted : .runtime("cannot start \(count) workers")
    }
  } catch {
    state.end(pool)
    throw error
  }
  return 1
}

extension LuaState {
  /// A positive integer or, when it was not given, 0.
  fileprivate func positive(_ index: Int32, orElse text: String) throws(LuaError) -> Int {
    if isNoneOrNil(index) { return 0 }
    guard let value = integer(index), value > 0 else { throw .value(text) }
    return value
  }

  /// Ends a pool's workers at once.
  func end(_ pool: LuaPool) {
    guard pool.core.isOwn else { return }
    for job in pool.jobs.values { job.endProgress() }
    pool.core.terminate()
  }
}

/// Lua: `pool:close()`.
private func poolClose(_ state: LuaState) throws(LuaError) -> Int32 {
  let pool = try state.ownPool()
  pool.core.close()
  try state.pump(pool)
  return 0
}

/// Lua: `pool:terminate()`.
private func poolTerminate(_ state: LuaState) throws(LuaError) -> Int32 {
  let pool = try state.ownPool()
  state.end(pool)
  try state.pump(pool)
  return 0
}

/// Lua: `pool:join()`: waits until the workers have ended.
private func poolJoin(_ state: LuaState) throws(LuaError) -> Int32 {
  let pool = try state.ownPool()
  guard pool.core.state != .running else { throw .value("Pool is still running") }
  Logger.log(.debug, "joining pool")
  if pool.core.state == .closed { try state.drawAll(pool) }
  _ = try state.wait(for: pool, until: .never) { pool.core.hasEnded }
  return 0
}

/// Lua: the end of `local pool <close> = mp.Pool()`.
private func poolLeaveScope(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let pool = state.optionalObject(1, as: PoolHandle.self)?.pool else { return 0 }
  state.end(pool)
  return 0
}

/// A pool that nobody can use any more leaves no process.
private func poolCollect(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let pool = state.take(1, as: PoolHandle.self)?.pool else { return 0 }
  if pool.core.isOwn {
    state.end(pool)
    for job in pool.jobs.values { job.abandon(state) }
    state.letGoOfUnwanted(pool)
    pool.core.release()
  }
  Pools.forget(pool)
  return 0
}

/// Lua: `pool:stats()`.
private func poolStatistics(_ state: LuaState) throws(LuaError) -> Int32 {
  let pool = try state.ownPool()
  try state.pump(pool)
  let core = pool.core
  state.newTable(fields: 12)
  let numbers: [(StaticString, Int)] = [
    ("processes", core.workerCount), ("workers", core.processes.count), ("busy", core.busyCount),
    ("queued", core.waitingCount), ("pending", core.pendingCount), ("done", core.endedTasks),
    ("started", core.startedWorkers), ("lost", core.lostWorkers), ("retried", core.retriedTasks),
  ]
  for (name, number) in numbers {
    state.push(number)
    state.rawSet(-2, name)
  }
  state.newTable(list: Int32(core.processes.count))
  for (position, process) in core.processes.enumerated() {
    state.push(Int(process.pid ?? 0))
    state.rawSet(-2, position + 1)
  }
  state.rawSet(-2, "pids")
  return 1
}

private func poolToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: PoolHandle.self)
  guard let pool = handle.pool else {
    state.push("<multiprocessing.pool.Pool>")
    return 1
  }
  let core = pool.core
  state.push(
    "<multiprocessing.pool.Pool state=\(core.state.name) pool_size=\(core.processes.count)>")
  return 1
}

private enum PoolMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "close": { $0.runBare("close", poolClose) },
    "terminate": { $0.runBare("terminate", poolTerminate) },
    "join": { $0.runBare("join", poolJoin) },
    "stats": { $0.runBare("stats", poolStatistics) },
  ]

  static let submitting: KeyValuePairs<StaticString, cluabridge_body> = [
    "apply": { $0.run(poolApply) },
    "apply_async": { $0.run(poolApplyAsync) },
    "map": { $0.run(poolMap) },
    "map_async": { $0.run(poolMapAsync) },
    "starmap": { $0.run(poolStarMap) },
    "starmap_async": { $0.run(poolStarMapAsync) },
    "imap": { $0.run(poolIterate) },
    "imap_unordered": { $0.run(poolIterateUnordered) },
    "istarmap": { $0.run(poolIterateStar) },
    "istarmap_unordered": { $0.run(poolIterateStarUnordered) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(poolToString) },
    "__gc": { $0.run(poolCollect) },
    "__close": { $0.run(poolLeaveScope) },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
