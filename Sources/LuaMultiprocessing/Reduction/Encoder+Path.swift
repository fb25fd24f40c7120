// What an error says about a value that cannot be sent: its path in the message and what it is.

internal import CLua
internal import CLuaBridge

extension Encoder {
  /// The error for a value at an index of the stack in use, whose table is `parent`.
  @inline(never)
  mutating func refusal(
    of index: Int32, _ parent: Frame?, _ path: PathStack, _ root: StaticString
  ) -> LuaError {
    let kind = kind(unsafe LuaState(pointer: path.pointer), index)
    let isPool =
      unsafe LuaState(pointer: path.pointer).optionalObject(index, as: PoolHandle.self) != nil
    let errorClass: ErrorClass = isPool ? .notImplementedError : .serializationError
    guard let parent else {
      let name = root.utf8CodeUnitCount > 0 ? "\(root)" : "the value"
      return .object(errorClass, "cannot send \(name) (\(kind))")
    }
    let count = parents.count
    // Of a long path the middle is left out.
    let shown = 16
    var text = "\(root)"
    for depth in 0..<count {
      if depth < shown / 2 || depth >= count - shown / 2 {
        parents[depth].describe(into: &text)
      } else if depth == shown / 2 {
        text += "..."
      }
    }
    parent.describe(into: &text)
    return .object(
      errorClass, "cannot send \(text) (\(kind))" + variableText(parent))
  }

  /// Names the innermost function on the path, if there is one.
  private func variableText(_ parent: Frame) -> String {
    if parent.step == .upvalue { return ", \(parent.variableText)" }
    for depth in stride(from: parents.count - 1, through: 0, by: -1)
    where parents[depth].step == .upvalue {
      return ", \(parents[depth].variableText)"
    }
    return ""
  }

  /// What a value is: `thread`, `userdata FILE*`, `table with a metatable`.
  private func kind(_ state: LuaState, _ index: Int32) -> String {
    let index = state.absolute(index)
    let name = state.typeName(index)
    switch state.type(index) {
    case .function: return "C function of no loaded module"
    case .userdata: return (name == "userdata" ? name : "userdata \(name)") + advice(state, index)
    default: return name
    }
  }

  /// What to do instead with an object of ours.
  private func advice(_ state: LuaState, _ index: Int32) -> String {
    if state.optionalObject(index, as: PoolHandle.self) != nil {
      return "; pool objects cannot be passed between processes or pickled"
    }
    if state.optionalObject(index, as: ResultHandle.self) != nil
      || state.optionalObject(index, as: IteratorHandle.self) != nil
    {
      return "; it belongs to the process that has the pool"
    }
    if let object = state.transferable(index) {
      return "; " + (object.refusal ?? "it only goes through queues and pipes")
    }
    if state.optionalObject(index, as: MemoryView.self) != nil {
      return "; send the SharedMemory"
    }
    return ""
  }
}

extension Encoder.Frame {
  /// Appends how Lua code gets at what the table goes on with: `.name`, `[1]`, `[key]` for a key.
  func describe(into path: inout String) {
    let state = unsafe LuaState(pointer: stack)
    let key = table + 1
    switch step {
    case .list: path += "[\(index)]"
    case .field, .value: path += "[key]"
    case .next: path += subscriptText(state, key, isFirst: path.isEmpty)
    case .upvalue:
      let name = state.upvalueName(of: table, Int32(index))
      path += isIdentifier(name) ? (path.isEmpty ? name : ".\(name)") : "[\(quoted(name))]"
    case .global: path += subscriptText(state, table + 2, isFirst: path.isEmpty)
    case .libraryField: path += (path.isEmpty ? "" : ".") + state.string(table + 2)
    case .metatable: path += (path.isEmpty ? "" : ".") + "<metatable>"
    case .function, .arguments: path += (path.isEmpty ? "" : ".") + "<__reduce>"
    case .parent: path += (path.isEmpty ? "" : ".") + "<parent>"
    case .table, .fields, .registered: break
    // Of all objects only barriers have one.
    case .userValue: path += path.isEmpty ? "action" : ".action"
    }
  }

  /// What the error says of a function on the path: `upvalue 'log' of function at jobs.lua:31`.
  var variableText: String {
    let state = unsafe LuaState(pointer: stack)
    let name = state.upvalueName(of: table, Int32(index))
    return "upvalue '\(name)' of function at \(state.definition(of: table))"
  }

  private func subscriptText(_ state: LuaState, _ key: Int32, isFirst: Bool) -> String {
    switch state.type(key) {
    case .string:
      let name = start(of: state, key)
      if isIdentifier(name) { return isFirst ? name : ".\(name)" }
      return "[\(quoted(name))]"
    case .number:
      if let integer = state.integer(key), unsafe lua_isinteger(state.pointer, key) != 0 {
        return "[\(integer)]"
      }
      return "[\(state.number(key) ?? 0)]"
    case .boolean: return "[\(state.boolean(key))]"
    default: return "[\(state.typeName(key))]"
    }
  }
}

/// The start of a string, which may be long.
private func start(of state: LuaState, _ index: Int32) -> String {
  unsafe state.withBytes(index) { bytes in
    unsafe String(decoding: bytes.prefix(4 * shownScalars + 4), as: UTF8.self)
  } ?? ""
}

/// How much of a key is shown.
private let shownScalars = 40

/// Whether Lua takes a string as a name after a dot.
private func isIdentifier(_ text: String) -> Bool {
  guard let first = text.utf8.first, text.utf8.count <= shownScalars, !keywords.contains(text),
    !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
  else { return false }
  return text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

private let keywords: Set<String> = [
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
]

/// A string in quotes, the end of a long one left out.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars.prefix(shownScalars) {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case _ where scalar.value < 32 || scalar.value == 127: result += "\\\(scalar.value)"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + (text.unicodeScalars.count > shownScalars ? "...\"" : "\"")
}
