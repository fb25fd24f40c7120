// Arguments as Python takes them: by position, and by keyword in a table at the end.

internal import CLuaBridge

/// A parameter of a function that scripts call.
struct Parameter: Sendable {
  enum Kind: Sendable {
    /// Required, and may be any value: a table there is the value itself.
    case value
    /// Required, and never a plain table.
    case required
    /// Optional, and never a plain table: a table there holds keywords.
    case plain
    /// Optional, and may be a table: one there holds keywords only if all its keys are keywords.
    case table
    /// Can only be given by keyword.
    case keywordOnly
  }

  let name: String
  let kind: Kind

  init(_ name: String, _ kind: Kind = .plain) {
    self.name = name
    self.kind = kind
  }
}

/// What a function takes, as Python declares it, and an example of a call for its messages.
struct Signature: Sendable {
  /// As messages name it: `Queue`, `get`.
  let name: String
  /// How to give a keyword: `Process{target = f}`.
  let example: String
  let parameters: [Parameter]

  fileprivate var positionalCount: Int { parameters.count { $0.kind != .keywordOnly } }

  fileprivate func position(of keyword: String) -> Int? {
    parameters.firstIndex { $0.name == keyword }
  }
}

extension LuaState {
  /// Puts each argument in the place of its parameter: the value of parameter `i`, counting from 0,
  /// is then at index `first + i`, nil where it was not given, and nothing is above.
  ///
  /// - Throws: `TypeError` for too many or too few arguments and for an unknown or doubled keyword.
  func bind(_ signature: Signature, from first: Int32) throws(LuaError) {
    let given = Int(top - first) + 1
    let count = Int32(signature.parameters.count)
    guard given > 0, isKeywords(top, at: given - 1, of: signature) else {
      try checkCount(given, signature)
      return setTop(first + count - 1)
    }
    try checkCount(given - 1, signature, keywords: top)
    insert(first)
    setTop(first + count)
    pushNil()
    while next(first) {
      let position = try keywordPosition(-2, signature, given: given - 1)
      replace(first + 1 + Int32(position))
    }
    remove(first)
  }

  /// Whether the value at `index`, given for parameter `position`, is a table of keywords.
  private func isKeywords(_ index: Int32, at position: Int, of signature: Signature) -> Bool {
    guard isPlainTable(index) else { return false }
    guard position < signature.positionalCount else { return true }
    switch signature.parameters[position].kind {
    case .value: return false
    case .plain, .required, .keywordOnly: return true
    case .table: break
    }
    var isEmpty = true
    pushNil()
    while next(index) {
      pop()
      isEmpty = false
      guard isString(-1), signature.position(of: string(-1)) != nil else {
        pop()
        return false
      }
    }
    return !isEmpty
  }

  /// Whether a value is a table without a metatable.
  func isPlainTable(_ index: Int32) -> Bool {
    guard isTable(index) else { return false }
    guard pushMetatable(index) else { return true }
    pop()
    return false
  }

  private func checkCount(
    _ given: Int, _ signature: Signature, keywords: Int32? = nil
  ) throws(LuaError) {
    let most = signature.positionalCount
    if given > most {
      guard most > 0 else { throw .type("\(signature.name)() takes no arguments (\(given) given)") }
      let plural = most == 1 ? "" : "s"
      throw .type("\(signature.name)() takes at most \(most) argument\(plural) (\(given) given)")
    }
    for (position, parameter) in signature.parameters.enumerated()
    where (parameter.kind == .value || parameter.kind == .required) && position >= given {
      if let keywords {
        if hasField(keywords, parameter.name) { continue }
        try checkKeywords(keywords, signature, given: given)
      }
      throw .type("\(signature.name)() missing 1 required argument: '\(parameter.name)'")
    }
  }

  /// Runs the body of a method that takes no arguments, for the C trampoline.
  @inline(__always)
  func runBare(
    _ name: StaticString, _ body: (LuaState) throws(LuaError) -> Int32
  ) -> Int32 {
    run { (state) throws(LuaError) in
      if state.top > 1 { try state.refuseArguments(name) }
      return try body(state)
    }
  }

  @inline(never)
  private func refuseArguments(_ name: StaticString) throws(LuaError) {
    let given = top - 1
    try bind(Signature(name: "\(name)", example: "\(name)()", parameters: []), from: 2)
    throw .type("\(name)() takes no arguments (\(given) given)")
  }

  /// Refuses a wrong keyword first: it may be the missing argument, misspelt.
  private func checkKeywords(
    _ table: Int32, _ signature: Signature, given: Int
  ) throws(LuaError) {
    pushNil()
    while next(table) {
      _ = try keywordPosition(-2, signature, given: given)
      pop()
    }
  }

  private func hasField(_ table: Int32, _ name: String) -> Bool {
    push(name)
    defer { pop() }
    return rawGet(table) != .nil
  }

  private func keywordPosition(
    _ key: Int32, _ signature: Signature, given: Int
  ) throws(LuaError) -> Int {
    guard isString(key) else {
      if type(key) == .number {
        throw .type("positional value in a keyword table; write \(signature.example)")
      }
      throw .type("\(signature.name)() keywords must be strings, got a \(typeName(key))")
    }
    let keyword = string(key)
    guard let position = signature.position(of: keyword) else {
      let known = signature.parameters.map(\.name).joined(separator: ", ")
      throw .type(
        "\(signature.name)() got an unexpected keyword argument '\(keyword)'; "
          + (known.isEmpty ? "it takes none" : "it takes \(known)"))
    }
    if position < given {
      throw .type("\(signature.name)() got multiple values for argument '\(keyword)'")
    }
    return position
  }
}

// MARK: - Reading one argument

extension LuaState {
  /// A boolean argument, or `fallback` when it was not given.
  ///
  /// A number is refused: 0 is true in Lua, and it is most often a timeout in the wrong place.
  func flag(_ index: Int32, _ name: String, default fallback: Bool) throws(LuaError) -> Bool {
    switch type(index) {
    case .none, .nil: return fallback
    case .boolean: return boolean(index)
    case .number where name == "block":
      let hint = "for a timeout write {timeout = \((try? text(of: index)) ?? "1")}"
      throw .type("\(name) must be a boolean, got number; \(hint)")
    default: throw .type("\(name) must be a boolean, got \(typeName(index))")
    }
  }

  /// Seconds, or nil when the argument was not given.
  func seconds(_ index: Int32, _ name: String) throws(LuaError) -> Double? {
    if isNoneOrNil(index) { return nil }
    guard let value = number(index) else {
      throw .type("\(name) must be a number of seconds or nil, got \(typeName(index))")
    }
    if value.isNaN { throw .value("\(name) must not be NaN") }
    return value
  }

  /// An integer argument, or `fallback` when it was not given.
  func integer(_ index: Int32, _ name: String, default fallback: Int) throws(LuaError) -> Int {
    if isNoneOrNil(index) { return fallback }
    guard let value = integer(index) else {
      throw .type("\(name) must be an integer, got \(found(index))")
    }
    return value
  }

  /// What an error says that it found: a number itself, anything else by its type.
  func found(_ index: Int32) -> String {
    guard type(index) == .number, let text = try? text(of: index) else { return typeName(index) }
    return text
  }

  /// A string argument, or nil when it was not given.
  func text(_ index: Int32, _ name: String) throws(LuaError) -> String? {
    if isNoneOrNil(index) { return nil }
    guard isString(index) else { throw .type("\(name) must be a string, got \(typeName(index))") }
    return string(index)
  }
}
