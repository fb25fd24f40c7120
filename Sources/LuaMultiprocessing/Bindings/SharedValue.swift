// What `mp.Value` and `mp.RawValue` make. Python: `sharedctypes.Synchronized`, ctypes' simple types.

internal import CLuaBridge
internal import Multiprocessing

/// A value as a script holds it.
struct ValueHandle: CTypesHandle {
  static let typeName: StaticString = "Value"
  static let example: StaticString = "v"
  static let magic: UInt64 = 0x83B5_1E6F_D94A_07C2
  static let className = "Value"
  static let rawClassName = "RawValue"
  static let kind = SharedObjectKind.value

  let memory: Synchronized

  init(_ memory: Synchronized) { self.memory = memory }
}

extension LuaState {
  /// Keeps the metatables of the two classes.
  func addValueClasses() {
    newCTypesClass(
      ValueHandle.self, fields: ["value": .value, "typecode": .typecode],
      methods: [
        "add": { $0.run(valueAdd) },
        "compare_exchange": { $0.run(valueCompareExchange) },
      ],
      get: { $0.run(valueGet) }, set: { $0.run(valueSet) },
      meta: [
        "__tostring": { $0.run(valueToString) },
        "__eq": { $0.run { (s) throws(LuaError) in try s.equalMemory(ValueHandle.self) } },
        "__gc": { $0.run { (s) throws(LuaError) in try s.collectMemory(ValueHandle.self) } },
      ])
  }
}

/// Lua: `v.value`, `v.typecode`, `v:method`.
@inline(__always)
private func valueGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.object(1, as: ValueHandle.self).memory
  state.copy(2)
  guard state.rawGet(state.upvalue(1)) == .number else { return 1 }
  if state.integerKind(-1) == CTypesField.value.rawValue {
    let element = try state.lifting { () throws(MultiprocessingError) in try memory.load(0) }
    state.push(element, of: memory.typecode)
  } else {
    state.push(String(memory.typecode.letter))
  }
  return 1
}

/// Lua: `v.value = x`.
@inline(__always)
private func valueSet(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.object(1, as: ValueHandle.self).memory
  state.copy(2)
  guard state.rawGet(state.upvalue(1)) == .number,
    state.integerKind(-1) == CTypesField.value.rawValue
  else { return try refuseNewField(state) }
  let element = try state.element(3, as: memory.typecode)
  try state.check(
    state.lifting { () throws(MultiprocessingError) in try memory.store(element, at: 0) },
    memory.typecode, value: 3)
  return 0
}

/// Lua: `v:add(n)` adds in one step, under the lock if there is one, and gives the value before.
@inline(__always)
private func valueAdd(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.object(1, as: ValueHandle.self).memory
  guard state.top == 2 else { throw .type("add() takes 1 argument (\(state.top - 1) given)") }
  return try state.add(2, to: memory, at: 0)
}

/// Lua: `v:compare_exchange(old, new)` stores `new` if the value is `old`, in one step, under the lock
/// if there is one; gives whether it was, and the value found.
@inline(__always)
private func valueCompareExchange(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.object(1, as: ValueHandle.self).memory
  guard state.top == 3 else {
    throw .type("compare_exchange() takes 2 arguments, old and new (\(state.top - 1) given)")
  }
  return try state.exchange(2, for: 3, in: memory, at: 0)
}

extension LuaState {
  /// Stack: [] -> [value before].
  @inline(__always)
  func add(_ index: Int32, to memory: Synchronized, at position: Int) throws(LuaError) -> Int32 {
    guard !memory.typecode.isText else {
      throw .type("typecode '\(memory.typecode.letter)' is text: nothing can be added to it")
    }
    let amount = try element(index, as: memory.typecode)
    let (before, outcome) = try lifting { () throws(MultiprocessingError) in
      try memory.add(amount, at: position)
    }
    guard let before else {
      if outcome == .notWhole { try check(outcome, memory.typecode, value: index) }
      throw .object(
        .overflowError,
        "\(try text(of: index)) more does not fit typecode '\(memory.typecode.letter)' "
          + "(\(memory.typecode.range))")
    }
    push(before, of: memory.typecode)
    return 1
  }

  /// Stack: [] -> [whether it was exchanged, value found].
  func exchange(
    _ old: Int32, for new: Int32, in memory: Synchronized, at position: Int
  ) throws(LuaError) -> Int32 {
    let typecode = memory.typecode
    let (oldElement, newElement) = (try element(old, as: typecode), try element(new, as: typecode))
    // Checked one by one, so that the message names the one that does not fit.
    for (index, element) in [(old, oldElement), (new, newElement)] {
      try check(typecode.accepts(element), typecode, value: index)
    }
    let (found, isExchanged, _) = try lifting { () throws(MultiprocessingError) in
      try memory.compareExchange(oldElement, for: newElement, at: position)
    }
    push(isExchanged)
    if let found { push(found, of: typecode) } else { pushNil() }
    return 2
  }
}

private func valueToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.object(1, as: ValueHandle.self).memory
  let element = try state.lifting { () throws(MultiprocessingError) in try memory.load(0) }
  state.push(element, of: memory.typecode)
  var value = try state.text(of: -1)
  if memory.typecode.isText, case .integer(let number) = element {
    value = number < 32 || number == 127 ? "\"\\\(number)\"" : "\"\(value)\""
  }
  let raw = "\(memory.typecode.ctypesName)(\(value))"
  state.push(memory.lock == .none ? raw : "<Synchronized wrapper for \(raw)>")
  return 1
}
