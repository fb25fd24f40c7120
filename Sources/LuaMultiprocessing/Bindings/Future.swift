// `mp.futures.Future`: a result that is to come. Python: `concurrent.futures.Future`.

internal import CLuaBridge
internal import Multiprocessing

/// What has become of a future.
///
/// Python: the states of `concurrent.futures._base`.
enum FutureState: UInt8 {
  case pending, running, cancelled, cancelledAndNotified, finished

  /// Python's name, for messages: `FINISHED`.
  var name: String {
    switch self {
    case .pending: "PENDING"
    case .running: "RUNNING"
    case .cancelled: "CANCELLED"
    case .cancelledAndNotified: "CANCELLED_AND_NOTIFIED"
    case .finished: "FINISHED"
    }
  }

  /// The word for people: `finished`.
  var word: String {
    switch self {
    case .pending: "pending"
    case .running: "running"
    case .cancelled, .cancelledAndNotified: "cancelled"
    case .finished: "finished"
    }
  }

  var isCancelled: Bool { self == .cancelled || self == .cancelledAndNotified }
  var isDone: Bool { isCancelled || self == .finished }
}

/// A future as a script holds it.
///
/// It belongs to one process, whose blocking calls complete it. Its user values are listed in
/// `Future.Value`.
struct Future: LuaObject {
  static let typeName: StaticString = "Future"
  static let example: StaticString = "future"
  static let magic: UInt64 = 0x6D1B_F08E_43A7_952C

  /// The user values of a future.
  enum Value {
    /// The result, or the error; a packed table of the results if there is not just one.
    static let outcome: Int32 = 1
    /// A list of the functions to call when it is done; nil for none.
    static let callbacks: Int32 = 2
    /// A set of the lists that it is to be added to when it is done, weak; nil for none.
    static let waiters: Int32 = 3
    /// The task's `AsyncResult`; nil for a future that a script made.
    static let task: Int32 = 4
    static let count: Int32 = 4
  }

  /// The process that made it.
  let owner: UInt32
  var state = FutureState.pending
  /// Whether the outcome is an error.
  var hasFailed = false
  /// Whether the outcome is a packed table of results.
  var isPacked = false

  init() { owner = Board.identity }
}

extension LuaState {
  /// Makes the class `Future`.
  func addFutureClass() {
    newMetatable(className: "Future")
    setFunctions([
      "__newindex": { $0.run(refuseNewField) }, "__tostring": { $0.run(futureToString) },
    ])
    newTable(fields: 16)
    setFunctions(FutureMethods.all)
    refusePositions("a future has no items by position; write future:result()")
    rawSet(-2, "__index")
    pop()
  }

  /// Makes a future that nobody has begun with.
  ///
  /// Stack: [] -> [future].
  func pushFuture() { push(object: Future(), userValues: Future.Value.count) }

  /// `<Future at 0x5581 state=finished returned number>`.
  func futureText(_ index: Int32) -> String {
    guard let future = optionalObject(index, as: Future.self) else { return "<Future>" }
    var text = "<Future at 0x\(String(address(index), radix: 16)) state=\(future.state.word)"
    if future.state == .finished {
      text += future.hasFailed ? " raised " : " returned "
      let count = pushOutcome(of: index)
      text += count == 0 ? "nothing" : typeName(-count)
      pop(count)
    }
    return text + ">"
  }
}

extension LuaState {
  /// Pushes the results of a future that is done, or its error.
  ///
  /// Stack: [] -> [result…].
  ///
  /// - Returns: How many there are.
  fileprivate func pushOutcome(of index: Int32) -> Int32 {
    let isPacked = optionalObject(index, as: Future.self)?.isPacked ?? false
    userValue(index, Future.Value.outcome)
    guard isPacked else { return 1 }
    let packed = top
    rawGet(packed, "n")
    let count = Int32(integer(-1) ?? 0)
    pop()
    guard hasStack(count + 20) else { return 1 }
    for position in 0..<Int(count) { rawGet(packed, position + 1) }
    remove(packed)
    return count
  }
}

// MARK: - Becoming done

extension LuaState {
  /// Completes the future at `index`, tells who waits for it and calls its callbacks.
  ///
  /// Stack: [outcome] -> [].
  ///
  /// - Throws: Only what a signal raised in a callback; any other error of one is reported on stderr.
  func complete(
    _ index: Int32, _ newState: FutureState, failed: Bool = false, packed: Bool = false
  ) throws(LuaError) {
    let index = absolute(index)
    guard var future = optionalObject(index, as: Future.self) else { return pop() }
    future.state = newState
    future.hasFailed = failed
    future.isPacked = packed
    update(index, future)
    setUserValue(index, Future.Value.outcome)
    pushNil()
    setUserValue(index, Future.Value.task)
    tellWaiters(of: index)
    guard userValue(index, Future.Value.callbacks) == .table else { return pop() }
    pushNil()
    setUserValue(index, Future.Value.callbacks)
    let callbacks = top
    for position in 0..<rawLength(callbacks) {
      rawGet(callbacks, position + 1)
      try callBack(index)
    }
    pop()
  }

  private func tellWaiters(of index: Int32) {
    guard userValue(index, Future.Value.waiters) == .table else { return pop() }
    pushNil()
    while next(-2) {
      pop()
      copy(index)
      rawSet(-2, rawLength(-2) + 1)
    }
    pop()
    pushNil()
    setUserValue(index, Future.Value.waiters)
  }

  /// Calls a callback of the future at `index`.
  ///
  /// Stack: [callback] -> [].
  fileprivate func callBack(_ index: Int32) throws(LuaError) {
    copy(index)
    do {
      try callForReport(arguments: 1, results: 0)
    } catch {
      if Interrupt.isRaised(self) { throw error }
      push("exception calling callback for \(futureText(index))\n")
      pushReport(-2)
      push(literal: "\n")
      concatenate(3)
      StandardError.write(bytes(-1) ?? [])
      pop(2)
    }
  }
}

// MARK: - Methods

private enum FutureMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "cancelled": { $0.runBare("cancelled", futureCancelled) },
    "running": { $0.runBare("running", futureRunning) },
    "done": { $0.runBare("done", futureDone) },
    "result": { $0.run(futureResult) },
    "try_result": { $0.run(futureTryResult) },
    "exception": { $0.run(futureException) },
    "add_done_callback": { $0.run(futureAddDoneCallback) },
    "cancel": { $0.run(futureCancel) },
    "set_running_or_notify_cancel": {
      $0.runBare("set_running_or_notify_cancel", futureSetRunning)
    },
    "set_result": { $0.run(futureSetResult) },
    "set_exception": { $0.run(futureSetException) },
  ]
}

/// Lua: `futures.Future()`.
func makeFuture(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bind(Signature(name: "Future", example: "Future()", parameters: []), from: 1)
  state.pushFuture()
  return 1
}

extension LuaState {
  /// The future that a method is called on, after the results that have come are collected.
  fileprivate func currentFuture() throws(LuaError) -> Future {
    let future = try object(1, as: Future.self)
    guard !future.state.isDone else { return future }
    try collectResults()
    return try object(1, as: Future.self)
  }

  /// Waits until the future at index 1 is done.
  ///
  /// - Returns: The future; not done when the deadline passed first.
  fileprivate func awaitFuture(until deadline: Deadline) throws(LuaError) -> Future {
    let future = try object(1, as: Future.self)
    if future.state.isDone { return future }
    try checkOwner(of: 1)
    try waitForResults(until: deadline) {
      optionalObject(1, as: Future.self)?.state.isDone ?? true
    }
    return try object(1, as: Future.self)
  }

  /// The deadline that the argument of a method of the future at index 1 sets.
  fileprivate func futureDeadline(_ method: String) throws(LuaError) -> Deadline {
    _ = try object(1, as: Future.self)
    try bind(
      Signature(
        name: method, example: "future:\(method){timeout = 1}", parameters: [Parameter("timeout")]),
      from: 2)
    return try deadline(timeout: 2)
  }

  /// The future at index 1 once it has a result or an error.
  ///
  /// - Throws: `CancelledError`, `TimeoutError`, and what ends a wait.
  fileprivate func finishedFuture(until deadline: Deadline) throws(LuaError) -> Future {
    let future = try awaitFuture(until: deadline)
    if future.state.isCancelled { throw .object(.cancelledError, "the future was cancelled") }
    guard future.state.isDone else {
      throw .object(
        .timeoutError, "no result after \(try text(of: 2)) s, the future is \(future.state.word)")
    }
    return future
  }

  /// The results of the future at index 1, or its error.
  ///
  /// Stack: [] -> [result…].
  ///
  /// - Returns: How many there are.
  fileprivate func pushResult(until deadline: Deadline) throws(LuaError) -> Int32 {
    let future = try finishedFuture(until: deadline)
    let count = pushOutcome(of: 1)
    if future.hasFailed { throw .onTop }
    return count
  }

  /// Refuses to wait for what only another process can complete.
  func checkOwner(of index: Int32) throws(LuaError) {
    guard let future = optionalObject(index, as: Future.self), !future.state.isDone,
      future.owner != Board.identity
    else { return }
    throw .runtime(
      "\(futureText(index)) belongs to another process, and only that one gets its result")
  }
}

private func futureCancelled(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.currentFuture().state.isCancelled)
  return 1
}

private func futureDone(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.currentFuture().state.isDone)
  return 1
}

/// Lua: `future:running()`: whether a worker has the task now.
private func futureRunning(_ state: LuaState) throws(LuaError) -> Int32 {
  let future = try state.currentFuture()
  state.push(future.state == .running || (future.state == .pending && state.isTaskTaken(1)))
  return 1
}

/// Lua: `future:result([timeout])`: raises what the task raised.
private func futureResult(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.pushResult(until: try state.futureDeadline("result"))
}

/// Lua: `future:try_result([timeout])`: true and the results, or false and the error.
private func futureTryResult(_ state: LuaState) throws(LuaError) -> Int32 {
  let deadline = try state.futureDeadline("try_result")
  do throws(LuaError) {
    let count = try state.pushResult(until: deadline)
    state.push(true)
    state.insert(-1 - count)
    return count + 1
  } catch {
    state.push(error)
    // What a signal raised is not the future's.
    let isDone = state.optionalObject(1, as: Future.self)?.state.isDone ?? true
    guard isDone || state.isError(-1, .timeoutError) else { throw .onTop }
    state.push(false)
    state.insert(-2)
    return 2
  }
}

/// Lua: `future:exception([timeout])`: the error that the task raised; nil when it succeeded.
private func futureException(_ state: LuaState) throws(LuaError) -> Int32 {
  if try state.finishedFuture(until: try state.futureDeadline("exception")).hasFailed {
    state.userValue(1, Future.Value.outcome)
  } else {
    state.pushNil()
  }
  return 1
}

/// Lua: `future:add_done_callback(f)`: calls `f(future)` when it is done, at once if it is.
///
/// Otherwise in a blocking call of this process, before that returns.
private func futureAddDoneCallback(_ state: LuaState) throws(LuaError) -> Int32 {
  let future = try state.object(1, as: Future.self)
  try state.bind(
    Signature(
      name: "add_done_callback", example: "future:add_done_callback(f)",
      parameters: [Parameter("fn", .required)]),
    from: 2)
  guard state.isCallable(2) else {
    throw .argument(2, "function expected, got \(state.typeName(2))")
  }
  if future.state.isDone {
    state.copy(2)
    try state.callBack(1)
    return 0
  }
  if state.userValue(1, Future.Value.callbacks) != .table {
    state.newTable()
    state.copy(-1)
    state.setUserValue(1, Future.Value.callbacks)
  }
  state.copy(2)
  state.rawSet(-2, state.rawLength(-2) + 1)
  return 0
}

private let cancelSignature = Signature(
  name: "cancel", example: "future:cancel{running = true}",
  parameters: [Parameter("running", .keywordOnly)])

/// Lua: `future:cancel()`: whether it is cancelled now; a task that a worker has is left alone.
///
/// `cancel{running = true}` stops it in the worker too.
private func futureCancel(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: Future.self)
  try state.bind(cancelSignature, from: 2)
  let stopsRunning = try state.flag(2, "running", default: false)
  let future = try state.currentFuture()
  guard !future.state.isDone else {
    state.push(future.state.isCancelled)
    return 1
  }
  let hasTask = state.userValue(1, Future.Value.task) != .nil
  state.pop()
  let isCancelled =
    hasTask ? try state.cancelTask(1, stopsRunning: stopsRunning) : future.state == .pending
  if isCancelled {
    state.pushNil()
    try state.complete(1, hasTask ? .cancelledAndNotified : .cancelled)
  }
  state.push(isCancelled)
  return 1
}

// MARK: - For who runs the task

/// Lua: `future:set_running_or_notify_cancel()`: false when it was cancelled, else it runs now.
private func futureSetRunning(_ state: LuaState) throws(LuaError) -> Int32 {
  var future = try state.object(1, as: Future.self)
  switch future.state {
  case .pending: future.state = .running
  case .cancelled: future.state = .cancelledAndNotified
  default: throw .runtime("Future in unexpected state: \(state.futureText(1))")
  }
  state.update(1, future)
  state.push(future.state == .running)
  return 1
}

extension LuaState {
  /// Completes the future at index 1 with the argument of a method.
  fileprivate func setOutcome(_ method: String, failed: Bool) throws(LuaError) {
    let future = try object(1, as: Future.self)
    let name = failed ? "exception" : "result"
    try bind(
      Signature(
        name: method, example: "future:\(method)(\(name))",
        parameters: [Parameter(name, .value)]),
      from: 2)
    if failed, isNoneOrNil(2) { throw .type("exception must be an error, got nil") }
    if future.state.isDone {
      throw .object(.invalidStateError, "\(future.state.name): \(futureText(1))")
    }
    copy(2)
    try complete(1, .finished, failed: failed)
  }
}

private func futureSetResult(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.setOutcome("set_result", failed: false)
  return 0
}

private func futureSetException(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.setOutcome("set_exception", failed: true)
  return 0
}

private func futureToString(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: Future.self)
  state.push(state.futureText(1))
  return 1
}
