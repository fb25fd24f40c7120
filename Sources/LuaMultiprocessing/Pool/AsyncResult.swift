// What `apply_async` and `map_async` give. Python: `multiprocessing.pool.AsyncResult`.

internal import CLuaBridge
internal import Multiprocessing

/// A result as a script holds it.
///
/// User values: the pool, and the outcome once it was asked for: a list with `ok`.
struct ResultHandle: LuaObject {
  static let typeName: StaticString = "AsyncResult"
  static let example: StaticString = "result"
  static let magic: UInt64 = 0x94D1_6B3F_E02A_7C58

  private struct Table {
    var jobs: [Int: LuaJob] = [:]
    var last = 0
  }
  private static let table = SingleThreaded(Table())

  private let number: Int

  init(_ job: LuaJob) {
    Self.table.value.last += 1
    number = Self.table.value.last
    Self.table.value.jobs[number] = job
  }

  var job: LuaJob? { Self.table.value.jobs[number] }

  /// Forgets the job when the userdata is collected.
  func forget() { Self.table.value.jobs[number] = nil }
}

extension LuaState {
  func addAsyncResults() {
    newMetatable(className: "AsyncResult")
    setFunctions(ResultMethods.meta)
    newTable(fields: 8)
    setFunctions(ResultMethods.all)
    refusePositions("a result has no items by position; result:get() gives them")
    rawSet(-2, "__index")
    pop()
    addResultIterators()
  }

  /// Makes the userdata of a job whose pool is at index 1.
  ///
  /// Stack: [] -> [result].
  func pushResult(of job: LuaJob) {
    push(object: ResultHandle(job), userValues: 2)
    copy(1)
    setUserValue(-2)
    guard job.hasCallbacks, let pool = job.pool, pushJob(pool, job.number) else { return }
    // Whoever runs the callbacks leaves the outcome there.
    copy(-2)
    rawSet(-2, "result")
    pop()
  }

  fileprivate func result(_ index: Int32 = 1) throws(LuaError) -> (LuaJob, LuaPool) {
    guard let job = try object(index, as: ResultHandle.self).job, let pool = job.pool else {
      throw .value("the pool of the result was collected")
    }
    guard pool.core.isOwn else {
      throw .runtime(
        "this AsyncResult belongs to the process with pid \(pool.core.ownerPid): ask for it there")
    }
    return (job, pool)
  }

  /// Waits until a job has ended.
  func wait(for job: LuaJob, until deadline: Deadline) throws(LuaError) -> Bool {
    guard let pool = job.pool else { return job.hasEnded }
    return try wait(for: pool, until: deadline) { job.hasEnded }
  }

  /// Waits for a job that nobody else knows, and gives its outcome.
  func waitAndPush(_ job: LuaJob) throws(LuaError) -> Int32 {
    defer { job.endProgress() }
    do throws(LuaError) {
      _ = try wait(for: job, until: .never)
    } catch {
      push(error)
      // After a Ctrl-C nobody wants the rest, and a pool that is used again would do it first.
      if Interrupt.isRaised(self), let pool = job.pool {
        for task in pool.core.tasks(of: job) { _ = try? pool.core.cancel(task) }
        job.abandon(self)
      }
      throw .onTop
    }
    let base = top
    if try pushOutcome(of: job, nil) { return top - base }
    throw .onTop
  }

  /// Pushes how a job ended: its values, or the error.
  ///
  /// Stack: [] -> [values…], or [error] when the result is false.
  ///
  /// - Parameters:
  ///   - job: Must have ended.
  ///   - result: Where its userdata is, which keeps the outcome; nil when there is none.
  /// - Returns: Whether all its tasks ended well.
  /// - Throws: What keeps values from being pushed: Lua's stack limit, a signal.
  func pushOutcome(of job: LuaJob, _ result: Int32?) throws(LuaError) -> Bool {
    if let result, userValue(result, 2) == .table {
      let list = top
      rawGet(list, "ok")
      let isGood = boolean(-1)
      pop()
      let count = try unpackList(list)
      remove(list)
      assert(count >= 0)
      return isGood
    }
    if result != nil { pop() }
    let base = top
    var isGood = true
    do throws(LuaError) {
      isGood = try decodeOutcome(of: job)
    } catch {
      push(error)
      // It is the program's, not the job's, which can be asked again.
      if Interrupt.isRaised(self) { throw .onTop }
      isGood = false
      if top > base + 1 {
        replace(base + 1)
        setTop(base + 1)
      }
    }
    job.abandon(self)
    guard let result else { return isGood }
    let count = top - base
    newTable(list: count, fields: 2)
    let list = top
    for position in 0..<count {
      copy(base + 1 + position)
      rawSet(list, Int(position) + 1)
    }
    push(Int(count))
    rawSet(list, "n")
    push(isGood)
    rawSet(list, "ok")
    setUserValue(result, 2)
    return isGood
  }

  /// Stack: [] -> [values…], or [error] when the result is false.
  private func decodeOutcome(of job: LuaJob) throws(LuaError) -> Bool {
    if let index = job.firstFailure, let ended = job.outcome(index) {
      try pushError(of: ended, job)
      return false
    }
    if job.kind == .call {
      switch job.outcome(0)?.outcome {
      case .value(let bytes, let references): try TaskMessages.decode(self, bytes, references)
      case .values(let bytes, let references):
        try TaskMessages.decode(self, bytes, references)
        let list = top
        _ = try unpackList(list)
        remove(list)
      default: pushNil()
      }
      return true
    }
    let count = job.itemCount ?? 0
    if let list = job.unfinishedList {
      rawGet(LuaState.registry, Int(list))
    } else {
      newTable(list: Int32(clamping: count), fields: 1)
    }
    let list = top
    for index in 0..<job.putCount {
      guard let ended = job.outcome(index), case .value(let bytes, let references) = ended.outcome
      else { continue }
      do throws(LuaError) {
        try TaskMessages.decode(self, bytes, references)
      } catch {
        push(error)
        if Interrupt.isRaised(self), job.unfinishedList == nil {
          copy(list)
          job.unfinishedList = keep()
        }
        throw .onTop
      }
      for position in 0..<ended.task.count {
        if rawGet(-1, position + 1) == .nil { job.hasNil = true }
        rawSet(list, ended.task.first + position + 1)
      }
      pop()
      job.forget(index, self)
    }
    if job.hasNil {
      push(count)
      rawSet(list, "n")
    }
    return true
  }

  /// Pushes the error of a task that did not end well.
  ///
  /// Stack: [] -> [error].
  func pushError(of ended: LuaJob.Ended, _ job: LuaJob) throws(LuaError) {
    let number = ended.task.number
    switch ended.outcome {
    case .value, .values: pushNil()
    case .error(let bytes, let references):
      try TaskMessages.decode(self, bytes, references)
      pushErrorOfEnvelope()
    case .lost(let losses): pushLost(losses, job, ended.task)
    case .timedOut(let loss):
      push(
        .timeoutError,
        "task \(number) took longer than its timeout of \(job.options.timeout) s and did not end "
          + "when it was told to: its worker \(loss.name) (pid \(loss.pid)) was killed: "
          + callText(job, ended.task))
    case .cancelled(let loss?):
      push(
        .cancelledError,
        "task \(number) was cancelled and did not end when it was told to: its worker "
          + "\(loss.name) (pid \(loss.pid)) was killed")
    case .cancelled(nil): push(.cancelledError, "task \(number) was cancelled")
    case .terminated:
      push(.cancelledError, "the pool was terminated before task \(number) had ended")
    case .broken(let text): push(.brokenProcessPool, text)
    }
    push(number)
    rawSet(-2, "task")
  }

  private func pushLost(_ losses: [WorkerLoss], _ job: LuaJob, _ task: PoolTask) {
    guard let loss = losses.last else { return push(.workerLost, "a worker was lost") }
    let tenths = Int(loss.seconds * 10 + 0.5)
    var text =
      "\(loss.summary) while running task \(task.number) after \(tenths / 10).\(tenths % 10) s: "
      + callText(job, task)
    if losses.count > 1 {
      text += "; the task was given up after \(losses.count) workers had ended with it"
    }
    push(.workerLost, text)
    push(Int(loss.pid))
    rawSet(-2, "pid")
    push(loss.name)
    rawSet(-2, "name")
    push(loss.status.exitCode)
    rawSet(-2, "exitcode")
    if let signal = loss.status.signal {
      push(signal)
      rawSet(-2, "signal")
    }
    push(loss.seconds)
    rawSet(-2, "seconds")
    push(losses.count)
    rawSet(-2, "workers")
  }

  /// The call of a task in words, as far as this process still has its input.
  private func callText(_ job: LuaJob, _ task: PoolTask) -> String {
    let base = top
    defer { setTop(base) }
    guard hasStack(60), let pool = job.pool, pushJob(pool, job.number)
    else { return "a call" }
    let table = top
    rawGet(table, "func")
    let function = top
    rawGet(table, "input")
    let input = top
    if job.kind == .call {
      let count = (try? unpackList(input)) ?? 0
      return callText(function: function, first: input + 1, count: min(count, 8))
    }
    guard !isFunction(input), (try? push(listItem: task.first, of: input)) != nil else {
      return "\(callText(function: function, first: 0, count: 0)) of item \(task.first + 1)"
    }
    let first = callText(function: function, first: top, count: 1)
    return task.count == 1
      ? first : "items \(task.first + 1) to \(task.first + task.count), from \(first) on"
  }
}

private let getSignature = Signature(
  name: "get", example: "result:get{timeout = 1}", parameters: [Parameter("timeout")])
private let waitSignature = Signature(
  name: "wait", example: "result:wait{timeout = 1}", parameters: [Parameter("timeout")])
private let tryGetSignature = Signature(
  name: "try_get", example: "result:try_get{timeout = 1}", parameters: [Parameter("timeout")])

/// Lua: `result:get([timeout])`.
private func resultGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let (job, _) = try state.result()
  try state.bind(getSignature, from: 2)
  let deadline = try state.deadline(timeout: 2)
  guard try state.wait(for: job, until: deadline) else {
    throw .object(.timeoutError, "the result is not there yet")
  }
  state.setTop(1)
  if try state.pushOutcome(of: job, 1) { return state.top - 1 }
  throw .onTop
}

/// Lua: `result:try_get([timeout])`: `true, values…` or `false, error`.
private func resultTryGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let (job, _) = try state.result()
  try state.bind(tryGetSignature, from: 2)
  let deadline = try state.deadline(timeout: 2, absent: .now)
  let isThere = try state.wait(for: job, until: deadline)
  state.setTop(1)
  state.push(false)
  guard isThere else {
    state.push(.timeoutError, "the result is not there yet")
    return 2
  }
  if try state.pushOutcome(of: job, 1) {
    state.push(true)
    state.replace(2)
  }
  return state.top - 1
}

/// Lua: `result:wait([timeout])`.
private func resultWait(_ state: LuaState) throws(LuaError) -> Int32 {
  let (job, _) = try state.result()
  try state.bind(waitSignature, from: 2)
  _ = try state.wait(for: job, until: try state.deadline(timeout: 2))
  return 0
}

/// Lua: `result:ready()`.
private func resultReady(_ state: LuaState) throws(LuaError) -> Int32 {
  let (job, pool) = try state.result()
  try state.pump(pool)
  state.push(job.hasEnded)
  return 1
}

/// Lua: `result:successful()`.
private func resultSuccessful(_ state: LuaState) throws(LuaError) -> Int32 {
  let (job, pool) = try state.result()
  try state.pump(pool)
  guard job.hasEnded else { throw .value("\(try state.text(of: 1)) not ready") }
  if state.userValue(1, 2) == .table {
    state.rawGet(-1, "ok")
    return 1
  }
  state.push(job.firstFailure == nil)
  return 1
}

/// Lua: `result:cancel()`: whether there was something to cancel.
private func resultCancel(_ state: LuaState) throws(LuaError) -> Int32 {
  let (job, pool) = try state.result()
  var isCancelled = false
  for task in pool.core.tasks(of: job) {
    let one = try state.lifting { () throws(MultiprocessingError) in try pool.core.cancel(task) }
    isCancelled = isCancelled || one
  }
  try state.pump(pool)
  state.push(isCancelled)
  return 1
}

private func resultToString(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: ResultHandle.self)
  state.push(
    "<multiprocessing.pool.AsyncResult object at 0x\(String(state.address(1), radix: 16))>")
  return 1
}

private func resultCollect(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let handle = state.take(1, as: ResultHandle.self) else { return 0 }
  handle.job?.abandon(state)
  handle.forget()
  return 0
}

private enum ResultMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "get": { $0.run(resultGet) },
    "try_get": { $0.run(resultTryGet) },
    "wait": { $0.run(resultWait) },
    "ready": { $0.runBare("ready", resultReady) },
    "successful": { $0.runBare("successful", resultSuccessful) },
    "cancel": { $0.runBare("cancel", resultCancel) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(resultToString) },
    "__gc": { $0.run(resultCollect) },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
