// Taking tasks back that no worker has taken. Python: `Future.cancel`.

extension PoolCore {
  /// Whether a worker has taken a task, and it has not ended.
  public func isTaken(_ task: PoolTask) -> Bool {
    pending[task.ordinal] === task && isPassed(task.ordinal)
  }

  /// Whether a worker has taken the message of that ordinal.
  func isPassed(_ ordinal: UInt32) -> Bool {
    Int32(bitPattern: ordinal &- Ring.ordinal(tasks.header.head.load())) < 0
  }

  /// Cancels a task that no worker has taken; it has ended when this returns.
  ///
  /// - Returns: False when a worker has taken it or it has ended.
  /// - Throws: `.system` when there is no memory to say so.
  public func withdraw(_ task: PoolTask) throws(MultiprocessingError) -> Bool {
    guard pending[task.ordinal] === task, !isPassed(task.ordinal) else { return false }
    // First the mark, then the head: who takes the task after this look sees the mark. Who took it
    // before may have seen it too; then the task ends as cancelled later.
    try board.mark(task.ordinal)
    if isPassed(task.ordinal) { return false }
    end(task, .cancelled(nil))
    return true
  }

  /// Cancels all tasks that no worker has taken.
  ///
  /// - Parameter keepsBegun: Whether the first of them are left that idle workers are about to take.
  /// - Throws: As `withdraw`.
  public func withdrawAll(keepsBegun: Bool) throws(MultiprocessingError) {
    let waiting = pending.values.filter { !isPassed($0.ordinal) }
    let kept = keepsBegun ? max(0, workerCount - busyCount) : 0
    for task in waiting.sorted(by: { $0.number < $1.number }).dropFirst(kept) {
      _ = try withdraw(task)
    }
  }
}
