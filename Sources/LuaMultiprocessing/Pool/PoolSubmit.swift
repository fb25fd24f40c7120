// The methods of a pool that give it work. Python: `Pool.apply`, `map`, `imap` and their kin.

internal import CLuaBridge
internal import Multiprocessing

func callSignature(_ name: String, callbacks: Bool) -> Signature {
  Signature(
    name: name, example: "pool:\(name)(f, {1, 2}, {timeout = 1})",
    parameters: [
      Parameter("func", .required), Parameter("args", .table), Parameter("kwds", .table),
    ]
      + (callbacks
        ? [Parameter("callback"), Parameter("error_callback")]
        : [])
      + [Parameter("timeout", .keywordOnly), Parameter("retries", .keywordOnly)])
}

func listSignature(_ name: String, callbacks: Bool) -> Signature {
  Signature(
    name: name, example: "pool:\(name)(f, list, {chunksize = 10})",
    parameters: [
      Parameter("func", .required), Parameter("iterable", .value), Parameter("chunksize"),
    ]
      + (callbacks
        ? [Parameter("callback"), Parameter("error_callback")]
        : [])
      + [
        Parameter("timeout", .keywordOnly), Parameter("retries", .keywordOnly),
        Parameter("seed", .keywordOnly), Parameter("progress", .keywordOnly),
      ])
}

private let applySignature = callSignature("apply", callbacks: false)
private let applyAsyncSignature = callSignature("apply_async", callbacks: true)
private let mapSignature = listSignature("map", callbacks: false)
private let mapAsyncSignature = listSignature("map_async", callbacks: true)
private let starMapSignature = listSignature("starmap", callbacks: false)
private let starMapAsyncSignature = listSignature("starmap_async", callbacks: true)

// MARK: - One call

/// Lua: `pool:apply(f [, args [, kwds]])`.
func poolApply(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bindCall(applySignature)
  let job = try state.submitCall(hasCallbacks: false, timeout: 5)
  return try state.waitAndPush(job)
}

/// Lua: `pool:apply_async(f [, args [, kwds [, callback [, error_callback]]]])`.
func poolApplyAsync(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bindCall(applyAsyncSignature)
  let job = try state.submitCall(hasCallbacks: true, timeout: 7)
  state.pushResult(of: job)
  return 1
}

// MARK: - A list of calls

/// Lua: `pool:map(f, iterable [, chunksize])`.
func poolMap(_ state: LuaState) throws(LuaError) -> Int32 {
  let job = try state.submitList(mapSignature, hasCallbacks: false, isStar: false)
  return try state.waitAndPush(job)
}

/// Lua: `pool:map_async(f, iterable [, chunksize [, callback [, error_callback]]])`.
func poolMapAsync(_ state: LuaState) throws(LuaError) -> Int32 {
  let job = try state.submitList(mapAsyncSignature, hasCallbacks: true, isStar: false)
  state.pushResult(of: job)
  return 1
}

/// Lua: `pool:starmap(f, iterable [, chunksize])`.
func poolStarMap(_ state: LuaState) throws(LuaError) -> Int32 {
  let job = try state.submitList(starMapSignature, hasCallbacks: false, isStar: true)
  return try state.waitAndPush(job)
}

/// Lua: `pool:starmap_async(f, iterable [, chunksize [, callback [, error_callback]]])`.
func poolStarMapAsync(_ state: LuaState) throws(LuaError) -> Int32 {
  let job = try state.submitList(starMapAsyncSignature, hasCallbacks: true, isStar: true)
  state.pushResult(of: job)
  return 1
}

extension LuaState {
  /// Stack: [pool, arguments…] -> [pool, func, args, kwds, …].
  func bindCall(_ signature: Signature) throws(LuaError) {
    _ = try runningPool()
    try bind(signature, from: 2)
    try checkFunction(signature)
    try checkArgumentList(3, "args", "args = ", maximum: 200_000)
    if !isNoneOrNil(4), !isTable(4) {
      throw .type("kwds must be a table of keywords, got \(typeName(4))")
    }
  }

  /// Stack: [pool, arguments…] -> [pool, func, iterable, …].
  func bindList(_ signature: Signature) throws(LuaError) {
    if top >= 4, TaskInput.isNext(self, 3) { throw TaskInput.notPairs(signature.name) }
    // `io.lines(name)` gives the file too, to be closed.
    if top == 6, isFunction(3), isNoneOrNil(4), isNoneOrNil(5), type(6) == .userdata { setTop(3) }
    try bind(signature, from: 2)
    try checkFunction(signature)
  }

  func checkFunction(_ signature: Signature) throws(LuaError) {
    guard isCallable(2) else {
      throw .type(
        "func must be a function, got \(typeName(2)); write \(signature.example)")
    }
  }

  /// The callbacks that lie at `first` and after it.
  func checkCallbacks(_ first: Int32) throws(LuaError) -> Bool {
    for (index, name) in [(first, "callback"), (first + 1, "error_callback")] {
      guard isNoneOrNil(index) || isCallable(index) else {
        throw .type("\(name) must be a function, got \(typeName(index))")
      }
    }
    return !isNoneOrNil(first) || !isNoneOrNil(first + 1)
  }

  /// The options `timeout`, `retries` and, if it has one, `seed`, from an index on.
  func taskOptions(_ timeout: Int32, hasSeed: Bool = false) throws(LuaError) -> LuaJob.Options {
    var options = LuaJob.Options()
    if let seconds = try seconds(timeout, "timeout") {
      guard seconds > 0 else { throw .value("timeout must be more than 0 seconds, got \(seconds)") }
      options.timeout = seconds.isInfinite ? 0 : seconds
    }
    options.retries = try integer(timeout + 1, "retries", default: 0)
    guard options.retries >= 0 else {
      throw .value("retries must be at least 0, got \(options.retries)")
    }
    if hasSeed, !isNoneOrNil(timeout + 2) {
      options.seed = try integer(timeout + 2, "seed", default: 0)
    }
    return options
  }

  /// The bar that the argument at an index asks for: true, or a label.
  func progressBar(_ index: Int32) throws(LuaError) -> ProgressBar? {
    switch type(index) {
    case .none, .nil: nil
    case .boolean: boolean(index) ? ProgressBar(label: "") : nil
    case .string: ProgressBar(label: string(index))
    default: throw .type("progress must be a boolean or a label, got \(typeName(index))")
    }
  }

  /// Puts the one task of a call that `bindCall` has bound.
  func submitCall(hasCallbacks: Bool, timeout: Int32) throws(LuaError) -> LuaJob {
    let pool = try runningPool()
    let calls = hasCallbacks ? try checkCallbacks(5) : false
    let options = try taskOptions(timeout)
    let function = try EncodedFunction(self, 2)
    let job = LuaJob(pool: pool, kind: .call, function: function, options: options)
    job.hasCallbacks = calls
    pushCallArguments()
    do throws(LuaError) {
      let task = try TaskMessages.put(
        self, pool.core, job, index: 0, job.header(.call, first: 0, count: 1), function,
        argumentsAt: top, root: "args", retries: options.retries)
      job.add(task)
    } catch {
      function.release()
      throw error
    }
    pool.add(job)
    keepJob(pool, job, input: top, callback: hasCallbacks ? 5 : nil)
    job.complete()
    return job
  }

  /// The arguments of a call as one list, keywords last.
  ///
  /// Stack: [] -> [list].
  func pushCallArguments() {
    if isNoneOrNil(4) || isPlainTable(4) && isEmptyTable(4) {
      if !isNoneOrNil(3) { return copy(3) }
      return newTable()
    }
    let base = top
    let count = isNoneOrNil(3) ? 0 : ((try? unpackList(3)) ?? 0)
    newTable(list: count + 1, fields: 1)
    let list = top
    for position in 0..<count {
      copy(base + 1 + position)
      rawSet(list, Int(position) + 1)
    }
    copy(4)
    rawSet(list, Int(count) + 1)
    push(Int(count) + 1)
    rawSet(list, "n")
    // Without arguments the list lies in their place already.
    if count > 0 { replace(base + 1) }
    setTop(base + 1)
  }

  private func isEmptyTable(_ index: Int32) -> Bool {
    pushNil()
    guard next(index) else { return true }
    pop(2)
    return false
  }

  /// Keeps a job's Lua values in the pool's table: the function at 2, the input, the callbacks.
  func keepJob(_ pool: LuaPool, _ job: LuaJob, input: Int32, callback: Int32?) {
    let input = absolute(input)
    userValue(1)
    newTable(fields: 4)
    copy(2)
    rawSet(-2, "func")
    copy(input)
    rawSet(-2, "input")
    if let callback, job.hasCallbacks {
      copy(callback)
      rawSet(-2, "callback")
      copy(callback + 1)
      rawSet(-2, "error_callback")
    }
    rawSet(-2, Int(job.number))
    pop()
    if job.hasCallbacks { keepWhileNeeded(pool) }
  }

  /// Puts all tasks of `map` or `starmap`.
  fileprivate func submitList(
    _ signature: Signature, hasCallbacks: Bool, isStar: Bool
  ) throws(LuaError) -> LuaJob {
    let pool = try runningPool()
    try bindList(signature)
    let first: Int32 = hasCallbacks ? 7 : 5
    let calls = hasCallbacks ? try checkCallbacks(5) : false
    let options = try taskOptions(first, hasSeed: true)
    var input = try TaskInput(self, 3, signature.name)
    if input.count == nil {
      // All of it is needed before the chunks can be cut.
      let count = try pushItems(of: input, at: 3, from: 0, most: .max)
      push(count)
      rawSet(-2, "n")
      replace(3)
      input = try TaskInput(self, 3, signature.name)
    }
    let count = input.count ?? 0
    var chunk = try integer(4, "chunksize", default: 0)
    if !isNoneOrNil(4), chunk < 1 {
      throw .value("Chunksize must be 1+, not \(chunk)")
    }
    if chunk == 0 {
      // Python's rule.
      let parts = pool.core.workerCount * 4
      chunk = max(1, count / parts + (count % parts > 0 ? 1 : 0))
    }
    let progress = try progressBar(first + 3)
    let function = try EncodedFunction(self, 2)
    let job = LuaJob(pool: pool, kind: .list, function: function, options: options)
    job.hasCallbacks = calls
    job.itemCount = count
    job.start(progress)
    pool.add(job)
    keepJob(pool, job, input: 3, callback: hasCallbacks ? 5 : nil)
    var position = 0
    while position < count {
      let size = min(chunk, count - position)
      try putChunk(pool, job, input, at: 3, first: position, count: size, isStar: isStar)
      position += size
    }
    job.complete()
    return job
  }

  /// Puts one task of several items; nothing when the input has none left.
  ///
  /// - Returns: How many items it has.
  @discardableResult
  func putChunk(
    _ pool: LuaPool, _ job: LuaJob, _ input: TaskInput, at index: Int32, first: Int, count: Int,
    isStar: Bool
  ) throws(LuaError) -> Int {
    let base = top
    do throws(LuaError) {
      let count = try put(
        pool, job, input, at: index, first: first, count: count, isStar: isStar)
      setTop(base)
      return count
    } catch {
      push(error)
      setTopKeepingError(base)
      guard job.kind == .list else { throw .onTop }
      for task in pool.core.tasks(of: job) { _ = try? pool.core.cancel(task) }
      job.complete()
      job.abandon(self)
      throw .onTop
    }
  }

  /// The same, with values left on the stack.
  private func put(
    _ pool: LuaPool, _ job: LuaJob, _ input: TaskInput, at index: Int32, first: Int, count: Int,
    isStar: Bool
  ) throws(LuaError) -> Int {
    // Where no Lua code runs nothing else would hear a Ctrl-C.
    if InterruptSignal.isPending, Interrupt.isDue { throw .interrupted }
    let count = try pushItems(of: input, at: index, from: first, most: count)
    guard count > 0 else { return 0 }
    var kind = isStar ? TaskHeader.Kind.argumentLists : .items
    switch input.source {
    case .range, .array:
      if isStar {
        throw .type("item \(first + 1) must be a list of arguments, got number")
      }
      if case .array = input.source { kind = .elements } else { kind = .numbers }
    case .list, .function: break
    }
    let task = try TaskMessages.put(
      self, pool.core, job, index: job.putCount, job.header(kind, first: first, count: count),
      job.function, argumentsAt: top, root: "iterable", retries: job.options.retries)
    job.add(task)
    return count
  }
}
