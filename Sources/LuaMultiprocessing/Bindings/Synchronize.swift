// `mp.Lock` and `mp.RLock`. Python: `multiprocessing.synchronize`.

internal import CLuaBridge
internal import Multiprocessing

/// A lock as a script holds it.
enum LockHandle: SharedHandle {
  static let typeName: StaticString = "Lock"
  static let example: StaticString = "lock"
  static let magic: UInt64 = 0x2C94_B6E1_7F05_D83A

  case plain(Lock)
  case recursive(RLock)

  @inline(__always)
  func acquire(until deadline: Deadline) throws(MultiprocessingError) -> Acquisition {
    switch self {
    case .plain(let lock): try lock.acquire(until: deadline)
    case .recursive(let lock): try lock.acquire(until: deadline)
    }
  }

  @inline(__always)
  func release() throws(MultiprocessingError) {
    switch self {
    case .plain(let lock): try lock.release()
    case .recursive(let lock): try lock.release()
    }
  }

  var object: SharedObject {
    switch self {
    case .plain(let lock): lock.object
    case .recursive(let lock): lock.object
    }
  }

  var isLocked: Bool {
    switch self {
    case .plain(let lock): lock.isLocked
    case .recursive(let lock): lock.isLocked
    }
  }

  var isOwned: Bool {
    switch self {
    case .plain(let lock): lock.isOwned
    case .recursive(let lock): lock.isOwned
    }
  }

  var description: String {
    switch self {
    case .plain(let lock): "<Lock(owner=\(lock.ownerName ?? "None"))>"
    case .recursive(let lock): "<RLock(\(lock.ownerName ?? "None"), \(lock.depth))>"
    }
  }
}

extension LuaState {
  /// Adds the classes to the module on top of the stack.
  func addLocks() {
    for name in ["Lock", "RLock"] {
      newMetatable(className: name)
      setFunctions(LockMethods.meta)
      newTable(fields: 8)
      setFunctions(LockMethods.all)
      rawSet(-2, "__index")
      pop()
    }
    newMetatable(className: "guard")
    setFunctions([
      "__close": { $0.run(guardClose) },
      "__gc": { $0.run(guardClose) },
      "__index": { $0.run(guardGet) },
    ])
    pop()
    setFunctions([
      "Lock": {
        $0.run { (state) throws(LuaError) in
          try state.makeLock("Lock") { () throws(MultiprocessingError) in .plain(try Lock()) }
        }
      },
      "RLock": {
        $0.run { (state) throws(LuaError) in
          try state.makeLock("RLock") { () throws(MultiprocessingError) in .recursive(try RLock()) }
        }
      },
    ])
  }

  private func makeLock(
    _ name: String, _ make: () throws(MultiprocessingError) -> LockHandle
  ) throws(LuaError) -> Int32 {
    try refuseModule(name)
    try bind(Signature(name: name, example: "\(name)()", parameters: []), from: 1)
    let handle = try lifting(make)
    handle.object.place = place(level: 1) ?? ""
    push(object: handle, className: name)
    return 1
  }

  fileprivate func acquisitionDeadline() throws(LuaError) -> Deadline {
    try bind(acquireSignature, from: 2)
    return try deadline(block: 2, timeout: 3)
  }

  /// Waits for a lock, and logs when its last owner died with it.
  @inline(__always)
  fileprivate func acquire(
    _ handle: LockHandle, until deadline: Deadline
  ) throws(LuaError) -> Acquisition {
    let result = try lifting { () throws(MultiprocessingError) in
      try handle.acquire(until: deadline)
    }
    if result == .abandoned { handle.object.warnAbandoned() }
    return result
  }
}

private let acquireSignature = Signature(
  name: "acquire", example: "lock:acquire{timeout = 1}",
  parameters: [Parameter("block"), Parameter("timeout")])

// MARK: - Methods

/// Lua: `lock:acquire([block [, timeout]])`: true, also `"abandoned"` when the last owner died with
/// the lock; false when the time was over.
@inline(__always)
private func lockAcquire(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: LockHandle.self)
  let deadline = state.top == 1 ? .never : try state.acquisitionDeadline()
  switch try state.acquire(handle, until: deadline) {
  case .acquired:
    state.push(true)
    return 1
  case .abandoned:
    state.push(true)
    state.push(literal: "abandoned")
    return 2
  case .timedOut:
    state.push(false)
    return 1
  }
}

@inline(__always)
private func lockRelease(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: LockHandle.self)
  try state.lifting { () throws(MultiprocessingError) in try handle.release() }
  return 0
}

/// Lua: `lock:locked()`.
private func lockLocked(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: LockHandle.self).isLocked)
  return 1
}

private func lockToString(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: LockHandle.self).description)
  return 1
}

/// Lua: `local held <close> = lock:guard()`: the lock, taken until the scope ends; false when the
/// time was over.
///
/// `held.abandoned` says that the last owner died with the lock.
private func lockGuard(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: LockHandle.self)
  let deadline = state.top == 1 ? .never : try state.acquisitionDeadline()
  switch try state.acquire(handle, until: deadline) {
  case .timedOut: state.push(false)
  case .acquired: state.pushGuard(isAbandoned: false)
  case .abandoned: state.pushGuard(isAbandoned: true)
  }
  return 1
}

/// Lua: `lock:with(f, …)` calls f with the lock taken and gives f's results.
private func lockWith(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: LockHandle.self)
  guard state.isFunction(2) || state.hasMetafield(2, "__call") else {
    throw .argument(2, "function expected, got \(state.typeName(2)); write lock:with(f, …)")
  }
  // Before the lock is taken: from then on nothing may fail here.
  let arguments = state.top - 2
  try state.reserveStack(arguments + 20)
  let isAbandoned = try state.acquire(handle, until: .never) == .abandoned
  state.pushGuard(isAbandoned: isAbandoned)
  state.closeAtEnd()
  // [lock, f, arguments…, guard] -> [lock, f, arguments…, guard, f, arguments…]: the guard must stay
  // where it was marked.
  for index in 0...arguments { state.copy(2 + index) }
  return state.continuing(arguments: arguments)
}

// MARK: - Guards

/// A lock that is held until a scope ends.
///
/// Its user value is the lock.
struct Guard: LuaObject {
  static let typeName: StaticString = "guard"
  static let example: StaticString = "held"
  static let magic: UInt64 = 0x9F37_A01D_C25E_6B48

  var isHeld = true
  let isAbandoned: Bool
}

extension LuaState {
  /// Pushes a guard for the lock at index 1.
  fileprivate func pushGuard(isAbandoned: Bool) {
    push(object: Guard(isAbandoned: isAbandoned), userValues: 1)
    copy(1)
    setUserValue(-2)
  }
}

private func guardClose(_ state: LuaState) throws(LuaError) -> Int32 {
  guard var held = state.optionalObject(1, as: Guard.self), held.isHeld else { return 0 }
  held.isHeld = false
  state.update(1, held)
  state.userValue(1)
  // Somebody else may have released the lock meanwhile: then there is nothing to give up.
  guard let lock = state.optionalObject(-1, as: LockHandle.self), lock.isOwned else { return 0 }
  try state.lifting { () throws(MultiprocessingError) in try lock.release() }
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

private enum LockMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "acquire": { $0.run(lockAcquire) },
    "release": { $0.runBare("release", lockRelease) },
    "locked": { $0.runBare("locked", lockLocked) },
    "guard": { $0.run(lockGuard) },
    "with": { $0.run(lockWith) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(lockToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(LockHandle.self) } },
    "__gc": { $0.run { (state) throws(LuaError) in try state.collectHandle(LockHandle.self) } },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
