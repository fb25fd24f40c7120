// Error objects: Lua tables with `message`, `where`, `traceback` and `value`, whose metatable is
// their class.

package import CLuaBridge

extension LuaState {
  /// Makes an error object of a class.
  ///
  /// Stack: [] -> [error].
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
    push(traceback(level: 0))
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
    if let place = callersPlace {
      push(place)
      rawSet(-2, "where")
    }
    insert(-2)
    setMetatable(-2)
  }

  /// The place of the Lua code that called the running function, through `pcall` or a class perhaps.
  var callersPlace: String? {
    for level: Int32 in 1...3 {
      if let place = place(level: level) { return place }
    }
    return nil
  }

  /// The text that an error object's `tostring` gives.
  ///
  /// Stack: [] -> [string].
  func pushErrorText(_ error: Int32) {
    let error = absolute(error)
    _ = pushMetatable(error)
    if rawGet(-1, "__name") != .string {
      pop()
      push(literal: "error")
    }
    remove(-2)
    rawGet(error, "message")
    guard isString(-1), rawLength(-1) > 0 else { return pop() }
    push(literal: ": ")
    insert(-2)
    concatenate(3)
  }

  /// What an uncaught error prints: `script.lua:12: Empty: the queue is empty` and the traceback,
  /// or for another value what `lua` prints.
  ///
  /// Stack: [] -> [string].
  package func pushReport(_ error: Int32) {
    let error = absolute(error)
    guard isErrorObject(error) else { return pushPlainReport(error) }
    pushErrorLine(error)
    guard rawGet(error, "traceback") == .string else { return pop() }
    push(literal: "\n")
    insert(-2)
    concatenate(3)
  }

  /// The first line of that for an error object.
  ///
  /// Stack: [] -> [string].
  package func pushErrorLine(_ error: Int32) {
    let error = absolute(error)
    let hasPlace = rawGet(error, "where") == .string
    if hasPlace { push(literal: ": ") } else { pop() }
    pushErrorText(error)
    if hasPlace { concatenate(3) }
  }

  private func pushPlainReport(_ error: Int32) {
    if isString(error) { return copy(error) }
    if type(error) == .number { return pushNumberText(error) }
    push("(error object is a \(typeName(error)) value)")
  }
}
