// The module `multiprocessing.shared_memory`. Python: the module of the same name.

internal import CLuaBridge
internal import Multiprocessing

/// A block as a userdata holds it: a number, since a Swift object cannot lie in Lua's memory.
///
/// The userdata's first user value is the view of its bytes.
struct SharedMemoryHandle: Transferable {
  static let typeName: StaticString = "SharedMemory"
  static let example: StaticString = "shm"
  static let magic: UInt64 = 0x91C8_35FE_A2D4_067B

  private struct Table {
    var blocks: [Int: SharedMemory] = [:]
    var last = 0
  }

  private static let table = SingleThreaded(Table())

  private let number: Int

  init(_ memory: SharedMemory) {
    Self.table.value.last += 1
    number = Self.table.value.last
    Self.table.value.blocks[number] = memory
  }

  /// The block; nil once the userdata was collected.
  var memory: SharedMemory? { Self.table.value.blocks[number] }

  // A block travels as its name, as in Python: the receiver opens it, and has one more to close. The
  // number tells it from a later block of the same name.

  var details: UInt64 { memory?.number ?? 0 }
  var text: [UInt8] { Array((memory?.name ?? "").utf8) }
  var refusal: String? { memory == nil ? "it was collected already" : nil }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    let name = String(decoding: parts.text, as: UTF8.self)
    state.push(
      try state.openingFiles { () throws(MultiprocessingError) in
        try SharedMemory(opening: name, number: parts.details)
      })
    return true
  }

  /// Lets the block go.
  func release() { Self.table.value.blocks[number] = nil }
}

extension LuaState {
  /// Stack: [] -> [module].
  func pushSharedMemoryModule() {
    addMemoryViews()
    newMetatable(className: "SharedMemory")
    setFunctions([
      "__newindex": { $0.run(refuseNewField) },
      "__tostring": { $0.run(memoryToString) },
      "__eq": { $0.run(memoryEqual) },
      "__gc": { $0.run(memoryCollect) },
      "__close": { $0.run(memoryClose) },
    ])
    newTable(fields: 4)
    setFunctions([
      "close": { $0.runBare("close", memoryClose) },
      "unlink": { $0.runBare("unlink", memoryUnlink) },
    ])
    push(body: { $0.run(memoryGet) }, upvalues: 1)
    rawSet(-2, "__index")
    pop()
    newTable(fields: 4)
    setFunctions(["SharedMemory": { $0.run(memoryMake) }])
    addShareableLists()
  }

  /// Stack: [] -> [userdata].
  func push(_ memory: SharedMemory) { push(SharedMemoryHandle(memory)) }

  /// Stack: [] -> [userdata].
  func push(_ handle: SharedMemoryHandle) {
    push(object: handle, userValues: 1)
    pushView(handle.memory?.bytes ?? .released)
    setUserValue(-2)
  }

  /// The block that a method is called on.
  func sharedMemory(_ index: Int32) throws(LuaError) -> SharedMemory {
    let handle = try object(index, as: SharedMemoryHandle.self)
    guard let memory = handle.memory else { throw .value("the SharedMemory was collected already") }
    return memory
  }

  /// Closes the block at `index`; its view knows first.
  func close(_ memory: SharedMemory, at index: Int32) {
    userValue(index)
    releaseView(-1)
    pop()
    memory.close()
  }

  /// Refuses a class of the module called with a colon on the module's table.
  func refuseSharedMemoryModule(_ name: String) throws(LuaError) {
    try refuseModule("shared_memory.\(name)")
    guard isTable(1) else { return }
    push(name)
    rawGet(1)
    defer { pop() }
    guard type(-1) == .function else { return }
    throw .type("call it as shared_memory.\(name)(), with a dot")
  }

  /// The name of a block, or nil when it was not given.
  func blockName(_ index: Int32, _ usage: String) throws(LuaError) -> String? {
    if isNoneOrNil(index) { return nil }
    guard isString(index) else {
      throw .type("name must be a string, got \(typeName(index)); \(usage)")
    }
    guard let name = String(validating: bytes(index) ?? [], as: UTF8.self) else {
      throw .value("name must be UTF-8")
    }
    return name
  }
}

private let makeSignature = Signature(
  name: "SharedMemory", example: "SharedMemory{create = true, size = 100}",
  parameters: [
    Parameter("name"), Parameter("create"), Parameter("size"), Parameter("track", .keywordOnly),
  ])

/// Lua: `SharedMemory([name [, create [, size]]])`, keyword `track`.
///
/// `track = false` when a block is made: it stays until it is unlinked. Of a block that is only
/// opened nobody keeps track anyway.
private func memoryMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseSharedMemoryModule("SharedMemory")
  try state.bind(makeSignature, from: 1)
  let name = try state.blockName(1, "write SharedMemory{create = true, size = n}")
  let isNew = try state.flag(2, "create", default: false)
  let size = try state.integer(3, "size", default: 0)
  let isTracked = try state.flag(4, "track", default: true)
  guard size >= 0 else { throw .value("'size' must be a positive integer") }
  guard isNew || name != nil else { throw .value("'name' can only be None if create=True") }
  let memory = try state.openingFiles { () throws(MultiprocessingError) in
    guard !isNew, let name else {
      return try SharedMemory(creating: name, byteCount: size, isTracked: isTracked)
    }
    return try SharedMemory(opening: name)
  }
  state.push(memory)
  return 1
}

/// Lua: `shm.buf`, `shm.name`, `shm.size`, `shm:method`.
private func memoryGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.sharedMemory(1)
  state.copy(2)
  if state.rawGet(state.upvalue(1)) != .nil { return 1 }
  switch state.isString(2) ? state.string(2) : "" {
  case "buf": state.userValue(1)
  case "name": state.push(memory.name)
  case "size": state.push(memory.byteCount)
  default: state.pushNil()
  }
  return 1
}

/// Lua: `shm:close()` and the end of its scope.
private func memoryClose(_ state: LuaState) throws(LuaError) -> Int32 {
  state.close(try state.sharedMemory(1), at: 1)
  return 0
}

/// Lua: `shm:unlink()`.
private func memoryUnlink(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.sharedMemory(1)
  try state.lifting { () throws(MultiprocessingError) in try memory.unlink() }
  return 0
}

private func memoryCollect(_ state: LuaState) throws(LuaError) -> Int32 {
  if let memory = try state.object(1, as: SharedMemoryHandle.self).memory {
    state.close(memory, at: 1)
  }
  state.take(1, as: SharedMemoryHandle.self)?.release()
  return 0
}

private func memoryEqual(_ state: LuaState) throws(LuaError) -> Int32 {
  let left = state.optionalObject(1, as: SharedMemoryHandle.self)?.memory
  let right = state.optionalObject(2, as: SharedMemoryHandle.self)?.memory
  state.push(left != nil && left?.number == right?.number)
  return 1
}

private func memoryToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.sharedMemory(1)
  state.push("SharedMemory('\(memory.name)', size=\(memory.byteCount))")
  return 1
}
