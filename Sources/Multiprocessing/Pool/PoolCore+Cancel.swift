// Stopping a task. No counterpart in Python.

internal import Glibc

extension PoolCore {
  /// The tasks of a job that have not ended, in their order.
  public func tasks(of job: any PoolJob) -> [PoolTask] {
    pending.values.filter { $0.job === job }.sorted { $0.number < $1.number }
  }

  /// Cancels a task: one that has not begun never will, one that runs is stopped.
  ///
  /// The task ends later, as `pump` finds out; it may still end well. Inside a running task an error
  /// is raised first; if that does not end it, its worker is killed.
  ///
  /// - Returns: Whether the task had not ended.
  /// - Throws: `.system` when there is no memory to say so.
  public func cancel(_ task: PoolTask) throws(MultiprocessingError) -> Bool {
    drain()
    guard pending[task.ordinal] === task else { return false }
    task.retriesLeft = 0
    if !task.isLimited { limitedTasks += 1 }
    if task.cancelTime == 0 { task.cancelTime = Clock.nanoseconds }
    let ordinal = task.ordinal
    if try withdraw(task) { return true }
    for position in workers.indices {
      let cell = board.cell(position)
      guard let worker = workers[position], cell.claimed == ordinal else { continue }
      cell.stop.store(UInt64(StopReason.cancel.rawValue) << 32 | UInt64(ordinal))
      // It may have gone on to another task since; the signal then means nothing to it.
      if cell.claimed == ordinal { try? worker.process.send(signal: TaskAlarm.signal) }
    }
    return true
  }

  /// Whether a worker should have killed itself for its task by now, but cannot: it was stopped.
  var hasOverdue: Bool { limitedTasks > 0 && workers.indices.contains { overdue(at: $0) != nil } }

  /// Kills the workers for which that holds.
  func killOverdue() {
    guard limitedTasks > 0 else { return }
    for position in workers.indices {
      guard let worker = workers[position], let (ordinal, reason) = overdue(at: position) else {
        continue
      }
      board.cell(position).killed.store(UInt64(reason.rawValue) << 32 | UInt64(ordinal))
      try? worker.process.send(signal: SIGKILL)
    }
  }

  private func overdue(at position: Int) -> (UInt32, StopReason)? {
    let cell = board.cell(position)
    guard let ordinal = cell.claimed, let task = pending[ordinal] else { return nil }
    // Its own timer comes first, after the grace.
    let patience = 2 * TaskAlarm.grace
    let now = Clock.nanoseconds
    if task.cancelTime > 0, now > max(task.cancelTime, cell.since.load()) + patience {
      return (ordinal, .cancel)
    }
    return task.timeout > 0 && now > cell.since.load() + task.timeout + patience
      ? (ordinal, .timeout) : nil
  }
}
