// Errors of tasks on their way from the worker to whoever asks for the result. Python:
// `multiprocessing.pool.ExceptionWithTraceback`.

internal import CLuaBridge
internal import Multiprocessing

/// Adds the traceback to an error where it arises; a value that is no error object becomes a
/// `RemoteError`.
///
/// Lua: [error] -> [error object].
func taskErrorHandler(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  if state.isErrorObject(1) {
    if state.rawGet(1, "traceback") == .nil {
      state.push(state.traceback(level: 1))
      state.rawSet(1, "traceback")
    }
    state.setTop(1)
    return 1
  }
  state.pushClass(.remoteError)
  try state.pushErrorWords(1)
  state.newErrorObject()
  state.pushNil()
  state.rawSet(-2, "where")
  state.copy(1)
  state.rawSet(-2, "value")
  state.push(state.traceback(level: 1))
  state.rawSet(-2, "traceback")
  return 1
}

/// How much of an error is sent.
enum ErrorDetail {
  /// The error object itself, with fields of the script's own.
  case whole
  /// Its class, message and value.
  case fields
  /// The same, the value as text.
  case words
}

extension LuaState {
  /// Turns the error object on top of the stack into a table that can be sent.
  ///
  /// Stack: [error] -> [table].
  ///
  /// - Throws: What a signal raises while the value is put into words.
  func pushErrorEnvelope(
    task number: Int, call: String, _ detail: ErrorDetail
  ) throws(LuaError) {
    let error = top
    newTable(fields: 12)
    if detail == .whole {
      copy(error)
      rawSet(-2, "error")
    } else {
      push(errorClass(of: error).rawValue)
      rawSet(-2, "class")
      for field: StaticString in ["message", "where", "traceback", "errno"] {
        rawGet(error, field)
        rawSet(-2, field)
      }
      rawGet(error, "value")
      if detail == .words, type(-1) != .nil {
        try pushErrorWords(-1)
        remove(-2)
      }
      rawSet(-2, "value")
    }
    push(CurrentProcess.name)
    rawSet(-2, "process")
    push(Int(CurrentProcess.pid))
    rawSet(-2, "pid")
    push(number)
    rawSet(-2, "task")
    push(call)
    rawSet(-2, "call")
    // What stands in the call's parentheses.
    push(call.drop { $0 != "(" }.dropFirst().dropLast().description)
    rawSet(-2, "arguments")
    remove(error)
  }

  /// The class of ours that an error is of or extends.
  private func errorClass(of index: Int32) -> ErrorClass {
    guard pushMetatable(index) else { return .remoteError }
    defer { pop() }
    let own = top
    for candidate in ErrorClass.allCases {
      pushClass(candidate)
      defer { pop() }
      if rawEqual(own, -1) { return candidate }
    }
    // One that extends another: the nearest.
    var best = ErrorClass.exception
    for candidate in ErrorClass.allCases {
      pushClass(candidate)
      defer { pop() }
      if isErrorClass(own, extending: -1), depth(of: candidate) >= depth(of: best) {
        best = candidate
      }
    }
    return best
  }

  private func depth(of errorClass: ErrorClass) -> Int {
    errorClass.parent.map { depth(of: $0) + 1 } ?? 0
  }

  /// Makes the error object of a table that `pushErrorEnvelope` made.
  ///
  /// Stack: [table] -> [error].
  func pushErrorOfEnvelope() {
    let table = top
    guard isTable(table) else {
      pop()
      return push(.serializationError, "damaged result: it is no error")
    }
    if rawGet(table, "error") != .table || !isErrorObject(-1) {
      pop()
      rawGet(table, "class")
      pushClass(ErrorClass(rawValue: string(-1)) ?? .remoteError)
      remove(-2)
      rawGet(table, "message")
      if !isString(-1) {
        pop()
        push(literal: "")
      }
      newErrorObject()
      for field: StaticString in ["errno", "value", "where", "traceback"] {
        rawGet(table, field)
        rawSet(-2, field)
      }
    }
    for field: StaticString in ["process", "pid", "task", "call", "arguments"] {
      rawGet(table, field)
      rawSet(-2, field)
    }
    rawGet(table, "process")
    rawGet(table, "pid")
    rawGet(table, "task")
    rawGet(table, "call")
    if rawGet(-5, "traceback") != .string {
      pop()
      push(literal: "")
    }
    push("in \(string(-5)) (pid \(integer(-4) ?? 0)), task \(integer(-3) ?? 0): \(string(-2))\n")
    insert(-2)
    concatenate(2)
    rawSet(-6, "traceback")
    pop(4)
    remove(table)
  }

  /// A call in words: `f(3)`, or `function at jobs.lua:12 (3, "x")`.
  ///
  /// The arguments are the values from `first` on, `count` of them.
  func callText(function: Int32, first: Int32, count: Int32) -> String {
    let name = globalName(of: function) ?? place(ofFunction: function).map { "function at \($0) " }
    var arguments: [String] = []
    for index in 0..<count {
      arguments.append(shortText(first + index))
    }
    return "\(name ?? "function ")(\(arguments.joined(separator: ", ")))"
  }

  /// The name of a global function, or where another one was written.
  func nameText(ofFunction index: Int32) -> String {
    guard hasStack(10) else { return "function" }
    return globalName(of: index) ?? place(ofFunction: index).map { "function at \($0)" }
      ?? "function"
  }

  /// A value in Lua syntax, cut when it is long.
  func shortText(_ index: Int32) -> String {
    guard hasStack(40), let text = try? representation(of: index) else { return typeName(index) }
    guard text.count > 60 else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text.prefix(57), as: UTF8.self) + "..."
  }

  /// The name of the global variable that holds a function.
  private func globalName(of function: Int32) -> String? {
    guard isFunction(function) else { return nil }
    let function = absolute(function)
    pushGlobals()
    defer { pop() }
    let globals = top
    pushNil()
    while next(globals) {
      let isFound = rawEqual(-1, function) && isString(-2)
      pop()
      if isFound {
        defer { pop() }
        return string(-1)
      }
    }
    return nil
  }
}
