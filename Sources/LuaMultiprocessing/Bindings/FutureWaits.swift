// `mp.futures.wait` and `mp.as_completed`. Python: `concurrent.futures.wait`, `as_completed`.

internal import CLuaBridge
internal import Multiprocessing

/// When `futures.wait` returns.
private enum ReturnWhen: String, CaseIterable {
  case allCompleted = "ALL_COMPLETED"
  case firstCompleted = "FIRST_COMPLETED"
  case firstException = "FIRST_EXCEPTION"
}

extension LuaState {
  /// Adds the constants of `futures.wait` to the table on top of the stack.
  func addWaitConstants() {
    for value in ReturnWhen.allCases {
      push(value.rawValue)
      push(value.rawValue)
      rawSet(-3)
    }
  }

  /// The futures at index 1: a list, or a table whose keys they are.
  ///
  /// Stack: [] -> [list]; each future is in it once.
  fileprivate func pushFutures(_ call: String) throws(LuaError) {
    guard isTable(1), pushIfKeyed() else {
      let count = try checkList(1, "fs", call: call)
      newTable()
      let seen = top
      newTable(list: Int32(clamping: count))
      for position in 0..<count {
        try push(listItem: position, of: 1)
        guard optionalObject(-1, as: Future.self) != nil else {
          throw .type("fs[\(position + 1)] must be a Future, got \(typeName(-1))")
        }
        addOnce(seen: seen)
      }
      return remove(seen)
    }
  }

  /// Stack: [list, future] -> [list].
  private func addOnce(seen: Int32) {
    copy(-1)
    if rawGet(seen) != .nil { return pop(2) }
    pop()
    copy(-1)
    push(true)
    rawSet(seen)
    rawSet(-2, rawLength(-2) + 1)
  }

  /// Python's `as_completed(future_to_url)`.
  ///
  /// Stack: [] -> [list] when the keys of the table at index 1 are futures.
  private func pushIfKeyed() -> Bool {
    newTable()
    let list = top
    pushNil()
    while next(1) {
      pop()
      guard optionalObject(-1, as: Future.self) != nil else {
        setTop(list - 1)
        return false
      }
      copy(-1)
      rawSet(list, rawLength(list) + 1)
    }
    if rawLength(list) > 0 { return true }
    pop()
    return false
  }

  /// Splits a list of futures into those that are done, and those that are not, which will be added to
  /// the first list when they are.
  ///
  /// Stack: [futures] -> [arrived]; the arrived list must be kept as long as it is to grow.
  fileprivate func pushArrivals() throws(LuaError) {
    let futures = top
    newTable()
    for position in 0..<rawLength(futures) {
      rawGet(futures, position + 1)
      if optionalObject(-1, as: Future.self)?.state.isDone ?? true {
        rawSet(-2, rawLength(-2) + 1)
      } else {
        try checkOwner(of: -1)
        subscribe(-2)
        pop()
      }
    }
    remove(futures)
  }

  /// Has the future on top of the stack added to a list when it is done.
  private func subscribe(_ list: Int32) {
    let list = absolute(list)
    if userValue(-1, Future.Value.waiters) != .table {
      pop()
      newWeakTable(.keys)
      copy(-1)
      setUserValue(-3, Future.Value.waiters)
    }
    copy(list)
    push(true)
    rawSet(-3)
    pop()
  }

  /// Whether one of the futures of a list from a position on, counting from 1, ended in an error.
  fileprivate func hasFailure(_ list: Int32, from first: Int) -> Bool {
    let count = rawLength(list)
    guard first <= count else { return false }
    for position in first...count {
      rawGet(list, position)
      defer { pop() }
      if optionalObject(-1, as: Future.self)?.hasFailed ?? false { return true }
    }
    return false
  }
}

// MARK: - wait

private let waitSignature = Signature(
  name: "wait", example: "futures.wait(fs, {timeout = 1})",
  parameters: [Parameter("fs", .value), Parameter("timeout"), Parameter("return_when")])

/// Lua: `futures.wait(fs [, timeout [, return_when]])`: the list of those that are done and the list
/// of those that are not, in the order of `fs`.
func futuresWait(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseFuturesModule("wait")
  try state.bind(waitSignature, from: 1)
  let deadline = try state.deadline(timeout: 2)
  let text = try state.text(3, "return_when") ?? ReturnWhen.allCompleted.rawValue
  guard let returnWhen = ReturnWhen(rawValue: text) else {
    throw .value("Invalid return condition: '\(text)'")
  }
  try state.pushFutures("futures.wait ")
  let futures = state.top
  try state.collectResults()
  state.copy(futures)
  try state.pushArrivals()
  let arrived = state.top
  let count = state.rawLength(futures)
  var looked = 0
  try state.waitForResults(until: deadline) {
    let done = state.rawLength(arrived)
    defer { looked = done }
    switch returnWhen {
    case _ where done == count: return true
    case .allCompleted: return false
    case .firstCompleted: return done > 0
    case .firstException: return state.hasFailure(arrived, from: looked + 1)
    }
  }
  state.newTable()
  state.newTable()
  for position in 0..<count {
    state.rawGet(futures, position + 1)
    let isDone = state.optionalObject(-1, as: Future.self)?.state.isDone ?? true
    let list: Int32 = isDone ? -3 : -2
    state.rawSet(list, state.rawLength(list) + 1)
  }
  return 2
}

// MARK: - as_completed

/// What the loop over `as_completed` keeps; its user value is the list of the futures that are done.
private struct Completions: LuaObject {
  static let typeName: StaticString = "as_completed"
  static let example: StaticString = "completed"
  static let magic: UInt64 = 0xE8A2_5F9C_40D7_1B63

  let count: Int
  let deadlineNanoseconds: UInt64
  var given = 0
}

extension LuaState {
  /// Makes the class of what `as_completed` keeps.
  func addCompletions() {
    newMetatable(className: "as_completed")
    pop()
  }
}

/// Lua: `for future in mp.as_completed(fs [, timeout]) do`: the futures as they become done, first
/// those that are.
func asCompleted(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseFuturesModule("as_completed")
  try state.refuseModule("as_completed")
  try state.bind(
    Signature(
      name: "as_completed", example: "as_completed(fs, {timeout = 1})",
      parameters: [Parameter("fs", .value), Parameter("timeout")]),
    from: 1)
  // Python counts from the call too.
  let deadline = try state.deadline(timeout: 2)
  try state.pushFutures("as_completed ")
  try state.collectResults()
  let futures = state.top
  let completions = Completions(
    count: state.rawLength(futures), deadlineNanoseconds: deadline.nanoseconds)
  state.push(object: completions, className: "as_completed", userValues: 1)
  state.copy(futures)
  try state.pushArrivals()
  state.setUserValue(-2)
  state.push(body: { $0.run(nextCompleted) }, upvalues: 1)
  return 1
}

private func nextCompleted(_ state: LuaState) throws(LuaError) -> Int32 {
  let index = state.upvalue(1)
  guard var completions = state.optionalObject(index, as: Completions.self) else { return 0 }
  guard completions.given < completions.count else { return 0 }
  state.setTop(0)
  state.userValue(index)
  try state.waitForResults(
    until: Deadline(nanoseconds: completions.deadlineNanoseconds)
  ) {
    state.rawLength(1) > completions.given
  }
  guard state.rawLength(1) > completions.given else {
    let unfinished = completions.count - state.rawLength(1)
    throw .object(
      .timeoutError, "\(unfinished) (of \(completions.count)) futures unfinished")
  }
  completions.given += 1
  state.update(index, completions)
  state.rawGet(1, completions.given)
  // Python forgets it too: who keeps it is the script.
  state.push(false)
  state.rawSet(1, completions.given)
  return 1
}
