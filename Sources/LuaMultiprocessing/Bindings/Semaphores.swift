// `mp.Semaphore` and `mp.BoundedSemaphore`. Python: `multiprocessing.synchronize`.

internal import CLuaBridge
internal import Multiprocessing

/// A semaphore as a script holds it.
struct SemaphoreHandle: Guardable {
  static let typeName: StaticString = "Semaphore"
  static let example: StaticString = "sem"
  static let magic: UInt64 = 0x6A1F_93C8_05BE_D472

  let semaphore: Semaphore

  var object: SharedObject { semaphore.object }

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    guard let object = references.first,
      object.kind == .semaphore || object.kind == .boundedSemaphore
    else { return false }
    let handle = SemaphoreHandle(semaphore: Semaphore(object))
    state.push(object: handle, className: handle.className)
    return true
  }

  var className: String { semaphore.isBounded ? "BoundedSemaphore" : "Semaphore" }
  var lockObject: SharedObject { semaphore.object }

  @inline(__always)
  func acquire(until deadline: Deadline) throws(MultiprocessingError) -> Acquisition {
    try semaphore.acquire(until: deadline)
  }

  @inline(__always)
  func release() throws(MultiprocessingError) { try semaphore.release() }

  func releaseGuarded() throws(MultiprocessingError) { try semaphore.release() }

  var description: String {
    semaphore.isBounded
      ? "<BoundedSemaphore(value=\(semaphore.value), maxvalue=\(semaphore.initialValue))>"
      : "<Semaphore(value=\(semaphore.value))>"
  }
}

extension LuaState {
  /// Adds the classes to the module on top of the stack.
  func addSemaphores() {
    for name in ["Semaphore", "BoundedSemaphore"] {
      newMetatable(className: name)
      setFunctions(SemaphoreMethods.meta)
      newTable(fields: 8)
      setFunctions(SemaphoreMethods.all)
      rawSet(-2, "__index")
      pop()
    }
    setFunctions([
      "Semaphore": {
        $0.run { (state) throws(LuaError) in
          try state.makeSemaphore("Semaphore", isBounded: false)
        }
      },
      "BoundedSemaphore": {
        $0.run { (state) throws(LuaError) in
          try state.makeSemaphore("BoundedSemaphore", isBounded: true)
        }
      },
    ])
  }

  private func makeSemaphore(_ name: String, isBounded: Bool) throws(LuaError) -> Int32 {
    try refuseModule(name)
    try bind(
      Signature(name: name, example: "\(name){value = 3}", parameters: [Parameter("value")]),
      from: 1)
    let value = try integer(1, "value", default: 1)
    guard value <= Semaphore.largestValue else {
      throw .object(
        .overflowError, "value must be at most \(Semaphore.largestValue), got \(value)")
    }
    let semaphore = try lifting { () throws(MultiprocessingError) in
      try Semaphore(value: value, isBounded: isBounded)
    }
    semaphore.object.place = place(level: 1) ?? ""
    push(object: SemaphoreHandle(semaphore: semaphore), className: name)
    return 1
  }
}

/// Lua: `sem:get_value()`.
private func semaphoreValue(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: SemaphoreHandle.self).semaphore.value)
  return 1
}

/// Lua: `sem:locked()`: whether no token is left.
private func semaphoreLocked(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: SemaphoreHandle.self).semaphore.value == 0)
  return 1
}

private func semaphoreToString(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: SemaphoreHandle.self).description)
  return 1
}

private enum SemaphoreMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "acquire": { $0.run { (state) throws(LuaError) in try state.acquire(SemaphoreHandle.self) } },
    "release": {
      $0.runBare("release") { (state) throws(LuaError) in try state.release(SemaphoreHandle.self) }
    },
    "get_value": { $0.runBare("get_value", semaphoreValue) },
    "locked": { $0.runBare("locked", semaphoreLocked) },
    "guard": { $0.run { (state) throws(LuaError) in try state.hold(SemaphoreHandle.self) } },
    "with": { $0.run { (state) throws(LuaError) in try state.callWith(SemaphoreHandle.self) } },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(semaphoreToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(SemaphoreHandle.self) } },
    "__gc": {
      $0.run { (state) throws(LuaError) in try state.collectHandle(SemaphoreHandle.self) }
    },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
