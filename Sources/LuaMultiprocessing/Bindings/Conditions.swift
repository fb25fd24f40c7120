// `mp.Condition`. Python: `multiprocessing.synchronize.Condition`.

internal import CLuaBridge
internal import Multiprocessing

/// A condition as a script holds it.
///
/// The userdata's user value is the lock: as long as the condition lives, its process holds both.
struct ConditionHandle: Guardable {
  static let typeName: StaticString = "Condition"
  static let example: StaticString = "cond"
  static let magic: UInt64 = 0xE85B_2D70_4C96_A31F

  let condition: Condition

  var object: SharedObject { condition.object }
  var references: [SharedObject] { [object, lockObject] }

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    guard references.count == 2, references[0].kind == .condition else { return false }
    let handle = ConditionHandle(condition: Condition(references[0]))
    guard handle.lockObject == references[1] else { return false }
    state.push(known: handle.lock, className: handle.lock.className)
    state.push(object: handle, className: "Condition", userValues: 1)
    state.copy(-2)
    state.setUserValue(-2)
    state.remove(-2)
    return true
  }

  var lockObject: SharedObject { condition.lock.object }

  var lock: LockHandle {
    switch condition.lock {
    case .plain(let lock): .plain(lock)
    case .recursive(let lock): .recursive(lock)
    }
  }

  func acquire(until deadline: Deadline) throws(MultiprocessingError) -> Acquisition {
    try lock.acquire(until: deadline)
  }

  func release() throws(MultiprocessingError) { try lock.release() }

  func releaseGuarded() throws(MultiprocessingError) { try lock.releaseGuarded() }
}

extension LuaState {
  /// Adds the class to the module on top of the stack.
  func addConditions() {
    newMetatable(className: "Condition")
    setFunctions(ConditionMethods.meta)
    newTable(fields: 16)
    setFunctions(ConditionMethods.all)
    rawSet(-2, "__index")
    pop()
    setFunctions([
      "Condition": { $0.run { (state) throws(LuaError) in try state.makeCondition() } }
    ])
  }

  private func makeCondition() throws(LuaError) -> Int32 {
    try refuseModule("Condition")
    try bind(
      Signature(
        name: "Condition", example: "Condition{lock = lock}", parameters: [Parameter("lock")]),
      from: 1)
    let place = place(level: 1) ?? ""
    if isNoneOrNil(1) {
      let lock = try lifting { () throws(MultiprocessingError) in try RLock() }
      lock.object.place = place
      push(object: LockHandle.recursive(lock), className: "RLock")
      replace(1)
    }
    guard let handle = optionalObject(1, as: LockHandle.self) else {
      throw .type("lock must be a Lock or an RLock, got \(typeName(1))")
    }
    let lock: Condition.Lock =
      switch handle {
      case .plain(let lock): .plain(lock)
      case .recursive(let lock): .recursive(lock)
      }
    let condition = try lifting { () throws(MultiprocessingError) in try Condition(lock: lock) }
    condition.object.place = place
    push(object: ConditionHandle(condition: condition), className: "Condition", userValues: 1)
    copy(1)
    setUserValue(-2)
    return 1
  }

  /// Waits once; logs when the lock's last owner died with it meanwhile.
  fileprivate func wait(
    _ handle: ConditionHandle, until deadline: Deadline
  ) throws(LuaError) -> Condition.Outcome {
    let outcome = try lifting { () throws(MultiprocessingError) in
      try handle.condition.wait(until: deadline)
    }
    if outcome.isAbandoned { handle.lockObject.warnAbandoned() }
    return outcome
  }
}

/// Lua: `cond:wait([timeout])`: true, or false when the time was over; also `"abandoned"` when the
/// last owner of the lock died with it meanwhile.
private func conditionWait(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ConditionHandle.self)
  try state.bind(
    Signature(
      name: "wait", example: "cond:wait{timeout = 1}", parameters: [Parameter("timeout")]),
    from: 2)
  let outcome = try state.wait(handle, until: try state.deadline(timeout: 2))
  state.push(outcome.isNotified)
  guard outcome.isAbandoned else { return 1 }
  state.push(literal: "abandoned")
  return 2
}

/// Lua: `cond:wait_for(predicate [, timeout])`: the last result of the predicate; also `"abandoned"`
/// when the last owner of the lock died with it meanwhile.
private func conditionWaitFor(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ConditionHandle.self)
  try state.bind(
    Signature(
      name: "wait_for", example: "cond:wait_for(f, {timeout = 1})",
      parameters: [Parameter("predicate", .value), Parameter("timeout")]),
    from: 2)
  guard state.isCallable(2) else {
    throw .type(
      "predicate must be a function, got \(state.typeName(2)); write cond:wait_for(f)")
  }
  let deadline = try state.deadline(timeout: 3)
  var isAbandoned = false
  while true {
    state.copy(2)
    try state.call(arguments: 0, results: 1)
    if state.boolean(-1) || deadline.isPast { break }
    state.pop()
    let outcome = try state.wait(handle, until: deadline)
    isAbandoned = isAbandoned || outcome.isAbandoned
  }
  guard isAbandoned else { return 1 }
  state.push(literal: "abandoned")
  return 2
}

/// Lua: `cond:notify([n])`.
private func conditionNotify(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ConditionHandle.self)
  try state.bind(
    Signature(name: "notify", example: "cond:notify{n = 2}", parameters: [Parameter("n")]), from: 2)
  let count = try state.integer(2, "n", default: 1)
  try state.lifting { () throws(MultiprocessingError) in try handle.condition.notify(count) }
  return 0
}

/// Lua: `cond:notify_all()`.
private func conditionNotifyAll(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ConditionHandle.self)
  try state.lifting { () throws(MultiprocessingError) in try handle.condition.notifyAll() }
  return 0
}

private func conditionToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: ConditionHandle.self)
  state.push("<Condition(\(handle.lock.description), \(handle.condition.waiterCount))>")
  return 1
}

private enum ConditionMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "acquire": { $0.run { (state) throws(LuaError) in try state.acquire(ConditionHandle.self) } },
    "release": {
      $0.runBare("release") { (state) throws(LuaError) in try state.release(ConditionHandle.self) }
    },
    "guard": { $0.run { (state) throws(LuaError) in try state.hold(ConditionHandle.self) } },
    "with": { $0.run { (state) throws(LuaError) in try state.callWith(ConditionHandle.self) } },
    "wait": { $0.run(conditionWait) },
    "wait_for": { $0.run(conditionWaitFor) },
    "notify": { $0.run(conditionNotify) },
    "notify_all": { $0.runBare("notify_all", conditionNotifyAll) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(conditionToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(ConditionHandle.self) } },
    "__gc": {
      $0.run { (state) throws(LuaError) in try state.collectHandle(ConditionHandle.self) }
    },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
