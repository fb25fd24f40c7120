// The tables of the error classes: callable, extendable, and the metatables of their errors.

package import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Pushes the table of an error class, made on first use.
  package func pushClass(_ errorClass: ErrorClass) {
    push(errorClass.registryKey)
    if rawGet(LuaState.registry) == .table { return }
    pop()
    if let parent = errorClass.parent {
      pushClass(parent)
      newErrorClass(name: errorClass.rawValue, extending: -1)
      remove(-2)
    } else {
      newErrorClass(name: errorClass.rawValue, extending: nil)
      push(body: { $0.run(errorIs) })
      rawSet(-2, "is")
      push(body: { $0.run(errorExtend) })
      rawSet(-2, "extend")
    }
    push(errorClass.registryKey)
    copy(-2)
    rawSet(LuaState.registry)
    forgetNames()
  }

  /// Stack: [] -> [class].
  fileprivate func newErrorClass(name: String, extending parent: Int32?) {
    let parent = parent.map(absolute)
    newTable(fields: 8)
    push(name)
    rawSet(-2, "name")
    push(name)
    rawSet(-2, "__name")
    makeErrorClass(-1, extending: parent)
  }

  /// Makes an error class of a table that has its names, and perhaps fields of its own.
  func makeErrorClass(_ index: Int32, extending parent: Int32?) {
    let parent = parent.map(absolute)
    copy(index)
    copy(-1)
    rawSet(-2, "__index")
    setMissing("__tostring") { $0.run(errorToString) }
    setMissing("__concat") { $0.run(errorConcat) }
    newTable(fields: 4)
    push(body: { $0.run(errorConstruct) })
    rawSet(-2, "__call")
    // `error(mp.Empty)`, without a message, is reported by the name.
    push(body: { $0.run(errorClassToString) })
    rawSet(-2, "__tostring")
    push(literal: "error class")
    rawSet(-2, "__name")
    push(true)
    rawSet(-2, "__error_class")
    if let parent {
      copy(parent)
      rawSet(-2, "__index")
    }
    setMetatable(-2)
    pop()
  }

  /// Sets a field of the table on top of the stack unless it has it.
  private func setMissing(_ field: StaticString, _ body: cluabridge_body) {
    let isThere = rawGet(-1, field) != .nil
    pop()
    guard !isThere else { return }
    push(body: body)
    rawSet(-2, field)
  }

  /// Whether a value is the table of an error class.
  func isErrorClass(_ index: Int32) -> Bool {
    guard isTable(index), pushMetatable(index) else { return false }
    defer { pop(2) }
    return rawGet(-1, "__error_class") == .boolean
  }

  /// Whether an error class is another one or extends it.
  func isErrorClass(_ index: Int32, extending ancestor: Int32) -> Bool {
    let ancestor = absolute(ancestor)
    let top = top
    defer { setTop(top) }
    copy(index)
    while !isSameErrorClass(-1, ancestor) {
      guard pushMetatable(-1), rawGet(-1, "__index") == .table else { return false }
      remove(-2)
      remove(-2)
    }
    return true
  }

  /// Whether both are one class, or copies of one: in a message a class of the script's own is copied,
  /// but for its identity.
  private func isSameErrorClass(_ left: Int32, _ right: Int32) -> Bool {
    if rawEqual(left, right) { return true }
    let top = top
    defer { setTop(top) }
    copy(left)
    copy(right < 0 ? right - 1 : right)
    return rawGet(top + 1, "__identity") == .number && rawGet(top + 2, "__identity") == .number
      && rawEqual(-1, -2)
  }

  private func checkErrorClass(_ index: Int32, _ usage: String) throws(LuaError) {
    guard isErrorClass(index) else {
      throw .argument(index, "error class expected, got \(typeName(index)); \(usage)")
    }
  }

  /// `mp.ValueError(message)`.
  ///
  /// A message that is no string is kept as `value` and shown as text.
  fileprivate func constructError() throws(LuaError) -> Int32 {
    if isModule(2) {
      rawGet(1, "name")
      throw .type("call it as mp.\(string(-1))(), with a dot")
    }
    setTop(2)
    copy(1)
    if isNoneOrNil(2) {
      push(literal: "")
    } else if isPlainTable(2) {
      push(bytes: try representation(of: 2))
    } else {
      try pushText(of: 2)
    }
    newErrorObject()
    if !isString(2), !isNoneOrNil(2) {
      copy(2)
      rawSet(-2, "value")
    }
    if !isExpectedError(-1) {
      push(traceback(level: 1))
      rawSet(-2, "traceback")
    }
    return 1
  }

  /// Whether errors of the class of the one at `index` take their traceback only when uncaught.
  private func isExpectedError(_ index: Int32) -> Bool {
    ErrorClass.allCases.contains { $0.isExpected && isError(index, $0) }
  }

  fileprivate func extendError() throws(LuaError) -> Int32 {
    try checkErrorClass(1, "call it as mp.ValueError:extend(\"MyError\")")
    guard isString(2) else {
      throw .argument(2, "the name of the new class expected, got \(typeName(2))")
    }
    newErrorClass(name: string(2), extending: 1)
    push(Randomness.integer)
    rawSet(-2, "__identity")
    return 1
  }

  fileprivate func errorBelongs() throws(LuaError) -> Int32 {
    setTop(2)
    guard isErrorObject(1), pushMetatable(1) else {
      throw .argument(1, "error object expected, got \(typeName(1)); call it as err:is(mp.Empty)")
    }
    try checkErrorClass(2, "call it as err:is(mp.Empty)")
    push(isErrorClass(-1, extending: 2))
    return 1
  }
}

private func errorToString(_ state: LuaState) throws(LuaError) -> Int32 {
  guard state.isErrorObject(1) else {
    throw .argument(1, "error object expected, got \(state.typeName(1))")
  }
  state.pushErrorText(1)
  return 1
}

private func errorClassToString(_ state: LuaState) throws(LuaError) -> Int32 {
  guard state.isErrorClass(1) else {
    throw .argument(1, "error class expected, got \(state.typeName(1))")
  }
  state.rawGet(1, "__name")
  return 1
}

private func errorConcat(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.pushText(of: 1)
  try state.pushText(of: 2)
  state.concatenate(2)
  return 1
}

private func errorIs(_ state: LuaState) throws(LuaError) -> Int32 { try state.errorBelongs() }

private func errorExtend(_ state: LuaState) throws(LuaError) -> Int32 { try state.extendError() }

private func errorConstruct(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.constructError()
}
