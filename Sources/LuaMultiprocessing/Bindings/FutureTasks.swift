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
      try lifting { () throws(MultiprocessingError) in
        if let pool = busy.first, busy.count == 1 {
          try pool.core.waitForNews(until: deadline)
        } else {
          _ = try MultipleWait.any(of: busy.flatMap(\.core.waitables), until: deadline)
        }
      }
    }
  }

  /// Whether a worker has taken the task of the future at an index.
  func isTaskTaken(_ index: Int32) -> Bool { false }

  /// Cancels the task of the future at an index: one that no worker has taken.
  ///
  /// - Parameter stopsRunning: One that a worker has taken too.
  /// - Returns: Whether it will not complete any more.
  func cancelTask(_ index: Int32, stopsRunning: Bool) throws(LuaError) -> Bool { false }
}
