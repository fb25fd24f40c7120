// What `mp.Array` and `mp.RawArray` make. Python: `sharedctypes.SynchronizedArray`, ctypes' arrays.

internal import CLuaBridge
internal import Multiprocessing

/// An array, or a part of one, as a script holds it.
struct ArrayHandle: CTypesHandle {
  static let typeName: StaticString = "Array"
  static let example: StaticString = "a"
  static let magic: UInt64 = 0xD07A_5C2E_916B_F348
  static let className = "Array"
  static let rawClassName = "RawArray"
  static let kind = SharedObjectKind.array

  let memory: Synchronized

  init(_ memory: Synchronized) { self.memory = memory }

  /// The position from 0 of the script's position `index`, which counts from 1, or from the end when
  /// it is negative; nil when there is none.
  @inline(__always)
  func position(_ index: Int) -> Int? {
    let position = index > 0 ? index &- 1 : index &+ memory.count
    return index != 0 && position >= 0 && position < memory.count ? position : nil
  }
}

extension LuaState {
  /// Keeps the metatables of the two classes.
  func addArrayClasses() {
    newCTypesClass(
      ArrayHandle.self,
      fields: ["value": .value, "raw": .raw, "typecode": .typecode, "itemsize": .itemSize],
      methods: [
        "get": { $0.run(arrayGetMany) },
        "set": { $0.run(arraySetMany) },
        "slice": { $0.run(arraySlice) },
        "fill": { $0.run(arrayFill) },
        "sum": { $0.run(arraySum) },
        "min": { $0.run(arrayMin) },
        "max": { $0.run(arrayMax) },
        "bytes": { $0.run(arrayBytes) },
        "set_bytes": { $0.run(arraySetBytes) },
        "add": { $0.run(arrayAdd) },
        "compare_exchange": { $0.run(arrayCompareExchange) },
      ],
      get: { $0.run(arrayGet) }, set: { $0.run(arraySet) },
      meta: [
        "__len": { $0.run(arrayLength) },
        "__pairs": { $0.run(pairsByPosition) },
        "__tostring": { $0.run(arrayToString) },
        "__eq": { $0.run { (s) throws(LuaError) in try s.equalMemory(ArrayHandle.self) } },
        "__gc": { $0.run { (s) throws(LuaError) in try s.collectMemory(ArrayHandle.self) } },
      ])
  }
}

/// Lua: `a[i]`, `a.value`, `a:method`.
@inline(__always)
private func arrayGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  guard let index = state.integerKind(2), let position = array.position(index) else {
    return try arrayGetOther(state, array)
  }
  let element = try state.lifting { () throws(MultiprocessingError) in
    try array.memory.load(position)
  }
  state.push(element, of: array.memory.typecode)
  return 1
}

@inline(never)
private func arrayGetOther(_ state: LuaState, _ array: ArrayHandle) throws(LuaError) -> Int32 {
  let memory = array.memory
  if state.type(2) == .number {
    guard let index = state.integer(2), let position = array.position(index) else {
      state.pushNil()
      return 1
    }
    let element = try state.lifting { () throws(MultiprocessingError) in try memory.load(position) }
    state.push(element, of: memory.typecode)
    return 1
  }
  state.copy(2)
  guard state.rawGet(state.upvalue(1)) == .number, let number = state.integer(-1) else { return 1 }
  switch CTypesField(rawValue: number) {
  case .typecode: state.push(String(memory.typecode.letter))
  case .itemSize: state.push(memory.typecode.byteCount)
  case .value where memory.typecode == .wideCharacter: try state.pushWideText(memory)
  case .value where memory.typecode == .character: try state.pushBytes(of: memory, upToZero: true)
  case .raw where memory.typecode == .character: try state.pushBytes(of: memory)
  default: state.pushNil()
  }
  return 1
}

/// Lua: `a[i] = x`, `a.value = s`.
@inline(__always)
private func arraySet(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  guard let index = state.integerKind(2), let position = array.position(index) else {
    return try arraySetOther(state, array)
  }
  return try arrayStore(state, array.memory, at: position)
}

@inline(__always)
private func arrayStore(
  _ state: LuaState, _ memory: Synchronized, at position: Int
) throws(LuaError) -> Int32 {
  let element = try state.element(3, as: memory.typecode)
  let outcome = try state.lifting { () throws(MultiprocessingError) in
    try memory.store(element, at: position)
  }
  try state.check(outcome, memory.typecode, value: 3)
  return 0
}

@inline(never)
private func arraySetOther(_ state: LuaState, _ array: ArrayHandle) throws(LuaError) -> Int32 {
  let memory = array.memory
  if state.type(2) == .number {
    guard let index = state.integer(2) else {
      throw .type("positions in an array are whole numbers, got \(try state.text(of: 2))")
    }
    return try arrayStore(state, memory, at: try state.existing(index, in: array))
  }
  state.copy(2)
  guard state.rawGet(state.upvalue(1)) == .number, let number = state.integer(-1),
    let field = CTypesField(rawValue: number)
  else { return try refuseNewField(state) }
  switch field {
  case .value where memory.typecode == .wideCharacter: try state.setWideText(memory)
  case .value where memory.typecode == .character: try state.setText(memory, endsInZero: true)
  case .raw where memory.typecode == .character: try state.setText(memory, endsInZero: false)
  default: return try refuseNewField(state)
  }
  return 0
}

private func arrayLength(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: ArrayHandle.self).memory.count)
  return 1
}

private func arrayToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.object(1, as: ArrayHandle.self).memory
  let type = "\(memory.typecode.ctypesName)_Array_\(memory.count)"
  let address = String(memory.object.offset, radix: 16)
  let raw = "<multiprocessing.sharedctypes.\(type) object at 0x\(address)>"
  let wrapper = memory.typecode == .character ? "SynchronizedString" : "SynchronizedArray"
  state.push(memory.lock == .none ? raw : "<\(wrapper) wrapper for \(raw)>")
  return 1
}

extension LuaState {
  /// The position from 0 of an element that is written, which must exist.
  func existing(_ index: Int, in array: ArrayHandle) throws(LuaError) -> Int {
    if let position = array.position(index) { return position }
    throw .object(
      .indexError, "invalid index \(index): the array has \(array.memory.count) elements")
  }

  // MARK: Text

  /// Pushes the characters before the first NUL, as UTF-8.
  fileprivate func pushWideText(_ memory: Synchronized) throws(LuaError) {
    try withCopy(of: memory) { (elements) throws(LuaError) in
      var text = ""
      for position in 0..<elements.count {
        guard case .integer(let value) = elements.load(position), value != 0 else { break }
        text.unicodeScalars.append(LuaState.scalar(value))
      }
      push(text)
    }
  }

  /// Stores the string at index 3 as characters, and a NUL when there is room.
  fileprivate func setWideText(_ memory: Synchronized) throws(LuaError) {
    guard let text = wideText(3) else {
      throw .type("value must be a string of UTF-8 characters, got \(typeName(3))")
    }
    guard text.count <= memory.count else {
      throw .value("string too long: \(text.count) characters for \(memory.count)")
    }
    try lifting { () throws(MultiprocessingError) in
      try memory.access { elements in
        for (position, character) in text.enumerated() {
          _ = elements.store(.integer(Int(character.value)), at: position)
        }
        if text.count < elements.count { _ = elements.store(.integer(0), at: text.count) }
      }
    }
  }

  /// Stores the bytes of the string at index 3, and a NUL when it is wanted and there is room.
  fileprivate func setText(_ memory: Synchronized, endsInZero: Bool) throws(LuaError) {
    guard isString(3) else { throw .type("a string expected, got \(typeName(3))") }
    let count = rawLength(3)
    guard count <= memory.count else {
      throw .value("byte string too long: \(count) bytes for \(memory.count)")
    }
    try lifting { () throws(MultiprocessingError) in
      try memory.access { elements in
        copyBytes(ofString: 3, to: elements[0..<count])
        if endsInZero, count < elements.count { _ = elements.store(.integer(0), at: count) }
      }
    }
  }
}
