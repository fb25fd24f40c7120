// The `Pool` of the context `inline`: it calls functions where it is asked to. Python:
// `multiprocessing.dummy.Pool`, whose workers are threads.

internal import CLuaBridge
internal import Multiprocessing

/// A pool without workers, for debugging: each task runs in the calling process, before the method
/// that gives it returns.
///
/// Errors keep the stack on which they arose, a hook and `print` see everything. Arguments and results
/// are not copied, `timeout`, `retries` and `seed` have no effect, and `map` ends at the first error.
struct InlinePool: LuaObject {
  static let typeName: StaticString = "Pool"
  static let example: StaticString = "pool"
  static let magic: UInt64 = 0xA41E_7C93_0D5B_F268

  let workerCount: Int
  var state = PoolCore.State.running
  /// How many calls were made.
  var doneCount = 0
}

extension LuaState {
  /// Adds the classes, and the `Pool` to the table on top of the stack, which is the context.
  func addInlinePool() {
    newMetatable(className: "InlinePool")
    setFunctions(InlineMethods.meta)
    newTable(fields: 24)
    setFunctions(InlineMethods.all)
    rawSet(-2, "__index")
    pop()
    addInlineResults()
    setFunctions(["Pool": { $0.run(inlineMake) }])
  }

  /// Whether a pool of the context at an index, or of the one in use if there is none, has no workers.
  func isInline(context index: Int32) -> Bool {
    isNoneOrNil(index) ? Context.chosenMethod == .inline : contextMethod(index) == .inline
  }

  fileprivate func runningInline() throws(LuaError) -> InlinePool {
    let pool = try object(1, as: InlinePool.self)
    guard pool.state == .running else { throw .value("Pool not running") }
    return pool
  }

  /// Makes the pool for the arguments of `Pool`, which are bound: calls the initializer.
  ///
  /// Stack: [processes, initializer, initargs, …] -> [pool].
  func makeInlinePool(workers: Int) throws(LuaError) {
    if !isNoneOrNil(2) {
      copy(2)
      let count = isNoneOrNil(3) ? 0 : try unpackList(3)
      try call(arguments: count, results: 0, handler: { $0.run(taskErrorHandler) })
    }
    push(object: InlinePool(workerCount: workers), className: "InlinePool")
  }
}

/// Lua: `ctx.Pool([processes [, initializer [, initargs [, maxtasksperchild]]]])`.
private func inlineMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("Pool")
  try state.bind(poolSignature, from: 1)
  let count = try state.integer(1, "processes", default: 1)
  guard count >= 1 else { throw .value("Number of processes must be at least 1") }
  guard state.isNoneOrNil(2) || state.isCallable(2) else {
    throw .type("initializer must be a callable")
  }
  try state.checkArgumentList(3, "initargs", "initargs = ")
  try state.makeInlinePool(workers: count)
  return 1
}

// MARK: - Calls

extension LuaState {
  /// Counts a call of the pool at index 1, and makes it.
  ///
  /// Stack: [function, arguments…] -> [results…].
  ///
  /// - Throws: The error object with the stack where it arose.
  func callInline(arguments: Int32, results: Int32) throws(LuaError) {
    if var pool = optionalObject(1, as: InlinePool.self) {
      pool.doneCount += 1
      update(1, pool)
    }
    let base = top - arguments
    push(body: { $0.run(taskErrorHandler) })
    insert(base)
    try InlineRun.runTask { () throws(LuaError) in
      try call(arguments: arguments, results: results, handlerAt: base)
    }
    remove(base)
  }

  /// Stack: [pool, arguments…] -> [pool, func, args, kwds, …].
  fileprivate func bindInlineCall(_ name: String, hasCallbacks: Bool) throws(LuaError) {
    _ = try runningInline()
    let signature = callSignature(name, callbacks: hasCallbacks)
    try bind(signature, from: 2)
    try checkFunction(signature)
    try checkArgumentList(3, "args", "args = ", maximum: 200_000)
    if !isNoneOrNil(4), !isTable(4) {
      throw .type("kwds must be a table of keywords, got \(typeName(4))")
    }
    _ = try taskOptions(hasCallbacks ? 7 : 5)
  }

  /// Makes the call that `bindInlineCall` has bound.
  ///
  /// Stack: [] -> [results…].
  ///
  /// - Returns: How many results there are.
  fileprivate func makeInlineCall() throws(LuaError) -> Int32 {
    let base = top
    pushCallArguments()
    let list = top
    copy(2)
    let count = try unpackList(list)
    remove(list)
    try callInline(arguments: count, results: allResults)
    return top - base
  }

  /// Binds a call over a list, and checks it.
  ///
  /// Stack: [pool, arguments…] -> [pool, func, iterable, chunksize, …].
  fileprivate func bindInlineList(
    _ name: String, hasCallbacks: Bool
  ) throws(LuaError) -> TaskInput {
    _ = try runningInline()
    let signature = listSignature(name, callbacks: hasCallbacks)
    try bind(signature, from: 2)
    try checkFunction(signature)
    if !isNoneOrNil(4) {
      let chunk = try integer(4, "chunksize", default: 1)
      guard chunk >= 1 else { throw .value("Chunksize must be 1+, not \(chunk)") }
    }
    _ = try taskOptions(hasCallbacks ? 7 : 5, hasSeed: true)
    return try TaskInput(self, 3, name)
  }

  /// Calls the function at index 2 with an item of the input at index 3; false at the input's end.
  ///
  /// Stack: [] -> [result] when true.
  func callInline(
    with input: TaskInput, at position: Int, function: Int32, inputAt index: Int32, isStar: Bool
  ) throws(LuaError) -> Bool {
    try reserveStack(20)
    if let count = input.count {
      guard position < count else { return false }
      copy(function)
      try push(listItem: position, of: index)
    } else {
      copy(function)
      copy(index)
      try call(arguments: 0, results: 1)
      guard type(-1) != .nil else {
        pop(2)
        return false
      }
    }
    var given: Int32 = 1
    if isStar {
      guard isTable(-1) else {
        throw .type("item \(position + 1) must be a list of arguments, got \(typeName(-1))")
      }
      given = try unpackList(-1)
      remove(-1 - given)
    }
    try callInline(arguments: given, results: 1)
    return true
  }

  /// Stack: [] -> [list of results].
  fileprivate func mapInline(_ input: TaskInput, isStar: Bool) throws(LuaError) {
    newTable(list: Int32(clamping: input.count ?? 0), fields: 1)
    let list = top
    var count = 0
    while try callInline(with: input, at: count, function: 2, inputAt: 3, isStar: isStar) {
      count += 1
      rawSet(list, count)
    }
    push(count)
    rawSet(list, "n")
  }

  /// Makes the result of what `body` leaves on the stack, or of its error, and calls the callback for it.
  ///
  /// Stack: [] -> [result].
  ///
  /// - Parameter body: Returns how many values it leaves.
  /// - Throws: What a signal raised in it.
  fileprivate func settleInline(
    _ body: () throws(LuaError) -> Int32
  ) throws(LuaError) {
    _ = try checkCallbacks(5)
    let base = top
    var isGood = true
    do throws(LuaError) {
      _ = try body()
    } catch {
      push(error)
      if Interrupt.isRaised(self) { throw .onTop }
      isGood = false
      replace(base + 1)
      setTop(base + 1)
    }
    let count = top - base
    let callback: Int32 = isGood ? 5 : 6
    try reserveStack(count + 20)
    if isCallable(callback) {
      copy(callback)
      for position in 0..<count { copy(base + 1 + position) }
      try callBackFromPool(arguments: count)
    }
    pushInlineResult(from: base + 1, count: count, isGood: isGood)
  }
}

private func inlineApply(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bindInlineCall("apply", hasCallbacks: false)
  return try state.makeInlineCall()
}

private func inlineApplyAsync(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bindInlineCall("apply_async", hasCallbacks: true)
  try state.settleInline { () throws(LuaError) in try state.makeInlineCall() }
  return 1
}

extension LuaState {
  fileprivate func mapInline(_ name: String, isStar: Bool) throws(LuaError) -> Int32 {
    try mapInline(try bindInlineList(name, hasCallbacks: false), isStar: isStar)
    return 1
  }

  fileprivate func mapInlineAsync(_ name: String, isStar: Bool) throws(LuaError) -> Int32 {
    let input = try bindInlineList(name, hasCallbacks: true)
    try settleInline { () throws(LuaError) in
      try mapInline(input, isStar: isStar)
      return 1
    }
    return 1
  }

  fileprivate func iterateInline(_ name: String, isStar: Bool) throws(LuaError) -> Int32 {
    _ = try runningInline()
    let signature = iterateSignature(name)
    try bind(signature, from: 2)
    try checkFunction(signature)
    let chunkSize = try integer(4, "chunksize", default: 1)
    guard chunkSize >= 1 else { throw .value("Chunksize must be 1+, not \(chunkSize)") }
    guard try integer(5, "buffersize", default: 1) >= 1 else {
      throw .value("buffersize must be None or > 0")
    }
    _ = try taskOptions(6, hasSeed: true)
    _ = try TaskInput(self, 3, name)
    pushInlineIterator(isStar: isStar)
    return 1
  }
}

// MARK: - The end

private func inlineClose(_ state: LuaState) throws(LuaError) -> Int32 {
  var pool = try state.object(1, as: InlinePool.self)
  if pool.state == .running { pool.state = .closed }
  state.update(1, pool)
  return 0
}

private func inlineTerminate(_ state: LuaState) throws(LuaError) -> Int32 {
  var pool = try state.object(1, as: InlinePool.self)
  pool.state = .terminated
  state.update(1, pool)
  return 0
}

private func inlineJoin(_ state: LuaState) throws(LuaError) -> Int32 {
  if try state.object(1, as: InlinePool.self).state == .running {
    throw .value("Pool is still running")
  }
  return 0
}

private func inlineLeaveScope(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  return try inlineTerminate(state)
}

/// Lua: `pool:stats()`: the fields of a pool with workers, of which there are none.
private func inlineStatistics(_ state: LuaState) throws(LuaError) -> Int32 {
  let pool = try state.object(1, as: InlinePool.self)
  state.newTable(fields: 10)
  let numbers: [(StaticString, Int)] = [
    ("processes", pool.workerCount), ("workers", 0), ("busy", 0), ("queued", 0), ("pending", 0),
    ("done", pool.doneCount), ("started", 0), ("lost", 0), ("retried", 0),
  ]
  for (name, number) in numbers {
    state.push(number)
    state.rawSet(-2, name)
  }
  state.newTable()
  state.rawSet(-2, "pids")
  return 1
}

private func inlineToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let pool = try state.object(1, as: InlinePool.self)
  state.push("<multiprocessing.pool.Pool inline state=\(pool.state.name)>")
  return 1
}

private enum InlineMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "apply": { $0.run(inlineApply) },
    "apply_async": { $0.run(inlineApplyAsync) },
    "map": { $0.run { (state) throws(LuaError) in try state.mapInline("map", isStar: false) } },
    "map_async": {
      $0.run { (state) throws(LuaError) in try state.mapInlineAsync("map_async", isStar: false) }
    },
    "starmap": {
      $0.run { (state) throws(LuaError) in try state.mapInline("starmap", isStar: true) }
    },
    "starmap_async": {
      $0.run { (state) throws(LuaError) in try state.mapInlineAsync("starmap_async", isStar: true) }
    },
    "imap": {
      $0.run { (state) throws(LuaError) in try state.iterateInline("imap", isStar: false) }
    },
    "imap_unordered": {
      $0.run { (state) throws(LuaError) in
        try state.iterateInline("imap_unordered", isStar: false)
      }
    },
    "istarmap": {
      $0.run { (state) throws(LuaError) in try state.iterateInline("istarmap", isStar: true) }
    },
    "istarmap_unordered": {
      $0.run { (state) throws(LuaError) in
        try state.iterateInline("istarmap_unordered", isStar: true)
      }
    },
    "close": { $0.runBare("close", inlineClose) },
    "terminate": { $0.runBare("terminate", inlineTerminate) },
    "join": { $0.runBare("join", inlineJoin) },
    "stats": { $0.runBare("stats", inlineStatistics) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(inlineToString) },
    "__close": { $0.run(inlineLeaveScope) },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
