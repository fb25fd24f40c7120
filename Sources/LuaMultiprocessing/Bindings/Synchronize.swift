// `mp.Lock` and `mp.RLock`. Python: `multiprocessing.synchronize`.

internal import CLuaBridge
internal import Multiprocessing

/// A lock as a script holds it.
enum LockHandle: Guardable {
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

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    guard let object = references.first else { return false }
    let handle: LockHandle
    switch object.kind {
    case .lock: handle = .plain(Lock(object))
    case .recursiveLock: handle = .recursive(RLock(object))
    default: return false
    }
    state.push(object: handle, className: handle.className)
    return true
  }

  var className: String {
    switch self {
    case .plain: "Lock"
    case .recursive: "RLock"
    }
  }

  var isLocked: Bool {
    switch self {
    case .plain(let lock): lock.isLocked
    case .recursive(let lock): lock.isLocked
    }
  }

  /// Somebody else may have released it meanwhile: then there is nothing to give up.
  func releaseGuarded() throws(MultiprocessingError) {
    switch self {
    case .plain(let lock): if lock.isOwned { try lock.release() }
    case .recursive(let lock): if lock.isOwned { try lock.release() }
    }
  }

  var lockObject: SharedObject { object }

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
    addGuards()
    for name in ["Lock", "RLock"] {
      newMetatable(className: name)
      setFunctions(LockMethods.meta)
      newTable(fields: 8)
      setFunctions(LockMethods.all)
      rawSet(-2, "__index")
      pop()
    }
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

private enum LockMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "acquire": { $0.run { (state) throws(LuaError) in try state.acquire(LockHandle.self) } },
    "release": {
      $0.runBare("release") { (state) throws(LuaError) in try state.release(LockHandle.self) }
    },
    "locked": { $0.runBare("locked", lockLocked) },
    "guard": { $0.run { (state) throws(LuaError) in try state.hold(LockHandle.self) } },
    "with": { $0.run { (state) throws(LuaError) in try state.callWith(LockHandle.self) } },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(lockToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(LockHandle.self) } },
    "__gc": { $0.run { (state) throws(LuaError) in try state.collectHandle(LockHandle.self) } },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
