// `shared_memory.ShareableList`. Python: the class of the same name.

internal import CLuaBridge
internal import Multiprocessing

/// A list in a block as a script holds it; the block is the userdata's first user value.
struct ListHandle: Transferable {
  static let typeName: StaticString = "ShareableList"
  static let example: StaticString = "list"
  static let magic: UInt64 = 0x5F07_D3A9_1B64_8EC2

  let memory: SharedMemoryHandle

  var details: UInt64 { memory.details }
  var text: [UInt8] { memory.text }
  var refusal: String? { memory.refusal }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    let name = String(decoding: parts.text, as: UTF8.self)
    state.pushList(
      in: try state.lifting { () throws(MultiprocessingError) in
        try ShareableList(opening: name, number: parts.details).memory
      })
    return true
  }
}

/// A string that is to be bytes in Python; the string is the userdata's first user value.
struct BytesMark: LuaObject {
  static let typeName: StaticString = "bytes"
  static let example: StaticString = "b"
  static let magic: UInt64 = 0xC26E_480F_95B1_7D3A

  /// Nothing to hold.
  let reserved: UInt64 = 0
}

extension LuaState {
  /// Adds the class to the module `shared_memory` on top of the stack.
  func addShareableLists() {
    newMetatable(className: "bytes")
    setFunctions([
      "__newindex": { $0.run(refuseNewField) }, "__tostring": { $0.run(bytesToString) },
    ])
    pop()
    newMetatable(className: "ShareableList")
    setFunctions([
      "__newindex": { $0.run(listSetItem) },
      "__len": { $0.run(listLength) },
      "__pairs": { $0.run(listPairs) },
      "__tostring": { $0.run(listToString) },
      "__close": { $0.run(listClose) },
    ])
    newTable(fields: 4)
    setFunctions(["count": { $0.run(listCount) }, "index": { $0.run(listIndex) }])
    push(body: { $0.run(listGet) }, upvalues: 1)
    rawSet(-2, "__index")
    pop()
    setFunctions([
      "ShareableList": { $0.run(listMake) }, "bytes": { $0.run(bytesMake) },
    ])
  }

  /// Stack: [] -> [userdata].
  fileprivate func pushList(in memory: SharedMemory) {
    let handle = SharedMemoryHandle(memory)
    push(object: ListHandle(memory: handle), userValues: 1)
    push(handle)
    setUserValue(-2)
  }

  /// The list that a method is called on.
  fileprivate func shareableList() throws(LuaError) -> ShareableList {
    let handle = try object(1, as: ListHandle.self)
    guard let memory = handle.memory.memory else {
      throw .value("the ShareableList was collected already")
    }
    return ShareableList(in: memory)
  }

  /// The value at `index` as an item of a list; `name` is what the error calls it.
  fileprivate func item(_ index: Int32, _ name: String) throws(LuaError) -> ShareableList.Item {
    switch type(index) {
    case .none, .nil: return .none
    case .boolean: return .boolean(boolean(index))
    case .number:
      if isInteger(index), let value = integer(index) { return .integer(value) }
      return .number(number(index) ?? 0)
    case .string:
      let bytes = bytes(index) ?? []
      return String(validating: bytes, as: UTF8.self) == nil ? .bytes(bytes) : .text(bytes)
    default:
      guard optionalObject(index, as: BytesMark.self) != nil else {
        throw .type(
          "\(name) must be nil, a boolean, a number or a string, got \(typeName(index))")
      }
      userValue(index)
      defer { pop() }
      return .bytes(bytes(-1) ?? [])
    }
  }

  /// Makes a list of the items at `index`, or a copy of the ShareableList there.
  fileprivate func makeList(of index: Int32, name: String?) throws(LuaError) -> ShareableList {
    if let source = optionalObject(index, as: ListHandle.self)?.memory.memory {
      return try lifting { () throws(MultiprocessingError) in
        try ShareableList(copying: ShareableList(in: source), name: name)
      }
    }
    var items: [ShareableList.Item] = []
    if !isNoneOrNil(index) {
      let count = try checkList(index, "sequence", call: "ShareableList")
      for position in 0..<count {
        try push(listItem: position, of: index)
        items.append(try item(-1, "sequence[\(position + 1)]"))
        pop()
      }
    }
    return try lifting { () throws(MultiprocessingError) in try ShareableList(items, name: name) }
  }

  /// Stack: [] -> [value].
  fileprivate func push(_ item: ShareableList.Item) throws(LuaError) {
    switch item {
    case .none: pushNil()
    case .boolean(let value): push(value)
    case .integer(let value): push(value)
    case .number(let value): push(value)
    case .text(let bytes), .bytes(let bytes):
      try reserveMemory(bytes.count)
      push(bytes: bytes)
    }
  }

  /// Pushes the item at a place from 0.
  fileprivate func push(_ list: ShareableList, _ place: Int) throws(LuaError) {
    try push(try lifting { () throws(MultiprocessingError) in try list.item(place) })
  }

  fileprivate func count(_ list: ShareableList) throws(LuaError) -> Int {
    try lifting { () throws(MultiprocessingError) in try list.count() }
  }

  /// Calls `visit` with the place of each item that is equal to the value at index 2, until it
  /// returns false.
  fileprivate func forEachEqual(
    in list: ShareableList, _ visit: (Int) -> Bool
  ) throws(LuaError) {
    if optionalObject(2, as: BytesMark.self) != nil {
      userValue(2)
      replace(2)
    }
    for place in 0..<(try count(list)) {
      try push(list, place)
      let isEqual = rawEqual(2, -1)
      pop()
      if isEqual, !visit(place) { return }
    }
  }
}

private let makeSignature = Signature(
  name: "ShareableList", example: "ShareableList({1, 2}, {name = \"x\"})",
  parameters: [Parameter("sequence", .table), Parameter("name", .keywordOnly)])

/// Lua: `ShareableList([list])`, keyword `name`: makes a list, or opens one when only the name is
/// given.
private func listMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseSharedMemoryModule("ShareableList")
  try state.bind(makeSignature, from: 1)
  let name = try state.blockName(2, "write ShareableList(list, {name = \"x\"})")
  let memory: SharedMemory
  if state.isNoneOrNil(1), let name {
    memory = try state.lifting { () throws(MultiprocessingError) in
      try ShareableList(opening: name).memory
    }
  } else {
    memory = try state.makeList(of: 1, name: name).memory
  }
  state.pushList(in: memory)
  return 1
}

/// Lua: `list[i]`, `list.shm`, `list.format`, `list:method`; nil outside.
private func listGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  if let position = state.integer(2) {
    if let place = state.place(ofPosition: position, count: try state.count(list)) {
      try state.push(list, place)
    } else {
      state.pushNil()
    }
    return 1
  }
  state.copy(2)
  if state.rawGet(state.upvalue(1)) != .nil { return 1 }
  switch state.isString(2) ? state.string(2) : "" {
  case "shm": state.userValue(1)
  case "format":
    state.push(try state.lifting { () throws(MultiprocessingError) in try list.format() })
  default: state.pushNil()
  }
  return 1
}

/// Lua: `list[i] = value`.
private func listSetItem(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  guard let position = state.integer(2) else { return try refuseNewField(state) }
  guard let place = state.place(ofPosition: position, count: try state.count(list)) else {
    throw .object(.indexError, "assignment index out of range")
  }
  let item = try state.item(3, "the value")
  try state.lifting { () throws(MultiprocessingError) in try list.setItem(place, to: item) }
  return 0
}

private func listLength(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.count(try state.shareableList()))
  return 1
}

/// Lua: `for i, v in pairs(list)`: every item, nil ones too.
private func listPairs(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.shareableList()
  state.push(body: { $0.run(listNext) })
  state.copy(1)
  state.push(0)
  return 3
}

private func listNext(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  let place = state.integer(2) ?? 0
  guard place >= 0, place < (try state.count(list)) else {
    state.pushNil()
    return 1
  }
  state.push(place + 1)
  try state.push(list, place)
  return 2
}

private func listSignature(_ name: String) -> Signature {
  Signature(name: name, example: "list:\(name)(v)", parameters: [Parameter("value", .value)])
}

/// Lua: `list:count(v)`.
private func listCount(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  try state.bind(listSignature("count"), from: 2)
  var count = 0
  try state.forEachEqual(in: list) { _ in
    count += 1
    return true
  }
  state.push(count)
  return 1
}

/// Lua: `list:index(v)`: the first position, from 1.
private func listIndex(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  try state.bind(listSignature("index"), from: 2)
  var found: Int?
  try state.forEachEqual(in: list) { place in
    found = place
    return false
  }
  guard let found else {
    let value = String(decoding: try state.representation(of: 2), as: UTF8.self)
    throw .value("\(value) not in this container")
  }
  state.push(found + 1)
  return 1
}

/// Lua: the end of its scope: as `list.shm:close()`.
private func listClose(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  state.userValue(1)
  state.close(list.memory, at: state.top)
  return 0
}

private func listToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let list = try state.shareableList()
  var text = Array("ShareableList({".utf8)
  for place in 0..<(try state.count(list)) {
    if place > 0 { text += ", ".utf8 }
    try state.push(list, place)
    text += try state.representation(of: -1)
    state.pop()
  }
  state.push(bytes: text + "}, name='\(list.memory.name)')".utf8)
  return 1
}

/// Lua: `shared_memory.bytes(s)`: an item that Python gets as bytes, though it be UTF-8.
private func bytesMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("shared_memory.bytes")
  guard state.isString(1) else {
    throw .argument(1, "string expected, got \(state.typeName(1))")
  }
  state.push(object: BytesMark(), userValues: 1)
  state.copy(1)
  state.setUserValue(-2)
  return 1
}

private func bytesToString(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: BytesMark.self)
  state.userValue(1)
  state.push(bytes: Array("bytes(".utf8) + (try state.representation(of: -1)) + ")".utf8)
  return 1
}
