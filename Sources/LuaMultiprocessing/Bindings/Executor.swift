// `mp.ProcessPoolExecutor`. Python: `concurrent.futures.ProcessPoolExecutor`.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

/// An executor as a script holds it.
///
/// Its user values are listed in `Executor.Value`. It gives its work to a `Pool`, made when there is some.
struct Executor: LuaObject {
  static let typeName: StaticString = "ProcessPoolExecutor"
  static let example: StaticString = "executor"
  static let magic: UInt64 = 0x51F7_3A0D_B86C_E924

  /// The user values of an executor.
  enum Value {
    /// The pool; nil before the first task.
    static let pool: Int32 = 1
    /// What the pool is made with: a list of the arguments of `Pool`, and the field `make`, the `Pool`
    /// of the context.
    static let making: Int32 = 2
    /// A table of keywords for each task; nil for none.
    static let taskOptions: Int32 = 3
    /// A set of the iterations over functions that are to be drawn to their end at the latest by
    /// `shutdown`.
    static let iterations: Int32 = 4
    static let count: Int32 = 4
  }

  /// The process that made it.
  private let owner: UInt32
  let maxWorkers: Int
  var isShutDown = false
  /// Whether the workers were ended before the tasks.
  var isTerminated = false

  init(maxWorkers: Int) {
    owner = Board.identity
    self.maxWorkers = maxWorkers
  }

  /// Whether this process made it.
  var isOwn: Bool { owner == Board.identity }
}

extension LuaState {
  /// Adds the class to the table on top of the stack.
  func addExecutor() {
    newMetatable(className: "ProcessPoolExecutor")
    setFunctions([
      "__newindex": { $0.run(refuseNewField) },
      "__tostring": { $0.run(executorToString) },
      "__close": { $0.run(executorLeaveScope) },
    ])
    newTable(fields: 8)
    setFunctions([
      "submit": { $0.run(executorSubmit) },
      "map": { $0.run(executorMap) },
      "shutdown": { $0.run(executorShutDown) },
      "terminate_workers": { $0.runBare("terminate_workers", executorTerminateWorkers) },
      "kill_workers": { $0.runBare("kill_workers", executorKillWorkers) },
    ])
    rawSet(-2, "__index")
    pop()
    setFunctions(["ProcessPoolExecutor": { $0.run(executorMake) }])
    for method in StartMethod.allCases {
      pushContext(method)
      copy(-1)
      push(body: { $0.run(executorMakeInContext) }, upvalues: 1)
      rawSet(-2, "ProcessPoolExecutor")
      pop()
    }
  }
}

// MARK: - Making one

private let executorSignature = Signature(
  name: "ProcessPoolExecutor", example: "ProcessPoolExecutor{max_workers = 4}",
  parameters: [
    Parameter("max_workers"), Parameter("mp_context"), Parameter("initializer"),
    Parameter("initargs", .table), Parameter("max_tasks_per_child", .keywordOnly),
    Parameter("max_memory_per_child", .keywordOnly), Parameter("timeout", .keywordOnly),
    Parameter("retries", .keywordOnly),
  ])

/// Lua: `mp.ProcessPoolExecutor([max_workers [, mp_context [, initializer [, initargs]]]])`.
///
/// `timeout` and `retries` hold for each task.
private func executorMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseFuturesModule("ProcessPoolExecutor")
  try state.bindExecutor()
  return try state.makeExecutor()
}

/// Lua: `ctx.ProcessPoolExecutor(…)`: the same with the context for `mp_context`.
private func executorMakeInContext(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bindExecutor()
  if state.isNoneOrNil(2) {
    state.copy(state.upvalue(1))
    state.replace(2)
  }
  return try state.makeExecutor()
}

extension LuaState {
  fileprivate func bindExecutor() throws(LuaError) {
    try refuseModule("ProcessPoolExecutor")
    try bind(executorSignature, from: 1)
  }

  /// Makes the executor for the arguments that `bindExecutor` has bound.
  ///
  /// Stack: [] -> [executor].
  fileprivate func makeExecutor() throws(LuaError) -> Int32 {
    let workers = try integer(1, "max_workers", default: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard workers > 0 else { throw .value("max_workers must be greater than 0") }
    guard isNoneOrNil(3) || isCallable(3) else {
      throw .type("initializer must be a callable")
    }
    try checkArgumentList(4, "initargs", "initargs = ")
    if !isNoneOrNil(5) {
      guard let tasks = integer(5) else { throw .type("max_tasks_per_child must be an integer") }
      guard tasks >= 1 else { throw .value("max_tasks_per_child must be >= 1") }
    }
    try checkContext(2)
    _ = try taskOptions(7)
    push(object: Executor(maxWorkers: workers), userValues: Executor.Value.count)
    let executor = top
    pushMaking(workers)
    setUserValue(executor, Executor.Value.making)
    if !isNoneOrNil(7) || !isNoneOrNil(8) {
      newTable(fields: 2)
      copy(7)
      rawSet(-2, "timeout")
      copy(8)
      rawSet(-2, "retries")
      setUserValue(executor, Executor.Value.taskOptions)
    }
    keepForExit(executor)
    return 1
  }

  fileprivate func checkContext(_ index: Int32) throws(LuaError) {
    guard !isNoneOrNil(index) else { return }
    let isTable = isTable(index)
    if isTable {
      copy(index)
      push(literal: "Pool")
      try get()
    } else {
      pushNil()
    }
    defer { pop() }
    guard isCallable(-1) else {
      let hint =
        isString(index) ? "write mp.get_context(\"\(string(index))\")" : "see mp.get_context"
      throw .type("mp_context must be a context, got \(typeName(index)); \(hint)")
    }
  }

  /// Keeps what the pool is to be made with, from the arguments of the executor.
  ///
  /// Stack: [] -> [table].
  fileprivate func pushMaking(_ workers: Int) {
    newTable(list: 4, fields: 4)
    push(workers)
    rawSet(-2, 1)
    copy(3)
    rawSet(-2, 2)
    copy(4)
    rawSet(-2, 3)
    newTable(fields: 2)
    copy(5)
    rawSet(-2, "maxtasksperchild")
    copy(6)
    rawSet(-2, "max_memory_per_child")
    rawSet(-2, 4)
    copy(2)
    rawSet(-2, "context")
    push(callersPlace ?? "")
    rawSet(-2, "place")
  }

  /// Pushes the pool of the executor at an index, made on first use.
  ///
  /// Stack: [] -> [pool].
  func pushPool(of executor: Int32) throws(LuaError) {
    if userValue(executor, Executor.Value.pool) != .nil { return }
    pop()
    let base = top
    userValue(executor, Executor.Value.making)
    if rawGet(base + 1, "context") == .nil {
      pop()
      rawGet(LuaState.registry, "multiprocessing")
    }
    push(literal: "Pool")
    try get()
    for position in 1...4 { rawGet(base + 1, position) }
    try call(arguments: 4, results: 1)
    rawGet(base + 1, "place")
    optionalObject(-2, as: PoolHandle.self)?.pool?.core.place = string(-1)
    pop()
    remove(base + 1)
    copy(-1)
    setUserValue(executor, Executor.Value.pool)
  }

  /// Pushes the pool of the executor at an index; false when it has none yet.
  ///
  /// Stack: [] -> [pool] when true.
  func pushPoolIfMade(of executor: Int32) -> Bool {
    if userValue(executor, Executor.Value.pool) != .nil { return true }
    pop()
    return false
  }

  /// Calls a method of the pool on top of the stack.
  ///
  /// Stack: [pool] -> [pool].
  func callPool(_ method: StaticString) throws(LuaError) {
    copy(-1)
    push(literal: method)
    try get()
    copy(-2)
    try call(arguments: 1, results: 0)
  }

  /// The executor that takes a task, at index 1.
  func takingExecutor() throws(LuaError) -> Executor {
    let executor = try ownExecutor()
    if executor.isShutDown { throw .runtime("cannot schedule new futures after shutdown") }
    if pushPoolIfMade(of: 1) {
      defer { pop() }
      if let failure = optionalObject(-1, as: PoolHandle.self)?.pool?.core.failure {
        throw .object(.brokenProcessPool, failure)
      }
    }
    return executor
  }

  func ownExecutor() throws(LuaError) -> Executor {
    let executor = try object(1, as: Executor.self)
    guard executor.isOwn else {
      throw .runtime(
        "this ProcessPoolExecutor belongs to another process: make one in the process that uses it")
    }
    return executor
  }
}

// MARK: - One task

/// Lua: `executor:submit(f, …)`: a future for what `f(…)` gives in a worker.
private func executorSubmit(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.takingExecutor()
  guard !state.isNone(2) else { throw .type("submit() missing 1 required argument: 'fn'") }
  guard state.isCallable(2) else {
    let hint =
      state.isPlainTable(2) ? "; it has no keywords: write executor:submit(f, …)" : ""
    throw .type("fn must be a function, got \(state.typeName(2))\(hint)")
  }
  let count = state.top - 2
  try state.reserveStack(40)
  // [executor, fn, arguments…] -> [executor, fn, arguments]
  state.newTable(list: count, fields: 1)
  state.insert(3)
  for position in stride(from: Int(count), to: 0, by: -1) { state.rawSet(3, position) }
  state.push(Int(count))
  state.rawSet(3, "n")
  state.pushFuture()
  try state.pushPool(of: 1)
  try state.submit("apply_async")
  return 1
}

extension LuaState {
  /// Has the pool run a task for a future.
  ///
  /// Stack: [executor, fn, arguments, future, pool] -> [future].
  ///
  /// - Parameter method: `apply_async` or another that takes a function, a table and keywords.
  /// - Throws: What the method raises.
  fileprivate func submit(_ method: StaticString) throws(LuaError) {
    let future = top - 1
    copy(-1)
    push(literal: method)
    try get()
    insert(-2)
    copy(2)
    copy(future - 1)
    pushTaskOptions(of: 1, future: future)
    // [future, method, pool, fn, arguments, keywords]
    try call(arguments: 4, results: 1)
    optionalObject(-1, as: ResultHandle.self)?.job?.callsBackAgain = true
    let isDone = optionalObject(future, as: Future.self)?.state.isDone ?? true
    if isDone { pop() } else { setUserValue(future, Future.Value.task) }
  }

  /// The keywords of a task: those of the executor, and the callbacks that complete the future.
  ///
  /// Stack: [] -> [table].
  private func pushTaskOptions(of executor: Int32, future: Int32) {
    newTable(fields: 4)
    copyTaskOptions(of: executor)
    copy(future)
    push(body: { $0.run(taskSucceeded) }, upvalues: 1)
    rawSet(-2, "callback")
    copy(future)
    copy(executor)
    push(body: { $0.run(taskFailed) }, upvalues: 2)
    rawSet(-2, "error_callback")
  }
}

/// The callback of a task that has returned: completes its future, the first upvalue.
///
/// Lua: [result…] -> [].
private func taskSucceeded(_ state: LuaState) throws(LuaError) -> Int32 {
  let count = state.top
  try state.reserveStack(20)
  state.copy(state.upvalue(1))
  state.insert(1)
  guard let future = state.optionalObject(1, as: Future.self), !future.state.isDone else {
    return 0
  }
  if count != 1 {
    state.newTable(list: count, fields: 1)
    state.insert(2)
    for position in stride(from: Int(count), to: 0, by: -1) { state.rawSet(2, position) }
    state.push(Int(count))
    state.rawSet(2, "n")
  }
  try state.complete(1, .finished, packed: count != 1)
  return 0
}

/// The callback of a task that has failed: completes its future, the first upvalue; the second one is
/// the executor.
///
/// Lua: [error] -> [].
private func taskFailed(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  state.copy(state.upvalue(1))
  state.insert(1)
  guard let future = state.optionalObject(1, as: Future.self), !future.state.isDone else {
    return 0
  }
  let executor = state.optionalObject(state.upvalue(2), as: Executor.self)
  // One that the task itself has raised is an error like any other: it says in which process.
  if state.isError(2, .cancelledError), state.rawGet(2, "process") == .nil {
    if executor?.isTerminated ?? false {
      state.push(
        .brokenProcessPool, "the workers of the executor were ended before the task was done")
      try state.complete(1, .finished, failed: true)
    } else {
      state.pushNil()
      try state.complete(1, .cancelledAndNotified)
    }
    return 0
  }
  state.setTop(2)
  try state.complete(1, .finished, failed: true)
  return 0
}

private func executorToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let executor = try state.object(1, as: Executor.self)
  state.push("<ProcessPoolExecutor max_workers=\(executor.maxWorkers)>")
  return 1
}
