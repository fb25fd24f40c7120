// What is taken and given back: `acquire`, `release`, `guard` and `with`. Python: `with lock:`.

internal import CLuaBridge
internal import Multiprocessing

/// An object that a process takes and gives back: a lock, a semaphore, a condition.
protocol Guardable: SharedHandle {
  /// Takes it.
  func acquire(until deadline: Deadline) throws(MultiprocessingError) -> Acquisition
  /// Gives it back.
  func release() throws(MultiprocessingError)
  /// Gives back what a guard took, unless it is given back already.
  func releaseGuarded() throws(MultiprocessingError)
  /// What is taken: the object itself, or its lock.
  var lockObject: SharedObject { get }
}

private let acquireSignature = takeSignature("acquire")
private let guardSignature = takeSignature("guard")

private func takeSignature(_ name: String) -> Signature {
  Signature(
    name: name, example: "lock:\(name){timeout = 1}",
    parameters: [Parameter("block"), Parameter("timeout")])
}

extension LuaState {
  /// Adds the class of guards.
  func addGuards() {
    newMetatable(className: "guard")
    setFunctions([
      "__close": { $0.run(guardClose) },
      "__gc": { $0.run(guardClose) },
      "__index": { $0.run(guardGet) },
    ])
    pop()
  }

  private func deadline(_ signature: Signature) throws(LuaError) -> Deadline {
    try bind(signature, from: 2)
    return try deadline(block: 2, timeout: 3)
  }

  /// Waits for it, and logs when its last owner died with it.
  @inline(__always)
  private func take<Handle: Guardable>(
    _ handle: Handle, until deadline: Deadline
  ) throws(LuaError) -> Acquisition {
    let result = try lifting { () throws(MultiprocessingError) in
      try handle.acquire(until: deadline)
    }
    if result == .abandoned { handle.lockObject.warnAbandoned() }
    return result
  }

  /// Lua: `lock:acquire([block [, timeout]])`: true, also `"abandoned"` when the last owner died with
  /// the lock; false when the time was over.
  @inline(__always)
  func acquire<Handle: Guardable>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let handle = try object(1, as: type)
    let deadline = top == 1 ? .never : try deadline(acquireSignature)
    switch try take(handle, until: deadline) {
    case .acquired:
      push(true)
      return 1
    case .abandoned:
      push(true)
      push(literal: "abandoned")
      return 2
    case .timedOut:
      push(false)
      return 1
    }
  }

  /// Lua: `lock:release()`.
  @inline(__always)
  func release<Handle: Guardable>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let handle = try object(1, as: type)
    try lifting { () throws(MultiprocessingError) in try handle.release() }
    return 0
  }

  /// Lua: `local held <close> = lock:guard()`: the lock, taken until the scope ends; false when the
  /// time was over.
  ///
  /// `held.abandoned` says that the last owner died with the lock.
  func hold<Handle: Guardable>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let handle = try object(1, as: type)
    let deadline = top == 1 ? .never : try deadline(guardSignature)
    switch try take(handle, until: deadline) {
    case .timedOut: push(false)
    case .acquired: pushGuard(isAbandoned: false)
    case .abandoned: pushGuard(isAbandoned: true)
    }
    return 1
  }

  /// Lua: `lock:with(f, …)` calls f with the lock taken and gives f's results.
  func callWith<Handle: Guardable>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let handle = try object(1, as: type)
    guard isCallable(2) else {
      throw .argument(
        2, "function expected, got \(typeName(2)); write \(type.example):with(f, …)")
    }
    // Before the lock is taken: from then on nothing may fail here.
    let arguments = top - 2
    try reserveStack(arguments + 20)
    let isAbandoned = try take(handle, until: .never) == .abandoned
    pushGuard(isAbandoned: isAbandoned)
    closeAtEnd()
    // [lock, f, arguments…, guard] -> [lock, f, arguments…, guard, f, arguments…]: the guard must stay
    // where it was marked.
    for index in 0...arguments { copy(2 + index) }
    return continuing(arguments: arguments)
  }

  /// Whether a value can be called.
  func isCallable(_ index: Int32) -> Bool { isFunction(index) || hasMetafield(index, "__call") }

  /// Pushes a guard for the object at index 1.
  private func pushGuard(isAbandoned: Bool) {
    push(object: Guard(holder: Board.identity, isAbandoned: isAbandoned), userValues: 1)
    copy(1)
    setUserValue(-2)
  }
}

/// Something that is held until a scope ends.
///
/// Its user value is what is held.
struct Guard: LuaObject {
  static let typeName: StaticString = "guard"
  static let example: StaticString = "held"
  static let magic: UInt64 = 0x9F37_A01D_C25E_6B48

  /// Who took it: a child that was forked meanwhile has nothing to give back.
  let holder: UInt32
  var isHeld = true
  let isAbandoned: Bool
}

private func guardClose(_ state: LuaState) throws(LuaError) -> Int32 {
  guard var held = state.optionalObject(1, as: Guard.self), held.isHeld else { return 0 }
  held.isHeld = false
  state.update(1, held)
  guard held.holder == Board.identity else { return 0 }
  state.userValue(1)
  let handle: (any Guardable)? =
    state.optionalObject(-1, as: LockHandle.self)
    ?? state.optionalObject(-1, as: SemaphoreHandle.self)
    ?? state.optionalObject(-1, as: ConditionHandle.self)
  try state.lifting { () throws(MultiprocessingError) in try handle?.releaseGuarded() }
  return 0
}

private func guardGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let held = try state.object(1, as: Guard.self)
  if state.isString(2), state.string(2) == "abandoned" {
    state.push(held.isAbandoned)
  } else {
    state.pushNil()
  }
  return 1
}
