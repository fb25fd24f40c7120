// `executor:map`. Python: `concurrent.futures.Executor.map`.

internal import CLuaBridge
internal import Multiprocessing

/// An iteration over the results of `executor:map`; its user values are the pool's iterator and the
/// executor.
struct MapIterator: LuaObject {
  static let typeName: StaticString = "results of map"
  static let example: StaticString = "results"
  static let magic: UInt64 = 0x1D83_C6F5_4E29_B07A

  let deadlineNanoseconds: UInt64
  /// Whether nothing comes any more.
  var hasEnded = false
}

extension LuaState {
  /// Makes the class of the iterations.
  func addMapIterators() {
    newMetatable(className: "results of map")
    setFunctions([
      "__call": { $0.run(mapNext) },
      "__close": { $0.run(mapLeaveLoop) },
      "__newindex": { $0.run(refuseNewField) },
    ])
    pop()
  }
}

private let mapSignature = Signature(
  name: "map", example: "executor:map(f, list, {chunksize = 10})",
  parameters: [
    Parameter("timeout", .keywordOnly), Parameter("chunksize", .keywordOnly),
    Parameter("buffersize", .keywordOnly),
  ])

/// Lua: `for result, position in executor:map(f, list, …) do`: what f gives for the items of the lists,
/// in their order.
///
/// All calls are submitted at once; with `buffersize`, and from a function, only some ahead of the loop.
func executorMap(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.takingExecutor()
  guard state.isCallable(2) else {
    throw .type(
      "fn must be a function, got \(state.typeName(2)); write \(mapSignature.example)")
  }
  guard !state.isNone(3) else { throw .type("map() missing 1 required argument: 'iterable'") }
  let hasKeywords = state.top > 3 && state.isKeyed(state.top)
  let lists = state.top - 2 - (hasKeywords ? 1 : 0)
  let keywords = 3 + lists
  try state.bind(mapSignature, from: keywords)
  let deadline = try state.deadline(timeout: keywords)
  let chunkSize = try state.integer(keywords + 1, "chunksize", default: 1)
  guard chunkSize >= 1 else { throw .value("chunksize must be >= 1.") }
  let hasBuffer = !state.isNoneOrNil(keywords + 2)
  let buffer = hasBuffer ? state.integer(keywords + 2) : 1
  guard let buffer else { throw .type("buffersize must be an integer or None") }
  guard buffer > 0 else { throw .value("buffersize must be None or > 0") }
  let count = try state.pushMapInput(lists)
  let input = state.top
  try state.pushPool(of: 1)
  state.copy(-1)
  state.push(lists == 1 ? "imap" : "istarmap")
  try state.get()
  state.insert(-2)
  state.copy(2)
  state.copy(input)
  state.newTable(fields: 4)
  state.push(chunkSize)
  state.rawSet(-2, "chunksize")
  if hasBuffer || count != nil {
    state.push(hasBuffer ? buffer : max(1, count ?? 1))
    state.rawSet(-2, "buffersize")
  }
  state.copyTaskOptions(of: 1)
  // [method, pool, fn, input, keywords]
  try state.call(arguments: 4, results: 1)
  state.push(object: MapIterator(deadlineNanoseconds: deadline.nanoseconds), userValues: 2)
  state.insert(-2)
  state.setUserValue(-2)
  state.copy(1)
  state.setUserValue(-2, 2)
  if count == nil, !hasBuffer { state.keepIteration(-1, of: 1) }
  state.pushNil()
  state.pushNil()
  state.copy(-3)
  return 4
}

extension LuaState {
  /// Whether a value is a table with names only, which is no list.
  fileprivate func isKeyed(_ index: Int32) -> Bool {
    guard isPlainTable(index) else { return false }
    pushNil()
    var isEmpty = true
    while next(index) {
      pop()
      isEmpty = false
      guard isString(-1), string(-1) != "n" else {
        pop()
        return false
      }
    }
    return !isEmpty
  }

  /// Puts the keywords of the executor's tasks into the table on top of the stack.
  func copyTaskOptions(of executor: Int32) {
    if userValue(executor, Executor.Value.taskOptions) == .table {
      for name: StaticString in ["timeout", "retries"] {
        rawGet(-1, name)
        rawSet(-3, name)
      }
    }
    pop()
  }

  // MARK: The input

  /// Pushes what the pool is to go over for the lists from index 3 on: the list itself, or a list or
  /// function of lists of arguments.
  ///
  /// Stack: [] -> [input].
  ///
  /// - Returns: How many items there are; nil when only calling tells.
  fileprivate func pushMapInput(_ lists: Int32) throws(LuaError) -> Int? {
    var inputs: [TaskInput] = []
    for position in 0..<lists {
      let index = 3 + position
      if number(index) != nil {
        throw .type(
          "map: iterable \(position + 1) must be a list, got number; for chunks write "
            + "{chunksize = \(try text(of: index))}")
      }
      inputs.append(try TaskInput(self, index, "map", of: "executor"))
    }
    if lists == 1 {
      copy(3)
      return inputs.first?.count
    }
    let counts = inputs.map(\.count)
    if counts.contains(nil) {
      try pushZipFunction(lists)
      return nil
    }
    let count = counts.compactMap(\.self).min() ?? 0
    newTable(list: Int32(clamping: count))
    for item in 0..<count {
      newTable(list: lists, fields: 1)
      for position in 0..<lists {
        try push(listItem: item, of: 3 + position)
        rawSet(-2, Int(position) + 1)
      }
      push(Int(lists))
      rawSet(-2, "n")
      rawSet(-2, item + 1)
    }
    return count
  }

  /// Stack: [] -> [function].
  private func pushZipFunction(_ lists: Int32) throws(LuaError) {
    newTable(list: lists)
    for position in 0..<lists {
      copy(3 + position)
      rawSet(-2, Int(position) + 1)
    }
    push(0)
    push(body: { $0.run(nextArguments) }, upvalues: 2)
  }

  // MARK: The end of an iteration

  /// Has an iteration drawn to its end by `shutdown` at the latest.
  fileprivate func keepIteration(_ iteration: Int32, of executor: Int32) {
    let iteration = absolute(iteration)
    if userValue(executor, Executor.Value.iterations) != .table {
      pop()
      newTable()
      copy(-1)
      setUserValue(executor, Executor.Value.iterations)
    }
    copy(iteration)
    push(true)
    rawSet(-3)
    pop()
  }

  private func forgetIteration(_ iteration: Int32) {
    let iteration = absolute(iteration)
    userValue(iteration, 2)
    if userValue(-1, Executor.Value.iterations) == .table {
      copy(iteration)
      pushNil()
      rawSet(-3)
    }
    pop(2)
  }

  /// Ends the inputs of all iterations of the executor at index 1.
  ///
  /// - Parameter drawing: Whether what is left of functions is submitted; with `buffersize` it is not,
  ///   as in Python.
  /// - Throws: What a signal raises in a function that is drawn from; `RuntimeError` when the results
  ///   of one fill `Iteration.mostUnreadBytes`.
  func endIterations(drawing: Bool) throws(LuaError) {
    guard pushPoolIfMade(of: 1) else { return }
    let pool = optionalObject(-1, as: PoolHandle.self)?.pool
    pop()
    guard let pool else { return }
    let isKept = userValue(1, Executor.Value.iterations) == .table
    if drawing, isKept {
      let iterations = top
      pushNil()
      while next(iterations) {
        pop()
        userValue(-1)
        let iteration = optionalObject(-1, as: IteratorHandle.self)?.iteration
        pop()
        guard let iteration else { continue }
        try drawFunction(
          iteration, pool, for: "shutdown", of: "a map",
          orCall: "executor:shutdown(true, {cancel_futures = true})")
      }
    }
    pop()
    for iteration in pool.iterations.values { complete(iteration, pool) }
    pushNil()
    setUserValue(1, Executor.Value.iterations)
  }

  /// Ends an iteration: what no worker has taken is cancelled.
  fileprivate func endIteration(_ index: Int32) throws(LuaError) {
    guard var results = optionalObject(index, as: MapIterator.self), !results.hasEnded else {
      return
    }
    results.hasEnded = true
    update(index, results)
    forgetIteration(index)
    userValue(index)
    defer { pop() }
    guard let iteration = optionalObject(-1, as: IteratorHandle.self)?.iteration,
      let pool = iteration.job.pool, pool.core.isOwn
    else { return }
    let job = iteration.job
    complete(iteration, pool)
    for task in pool.core.tasks(of: job) {
      _ = try lifting { () throws(MultiprocessingError) in try pool.core.withdraw(task) }
    }
    job.abandon(self)
  }
}

/// Gives the next list of arguments; the upvalues are the list of the inputs and how many were given.
///
/// Lua: [] -> [list], or [nil] when the shortest input has ended.
private func nextArguments(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(0)
  state.copy(state.upvalue(1))
  let given = state.integer(state.upvalue(2)) ?? 0
  let count = state.rawLength(1)
  state.newTable(list: Int32(clamping: count), fields: 1)
  for position in 0..<count {
    state.rawGet(1, position + 1)
    let input = try TaskInput(state, 3, "map", of: "executor")
    if let items = input.count {
      guard given < items else { return 0 }
      try state.push(listItem: given, of: 3)
    } else {
      state.copy(3)
      try state.call(arguments: 0, results: 1)
      guard state.type(-1) != .nil else { return 0 }
    }
    state.rawSet(2, position + 1)
    state.setTop(2)
  }
  state.push(count)
  state.rawSet(2, "n")
  state.push(given + 1)
  state.replace(state.upvalue(2))
  return 1
}

/// Lua: `results()`: the next result and its position; nothing at the end.
///
/// An error ends the iteration, as in Python.
private func mapNext(_ state: LuaState) throws(LuaError) -> Int32 {
  let results = try state.object(1, as: MapIterator.self)
  if results.hasEnded { return 0 }
  state.setTop(1)
  state.userValue(1)
  state.copy(2)
  state.push(literal: "next")
  do throws(LuaError) {
    try state.get()
    state.copy(2)
    let deadline = Deadline(nanoseconds: results.deadlineNanoseconds)
    if deadline == .never { state.pushNil() } else { state.push(deadline.secondsLeft) }
    try state.call(arguments: 2, results: 2)
  } catch {
    state.push(error)
    let problem = state.top
    try state.endIteration(1)
    state.setTop(problem)
    throw .onTop
  }
  if state.type(-2) == .nil { try state.endIteration(1) }
  return 2
}

/// Lua: a loop over the results ends, sooner perhaps than they do.
private func mapLeaveLoop(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.endIteration(1)
  return 0
}
