// The pools of this process: starting workers, and what is to be done while it waits. Python: the
// threads of `multiprocessing.pool.Pool`.

internal import CLuaBridge
internal import Multiprocessing

/// A pool as this process sees it.
final class LuaPool {
  let number: Int
  let core: PoolCore
  /// How its workers are started.
  let method: StartMethod
  private var lastJob: UInt32 = 0
  /// Jobs of which tasks have not ended, or whose callbacks have not run.
  var jobs: [UInt32: LuaJob] = [:]
  /// The iterations that may put more tasks, by their jobs.
  var iterations: [UInt32: Iteration] = [:]
  /// Those that have ended and have callbacks.
  fileprivate var due: [LuaJob] = []
  /// Those that have ended and have none.
  fileprivate var done: [UInt32] = []
  /// Whether Lua has given its userdata up: finalizers that run before its own may still have it.
  fileprivate var isCollected = false

  /// What tasks and results carried that are not there any more, kept until a pump lets go of it.
  var unwanted: [SharedObject] = []

  fileprivate init(number: Int, core: PoolCore, method: StartMethod) {
    self.number = number
    self.core = core
    self.method = method
    core.onUnwanted = { [weak self] references in
      ReceivedObjects.keep(references)
      self?.unwanted += references
    }
  }

  /// What a worker's default name begins with: `ForkPoolWorker`.
  var workerClass: String { method.className.dropLast("Process".count) + "PoolWorker" }

  func nextJobNumber() -> UInt32 {
    lastJob &+= 1
    return lastJob
  }

  /// Takes up a job.
  func add(_ job: LuaJob) {
    jobs[job.number] = job
    job.onEnd = { [weak self] job in
      if job.hasCallbacks { self?.due.append(job) } else { self?.done.append(job.number) }
    }
  }

  /// Whether something will have to be done while this process waits.
  var hasWork: Bool {
    core.isOwn && !core.isReleased && !isCollected && (core.pendingCount > 0 || !due.isEmpty)
  }
}

/// All pools that this process has made and not ended.
enum Pools {
  private struct Table {
    var pools: [Int: LuaPool] = [:]
    var last = 0
  }

  private static let table = SingleThreaded(Table())

  static func make(_ core: PoolCore, _ method: StartMethod) -> LuaPool {
    table.value.last += 1
    let pool = LuaPool(number: table.value.last, core: core, method: method)
    table.value.pools[pool.number] = pool
    return pool
  }

  static func find(_ number: Int) -> LuaPool? { table.value.pools[number] }

  static func forget(_ pool: LuaPool) { table.value.pools[pool.number] = nil }

  /// Those that have something to do while this process waits.
  static var busy: [LuaPool] {
    if table.value.pools.isEmpty { return [] }
    return table.value.pools.values.filter(\.hasWork).sorted { $0.number < $1.number }
  }

  /// Whether there are any.
  @inline(__always)
  static var areBusy: Bool { !table.value.pools.isEmpty && !busy.isEmpty }
}

// MARK: - Pumping

extension LuaState {
  /// Does for a pool what can be done now: takes results, settles and replaces workers that have ended,
  /// runs callbacks.
  ///
  /// - Throws: What keeps the last worker from being replaced.
  func pump(_ pool: LuaPool) throws(LuaError) {
    guard pool.core.isOwn else { return }
    try reserveStack(20)
    let base = top
    // Its userdata on the stack: what runs meanwhile may collect garbage.
    guard pushPool(pool) else {
      pool.isCollected = true
      return
    }
    do throws(LuaError) {
      try pumpPinned(pool)
      setTop(base)
    } catch {
      push(error)
      setTopKeepingError(base)
      throw .onTop
    }
  }

  private func pumpPinned(_ pool: LuaPool) throws(LuaError) {
    do throws(MultiprocessingError) {
      try pool.core.pump { (position) throws(MultiprocessingError) in
        try startWorker(pool, position)
      }
    } catch .interrupted {
      throw .interrupted
    } catch {
      // Others go on with the work, and it is tried again.
      if pool.core.processes.isEmpty { throw LuaError(error) }
    }
    letGoOfUnwanted(pool)
    if !pool.done.isEmpty {
      pool.done = pool.done.filter { number in
        if pool.jobs[number]?.needsInput == true { return true }
        forgetJob(pool, number)
        return false
      }
    }
    while !pool.due.isEmpty {
      let job = pool.due.removeFirst()
      do throws(LuaError) {
        try runCallbacks(pool, job)
      } catch {
        if pool.jobs[job.number] != nil { pool.due.insert(job, at: 0) }
        throw error
      }
    }
  }

  /// Lets go of what came with tasks and results that are not there any more.
  func letGoOfUnwanted(_ pool: LuaPool) {
    if pool.unwanted.isEmpty { return }
    let unwanted = pool.unwanted
    pool.unwanted = []
    for object in unwanted { TaskMessages.discard(self, [object]) }
  }

  /// Does that for all pools of this process.
  func pumpPools() throws(LuaError) {
    for pool in Pools.busy { try pump(pool) }
  }

  /// Waits until the condition holds, pumping all pools of this process.
  ///
  /// - Returns: False when the deadline passes first.
  /// - Throws: What ends the wait; `RuntimeError` in a finalizer that Lua runs before the pool's own.
  func wait(
    for pool: LuaPool, until deadline: Deadline, _ condition: () -> Bool
  ) throws(LuaError) -> Bool {
    while true {
      try pump(pool)
      // A Ctrl-C goes before what has become of the workers by it.
      if InterruptSignal.isPending, Interrupt.isDue { throw .interrupted }
      if condition() { return true }
      if pool.isCollected { throw .runtime("the pool is being collected") }
      var others = Pools.busy.filter { $0 !== pool }
      if !others.isEmpty {
        for other in others { try pump(other) }
        // A callback may have waited for this pool.
        if condition() { return true }
        others = Pools.busy.filter { $0 !== pool }
      }
      if deadline.isPast { return false }
      try waitForNews(of: [pool] + others, until: deadline)
    }
  }

  /// Sleeps until one of the pools may have something to do, perhaps less.
  func waitForNews(of pools: [LuaPool], until deadline: Deadline) throws(LuaError) {
    try lifting { () throws(MultiprocessingError) in
      if let pool = pools.first, pools.count == 1 {
        return try pool.core.waitForNews(until: deadline)
      }
      // With a limit: this process counts as one that may go on.
      let until = pools.reduce(deadline) { $0.earlier(of: $1.core.longestWait) }
      _ = try MultipleWait.any(of: pools.flatMap(\.core.waitables), until: until)
    }
  }

  /// Waits until one of the things is ready, pumping all pools of this process meanwhile; returns at
  /// once when no pool has work.
  ///
  /// - Returns: False when the deadline has passed.
  func pumpWhileWaiting(
    for things: [Waitable], until deadline: Deadline
  ) throws(LuaError) -> Bool {
    while true {
      try pumpPools()
      let busy = Pools.busy
      if busy.isEmpty { return !deadline.isPast }
      let all = things + busy.flatMap(\.core.waitables)
      let until = busy.reduce(deadline) { $0.earlier(of: $1.core.longestWait) }
      let ready = try lifting { () throws(MultiprocessingError) in
        try MultipleWait.any(of: all, until: until)
      }
      if ready.contains(where: { $0 < things.count }) { return true }
      if deadline.isPast { return false }
    }
  }

  // MARK: Jobs' Lua values

  /// Pushes a pool's userdata; false when it was collected.
  ///
  /// Stack: [] -> [pool] when true.
  func pushPool(_ pool: LuaPool) -> Bool {
    pushPools()
    rawGet(-1, pool.number)
    remove(-2)
    if optionalObject(-1, as: PoolHandle.self) != nil { return true }
    pop()
    return false
  }

  /// The userdata of all pools by their numbers, weakly.
  ///
  /// Stack: [] -> [table].
  func pushPools() { pushWeakTable("multiprocessing.pools", .values) }

  /// Pushes the table with a job's Lua values; false when there is none.
  ///
  /// Stack: [] -> [table] when true.
  func pushJob(_ pool: LuaPool, _ number: UInt32) -> Bool {
    guard pushPool(pool) else { return false }
    userValue(-1)
    remove(-2)
    rawGet(-1, Int(number))
    remove(-2)
    if isTable(-1) { return true }
    pop()
    return false
  }

  fileprivate func forgetJob(_ pool: LuaPool, _ number: UInt32) {
    pool.jobs[number] = nil
    guard pushPool(pool) else { return }
    userValue(-1)
    pushNil()
    rawSet(-2, Int(number))
    pop(2)
    keepWhileNeeded(pool)
  }

  /// Keeps a pool from being collected while jobs of it have callbacks to run.
  func keepWhileNeeded(_ pool: LuaPool) {
    let isNeeded = pool.jobs.values.contains { $0.hasCallbacks }
    push("multiprocessing.pool \(pool.number)")
    if !isNeeded || !pushPool(pool) { pushNil() }
    rawSet(LuaState.registry)
  }

  /// Runs the callback of a job that has ended, and forgets the job.
  ///
  /// - Throws: What a signal raised; the job is still there if its callback is to be called again.
  private func runCallbacks(_ pool: LuaPool, _ job: LuaJob) throws(LuaError) {
    try reserveStack(20)
    let base = top
    guard pushJob(pool, job.number), rawGet(-1, "result") == .userdata else {
      setTop(base)
      return forgetJob(pool, job.number)
    }
    let table = base + 1
    let result = top
    let isGood = try pushOutcome(of: job, result)
    // A signal that came meanwhile would end the callback before its first line.
    if Interrupt.isDue { throw .interrupted }
    let count = top - result
    // [table, result, outcome…]
    rawGet(table, isGood ? "callback" : "error_callback")
    if !job.callsBackAgain { forgetJob(pool, job.number) }
    if isCallable(-1) {
      insert(-1 - count)
      try callBackFromPool(arguments: count)
    }
    if job.callsBackAgain { forgetJob(pool, job.number) }
    setTop(base)
  }

  /// Calls a callback of a pool; its error is reported on stderr.
  ///
  /// Stack: [callback, arguments…] -> [].
  ///
  /// - Throws: What a signal raised.
  func callBackFromPool(arguments: Int32) throws(LuaError) {
    do throws(LuaError) {
      try callForReport(arguments: arguments, results: 0)
    } catch {
      if Interrupt.isRaised(self) { throw error }
      push("Error in a callback of a Pool:\n")
      pushReport(-2)
      push(literal: "\n")
      concatenate(3)
      StandardError.write(bytes(-1) ?? [])
      pop(2)
    }
  }
}
