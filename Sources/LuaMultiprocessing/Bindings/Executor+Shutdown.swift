// How an executor ends. Python: `Executor.shutdown`, and what `concurrent.futures` does at exit.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

private let shutDownSignature = Signature(
  name: "shutdown", example: "executor:shutdown(true, {cancel_futures = true})",
  parameters: [Parameter("wait"), Parameter("cancel_futures", .keywordOnly)])

/// Lua: `executor:shutdown([wait [, {cancel_futures = false}]])`.
func executorShutDown(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.ownExecutor()
  try state.bind(shutDownSignature, from: 2)
  let waits = try state.flag(2, "wait", default: true)
  let cancels = try state.flag(3, "cancel_futures", default: false)
  try state.shutDown(waits: waits, cancels: cancels)
  return 0
}

/// Lua: `local executor <close> = …`: waits for all tasks, unless a signal ends the scope.
func executorLeaveScope(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let executor = state.optionalObject(1, as: Executor.self), executor.isOwn
  else { return 0 }
  state.setTop(2)
  if Interrupt.isRaised(state) {
    try state.endWorkers(with: nil)
  } else {
    do throws(LuaError) {
      try state.shutDown(waits: true, cancels: false)
    } catch {
      // Nobody can call it a second time, nor take what is left.
      state.push(error)
      let problem = state.top
      try state.endWorkers(with: nil)
      state.setTop(problem)
      throw .onTop
    }
  }
  return 0
}

extension LuaState {
  /// Ends the work of the executor at index 1.
  ///
  /// - Parameters:
  ///   - waits: Whether to wait for the tasks and the workers.
  ///   - cancels: Whether to cancel tasks that no worker has taken yet.
  ///   - keepsBegun: Whether those are left then that idle workers are about to take, as in Python,
  ///     where what was submitted to an idle executor counts as running.
  /// - Throws: What ends the wait.
  fileprivate func shutDown(
    waits: Bool, cancels: Bool, keepsBegun: Bool = true
  ) throws(LuaError) {
    guard var executor = optionalObject(1, as: Executor.self) else { return }
    executor.isShutDown = true
    update(1, executor)
    guard pushPoolIfMade(of: 1) else { return }
    let base = top - 1
    try endIterations(drawing: !cancels)
    if cancels, let pool = optionalObject(-1, as: PoolHandle.self)?.pool {
      try lifting { () throws(MultiprocessingError) in
        try pool.core.withdrawAll(keepsBegun: keepsBegun)
      }
      try pump(pool)
    }
    try callPool("close")
    if waits { try callPool("join") }
    setTop(base)
  }

  /// Ends the workers of the executor at index 1 before their tasks are done.
  ///
  /// - Parameter signal: Sent to each of them first; nil for what the pool does.
  /// - Throws: What a callback is interrupted by.
  fileprivate func endWorkers(with signal: Int32?) throws(LuaError) {
    try shutDown(waits: false, cancels: true, keepsBegun: false)
    guard var executor = optionalObject(1, as: Executor.self) else { return }
    executor.isTerminated = true
    update(1, executor)
    guard pushPoolIfMade(of: 1) else { return }
    if let signal, let pool = optionalObject(-1, as: PoolHandle.self)?.pool {
      for process in pool.core.processes { try? process.send(signal: signal) }
    }
    try callPool("terminate")
    pop()
    try collectResults()
  }
}

/// Lua: `executor:terminate_workers()`: ends the workers by SIGTERM; what they had fails.
func executorTerminateWorkers(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.ownExecutor()
  try state.endWorkers(with: nil)
  return 0
}

/// Lua: `executor:kill_workers()`: the same by SIGKILL.
func executorKillWorkers(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.ownExecutor()
  try state.endWorkers(with: SIGKILL)
  return 0
}

// MARK: - At the program's end

extension LuaState {
  /// Keeps the executor at an index in mind for the end of the process.
  ///
  /// Weakly: while one has work its pool keeps it, and one without work may be collected.
  func keepForExit(_ executor: Int32) {
    pushWeakTable("multiprocessing.executors", .keys)
    copy(executor)
    push(true)
    rawSet(-3)
    pop()
  }

  /// Waits for all work that was submitted to the executors of this process.
  ///
  /// - Throws: What interrupts that, or the first error of an executor, once all are done.
  func finishExecutors() throws(LuaError) {
    guard rawGet(LuaState.registry, "multiprocessing.executors") == .table else { return pop() }
    let all = top
    newTable()
    let own = top
    pushNil()
    while next(all) {
      pop()
      guard optionalObject(-1, as: Executor.self)?.isOwn ?? false else { continue }
      copy(-1)
      rawSet(own, rawLength(own) + 1)
    }
    var hasFailed = false
    for position in 0..<rawLength(own) {
      // A body of its own, as `shutDown` takes the executor at index 1.
      push(body: { $0.run(executorShutDown) })
      rawGet(own, position + 1)
      do throws(LuaError) {
        try call(arguments: 1, results: 0)
      } catch {
        push(error)
        if Interrupt.isRaised(self) { throw .onTop }
        // The others' work is waited for all the same.
        if hasFailed { pop() }
        hasFailed = true
      }
    }
    if hasFailed { throw .onTop }
    setTop(all - 1)
  }
}
