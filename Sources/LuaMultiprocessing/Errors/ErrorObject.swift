// Error objects: Lua tables with `message`, `where`, `traceback` and `value`, whose metatable is
// their class.

package import CLuaBridge

extension LuaState {
  /// Makes an error object of a class. Stack: [] -> [error].
  ///
  /// `where` is the place of the Lua code that called the running function; the traceback is taken
  /// now unless errors of the class are expected ones.
  package func push(_ errorClass: ErrorClass, _ message: String, errno: Int32? = nil) {
    pushClass(errorClass)
    push(message)
    newErrorObject()
    if let errno {
      push(Int(errno))
      rawSet(-2, "errno")
    }
    guard !errorClass.isExpected else { return }
    push(traceback(level: 1))
    rawSet(-2, "traceback")
  }

  /// Whether the value at `index` is an error object, of our classes or of one that extends them.
  package func isErrorObject(_ index: Int32) -> Bool {
    guard isTable(index), pushMetatable(index) else { return false }
    defer { pop() }
    return isErrorClass(-1)
  }

  /// Whether the value at `index` is an error object of a class or of one that extends it.
  package func isError(_ index: Int32, _ errorClass: ErrorClass) -> Bool {
    guard isErrorObject(index), pushMetatable(index) else { return false }
    pushClass(errorClass)
    defer { pop(2) }
    return isErrorClass(-2, extending: -1)
  }

  /// Stack: [class, message] -> [error].
  func newErrorObject() {
    newTable(fields: 4)
    insert(-2)
    rawSet(-2, "message")
    if let place = place(level: 1) {
      push(place)
      rawSet(-2, "where")
    }
    insert(-2)
    setMetatable(-2)
  }

  /// The text that an error object's `tostring` gives. Stack: [] -> [string].
  func pushErrorText(_ error: Int32) {
    let error = absolute(error)
    _ = pushMetatable(error)
    rawGet(-1, "__name")
    remove(-2)
    rawGet(error, "message")
    guard isString(-1), rawLength(-1) > 0 else { return pop() }
    push(literal: ": ")
    insert(-2)
    concatenate(3)
  }

  /// What an uncaught error prints: `script.lua:12: Empty: the queue is empty` and the traceback, or
  /// for another value what `lua` prints. Stack: [] -> [string].
  package func pushReport(_ error: Int32) {
    let error = absolute(error)
    guard isErrorObject(error) else { return pushPlainReport(error) }
    var parts: Int32 = 1
    if rawGet(error, "where") == .string {
      push(literal: ": ")
      parts += 2
    } else {
      pop()
    }
    pushErrorText(error)
    if rawGet(error, "traceback") == .string {
      push(literal: "\n")
      insert(-2)
      parts += 2
    } else {
      pop()
    }
    concatenate(parts)
  }

  private func pushPlainReport(_ error: Int32) {
    if isString(error) || type(error) == .number { return copy(error) }
    push("(error object is a \(typeName(error)) value)")
  }
}

/// The message handler of every protected call that ends in a report. Lua: [error] -> [error].
///
/// An error object gets the traceback that it lacks; a string gets one appended; any other value is
/// made into the text that `lua` reports.
func errorHandler(_ state: LuaState) throws(LuaError) -> Int32 {
  if state.isErrorObject(1) {
    defer { state.setTop(1) }
    if state.rawGet(1, "traceback") == .nil {
      state.push(state.traceback(level: 1))
      state.rawSet(1, "traceback")
    }
    return 1
  }
  if !state.isString(1), state.type(1) != .number {
    if state.hasMetafield(1, "__tostring") {
      try state.pushText(of: 1)
      return 1
    }
    state.push("(error object is a \(state.typeName(1)) value)")
    state.replace(1)
  }
  state.copy(1)
  state.push(literal: "\n")
  state.push(state.traceback(level: 1))
  state.concatenate(3)
  return 1
}
