// Workers that end and begin. Python: `Pool._maintain_pool`.

internal import Glibc

extension PoolCore {
  /// How many workers in a row may end before they serve, before the pool gives up.
  private var mostFailedStarts: Int { max(3, workerCount) }

  /// Takes results, settles what workers that have ended had, and starts others in their place.
  ///
  /// Runs no Lua code but what `start` does. Does nothing in a process that does not own the pool.
  ///
  /// - Throws: What `start` throws.
  public func pump(_ start: Starter) throws(MultiprocessingError) {
    guard isOwn else { return }
    drain()
    killOverdue()
    reap()
    if state == .closed, pending.isEmpty, openJobs == 0, !hasShutDown { try shutDown() }
    try startMissing(start)
  }

  /// Starts workers in the places that are free, while there can be work for them.
  func startMissing(_ start: Starter) throws(MultiprocessingError) {
    guard !isStarting, state != .terminated, !hasShutDown, failure == nil,
      !Interruption.isPending()
    else { return }
    // What `start` runs of the script may wait, and so come here again.
    isStarting = true
    defer { isStarting = false }
    for position in workers.indices where workers[position] == nil {
      let cell = board.cell(position)
      cell.clear()
      let process = try start(position)
      // Whoever reaps it first, the waits for several things must still find it ready.
      process.keepDescriptor()
      cell.identity.store(process.boardIdentity ?? 0)
      workers[position] = Worker(process: process, startTime: Clock.nanoseconds)
      startedWorkers += 1
      Logger.debug("added worker")
      // It may have ended the pool too.
      if state == .terminated || failure != nil { return stopWorkers() }
    }
  }

  /// Takes all results that have come.
  func drain() {
    while results.count > 0 {
      guard let (header, bytes, references) = takeResult() else { return }
      receive(header, bytes, references)
    }
  }

  private func receive(_ header: ResultHeader, _ bytes: [UInt8], _ references: [SharedObject]) {
    guard let status = ResultStatus(rawValue: header.status) else { return }
    if status == .initializerFailed {
      lastStartFailure = String(decoding: bytes, as: UTF8.self)
      return
    }
    guard let task = pending[header.ordinal] else {
      onUnwanted(references)
      return
    }
    switch status {
    case .value: end(task, .value(bytes, references))
    case .values: end(task, .values(bytes, references))
    case .error: end(task, .error(bytes, references))
    case .skipped, .initializerFailed: end(task, .cancelled(nil))
    }
  }

  func end(_ task: PoolTask, _ outcome: TaskOutcome) {
    pending[task.ordinal] = nil
    endedTasks += 1
    if task.isLimited { limitedTasks -= 1 }
    task.job.taskEnded(task, outcome)
  }

  /// Finds workers that have ended.
  func reap() {
    for position in workers.indices {
      guard let worker = workers[position], !Board.isAlive(worker.identity),
        let status = worker.process.poll()
      else { continue }
      settle(worker, at: position, status)
      release(worker, at: position)
    }
    guard failedStarts >= mostFailedStarts, failure == nil else { return }
    // While one serves the work goes on.
    if board.cells.contains(where: { $0.isServing.load() != 0 }) {
      failedStarts = 0
    } else {
      giveUp()
    }
  }

  /// Decides what became of the task of a worker that has ended.
  private func settle(_ worker: Worker, at position: Int, _ status: ExitStatus) {
    // What it returned before its end is there.
    drain()
    let cell = board.cell(position)
    if status.signal == Int(SIGINT), Interruption.lastTime() >= worker.startTime {
      // The same Ctrl-C has ended it, wherever it was: that says nothing of the initializer.
    } else if cell.isServing.load() == 0 {
      failedStarts += 1
      if lastStartFailure.isEmpty {
        lastStartFailure =
          "worker \(worker.process.name) (pid \(worker.process.pid ?? 0)) \(WorkerLoss.end(status)) "
          + "in the initializer"
      }
    } else {
      failedStarts = 0
      lastStartFailure = ""
    }
    guard let ordinal = cell.claimed, let task = pending[ordinal],
      // First the head, then the claims: who moved it past the task had claimed it before.
      isPassed(ordinal),
      !hasLaterClaim(than: cell, of: ordinal)
    else { return }
    // Who claimed it later may have returned the result and gone on since the first look.
    drain()
    guard pending[ordinal] === task else { return }
    lose(task, cell, worker, status)
  }

  private func hasLaterClaim(than cell: PoolBoard.Cell, of ordinal: UInt32) -> Bool {
    let since = cell.since.load()
    return board.cells.contains { $0.claimed == ordinal && $0.since.load() > since }
  }

  private func lose(
    _ task: PoolTask, _ cell: PoolBoard.Cell, _ worker: Worker, _ status: ExitStatus
  ) {
    lostWorkers += 1
    let lasted = Clock.nanoseconds &- min(cell.since.load(), Clock.nanoseconds)
    let loss = WorkerLoss(
      name: worker.process.name, pid: worker.process.pid ?? 0, status: status,
      seconds: Double(lasted) / 1e9)
    let killed = cell.killed.load()
    if killed != 0, UInt32(truncatingIfNeeded: killed) == task.ordinal {
      let isTimeout = StopReason(rawValue: UInt32(killed >> 32)) == .timeout
      return end(task, isTimeout ? .timedOut(loss) : .cancelled(loss))
    }
    task.losses.append(loss)
    guard task.retriesLeft > 0, failure == nil, state != .terminated else {
      return end(task, .lost(task.losses))
    }
    task.retriesLeft -= 1
    retriedTasks += 1
    pending[task.ordinal] = nil
    do {
      try putAgain(task)
    } catch {
      pending[task.ordinal] = task
      end(task, .lost(task.losses))
    }
  }

  /// Gives up: no worker has got as far as to serve.
  private func giveUp() {
    let text =
      "the initializer failed in \(failedStarts) workers in a row, and the pool has given up: "
      + lastStartFailure
    failure = text
    for task in pending.values.sorted(by: { $0.number < $1.number }) { end(task, .broken(text)) }
    stopWorkers()
  }
}

// MARK: - The end

extension PoolCore {
  /// How long a worker may take to end after SIGTERM before it is killed.
  private static let patience = 2.0

  /// Takes no more tasks; workers end when all are done.
  ///
  /// Python: `Pool.close`.
  public func close() {
    if state == .running {
      Logger.debug("closing pool")
      state = .closed
    }
  }

  /// Tells the workers that there will be no more tasks.
  func shutDown() throws(MultiprocessingError) {
    hasShutDown = true
    try tasks.shutdown(immediate: false)
  }

  /// Ends all workers at once; tasks that have not ended fail.
  ///
  /// Python: `Pool.terminate`.
  public func terminate() {
    guard isOwn, state != .terminated else { return }
    Logger.debug("terminating pool")
    drain()
    state = .terminated
    stopWorkers()
    drain()
    for task in pending.values.sorted(by: { $0.number < $1.number }) { end(task, .terminated) }
  }

  /// Ends the workers and waits until they have ended.
  private func stopWorkers() {
    ForkServer.resume()
    for worker in workers.compactMap({ $0 }) { try? worker.process.send(signal: SIGTERM) }
    let deadline = Deadline(secondsFromNow: Self.patience)
    for position in workers.indices {
      guard let worker = workers[position] else { continue }
      waitForEnd(of: worker.process, until: deadline)
      try? worker.process.send(signal: SIGKILL)
      waitForEnd(of: worker.process, until: .never)
      release(worker, at: position)
    }
  }

  /// Frees the place of a worker that has ended.
  private func release(_ worker: Worker, at position: Int) {
    worker.process.closeDescriptor()
    board.cell(position).clear()
    workers[position] = nil
  }

  /// Waits whatever signals come: what has begun to end is ended.
  private func waitForEnd(of process: Process, until deadline: Deadline) {
    while process.poll() == nil, !deadline.isPast {
      _ = ProcessCalls.waitForEnd(descriptor: process.openSentinel ?? -1, until: deadline)
    }
  }

  /// Whether no worker is left of a pool that is closed or terminated.
  public var hasEnded: Bool {
    state != .running && workers.allSatisfy { $0 == nil } && (hasShutDown || state == .terminated)
  }
}
