// What futures need of the pools of this process. Python: the threads of `concurrent.futures.process`.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Collects the results that have come, without waiting.
  func collectResults() throws(LuaError) { try pumpPools() }

  /// Waits until the condition holds, collecting results and running callbacks meanwhile.
  ///
  /// The condition may look at the stack of the running body, by indices from its bottom.
  ///
  /// - Throws: `DeadlockError` when there is no task left that could make it hold.
  func waitForResults(
    until deadline: Deadline, _ condition: () -> Bool
  ) throws(LuaError) {
    while true {
      try pumpPools()
      if condition() || deadline.isPast { return }
      let busy = Pools.busy
      if busy.isEmpty, deadline == .never {
        throw .object(
          .deadlockError, "nobody is left who could complete the future: no task is under way")
      }
      try waitForNews(of: busy, until: deadline)
    }
  }

  /// The task of the future at an index, if it has not ended, and its pool.
  private func task(of index: Int32) -> (PoolTask, LuaPool)? {
    userValue(index, Future.Value.task)
    defer { pop() }
    guard let job = optionalObject(-1, as: ResultHandle.self)?.job, let pool = job.pool,
      pool.core.isOwn, let task = job.onlyTask
    else { return nil }
    return (task, pool)
  }

  /// Whether a worker has the task of the future at an index.
  func isTaskTaken(_ index: Int32) -> Bool {
    guard let (task, pool) = task(of: index) else { return false }
    return pool.core.isTaken(task)
  }

  /// Cancels the task of the future at an index if no worker has taken it.
  ///
  /// - Parameters:
  ///   - index: Where the future is.
  ///   - stopsRunning: One that a worker has taken is stopped.
  /// - Returns: Whether it was cancelled.
  /// - Throws: `RuntimeError` in another process.
  func cancelTask(_ index: Int32, stopsRunning: Bool) throws(LuaError) -> Bool {
    try checkOwner(of: index)
    guard let (task, pool) = task(of: index) else { return false }
    return try lifting { () throws(MultiprocessingError) in
      try stopsRunning ? pool.core.cancel(task) : pool.core.withdraw(task)
    }
  }
}
