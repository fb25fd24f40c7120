// The outline of a chunk: which variables its own block declares, and where those statements end.

/// A statement of the chunk's own block that declares local variables.
struct LocalStatement: Equatable {
  struct Variable: Equatable {
    let name: String
    /// Where the word between `<` and `>` stands.
    var attribute: Range<Int>?
  }

  var variables: [Variable]
  /// The position after the statement.
  var end: Int
}

/// What the prompt must know of a chunk that Lua has compiled.
///
/// A parser of Lua's whole syntax that keeps only where things stand. It trusts that the chunk is valid,
/// and fails on one that is not.
struct ChunkOutline {
  /// The statements of the chunk's own block that declare variables, in order.
  private(set) var locals: [LocalStatement] = []
  /// Every name in the text, field names included.
  let names: Set<String>
  /// The texts of all functions, outer ones first, in the order in which they begin.
  private(set) var functions: [Range<Int>] = []

  /// Whether the last token is a semicolon.
  var endsWithSemicolon: Bool { tokens.endsWithSemicolon }

  private let tokens: LuaTokens
  private var position = 0
  private var depth = 0

  /// Reads a chunk; nil when it is not valid.
  init?(_ source: [UInt8]) {
    tokens = LuaTokens(source)
    names = Set(tokens.tokens.filter { $0.kind == .name }.map(tokens.text))
    do throws(Invalid) {
      try readBlock()
      guard isAtEnd, tokens.isComplete else { return nil }
    } catch {
      return nil
    }
  }

  private struct Invalid: Error {}
}

// MARK: - Tokens

extension ChunkOutline {
  private var token: LuaToken { tokens.tokens[position] }
  private var text: String { tokens.text(token) }
  private var isAtEnd: Bool { token.kind == .end }

  private func isNext(_ expected: String) -> Bool {
    (token.kind == .sign || token.kind == .reserved) && text == expected
  }

  private mutating func advance() { if !isAtEnd { position += 1 } }

  private mutating func take(_ expected: String) -> Bool {
    guard isNext(expected) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ expected: String) throws(Invalid) {
    guard take(expected) else { throw Invalid() }
  }

  private mutating func expectName() throws(Invalid) -> String {
    guard token.kind == .name else { throw Invalid() }
    defer { advance() }
    return text
  }

  /// Where the last token that was taken ends.
  private var previousEnd: Int { tokens.tokens[position - 1].range.upperBound }
}

// MARK: - Statements

extension ChunkOutline {
  private mutating func readBlock() throws(Invalid) {
    // Lua itself allows 200 levels.
    guard depth < 250 else { throw Invalid() }
    depth += 1
    defer { depth -= 1 }
    while !isAtEnd, !["end", "else", "elseif", "until"].contains(where: isNext) {
      if take("return") {
        if !isAtEnd, !isNext(";"), !["end", "else", "elseif", "until"].contains(where: isNext) {
          try readExpressions()
        }
        _ = take(";")
        return
      }
      try readStatement()
    }
  }

  private mutating func readStatement() throws(Invalid) {
    guard token.kind == .reserved || token.kind == .sign else { return try readCallOrAssignment() }
    switch text {
    case ";", "break": advance()
    case "::":
      advance()
      _ = try expectName()
      try expect("::")
    case "goto":
      advance()
      _ = try expectName()
    case "do":
      advance()
      try readBody()
    case "while":
      advance()
      try readExpression()
      try expect("do")
      try readBody()
    case "repeat":
      advance()
      try readBlock()
      try expect("until")
      try readExpression()
    case "if": try readIf()
    case "for": try readFor()
    case "function": try readNamedFunction()
    case "local": try readLocal()
    default: try readCallOrAssignment()
    }
  }

  /// A block and its `end`.
  private mutating func readBody() throws(Invalid) {
    try readBlock()
    try expect("end")
  }

  private mutating func readIf() throws(Invalid) {
    repeat {
      advance()
      try readExpression()
      try expect("then")
      try readBlock()
    } while isNext("elseif")
    if take("else") { try readBlock() }
    try expect("end")
  }

  private mutating func readFor() throws(Invalid) {
    advance()
    _ = try expectName()
    while take(",") { _ = try expectName() }
    guard take("=") || take("in") else { throw Invalid() }
    try readExpressions()
    try expect("do")
    try readBody()
  }

  private mutating func readNamedFunction() throws(Invalid) {
    let start = token.range.lowerBound
    advance()
    _ = try expectName()
    while take(".") || take(":") { _ = try expectName() }
    try readFunctionBody(from: start)
  }

  private mutating func readLocal() throws(Invalid) {
    let start = token.range.lowerBound
    advance()
    var variables: [LocalStatement.Variable] = []
    if take("function") {
      variables.append(.init(name: try expectName()))
      try readFunctionBody(from: start)
    } else {
      repeat {
        var variable = LocalStatement.Variable(name: try expectName())
        if take("<") {
          variable.attribute = token.range
          _ = try expectName()
          try expect(">")
        }
        variables.append(variable)
      } while take(",")
      if take("=") { try readExpressions() }
    }
    if depth == 1 { locals.append(LocalStatement(variables: variables, end: previousEnd)) }
  }

  private mutating func readCallOrAssignment() throws(Invalid) {
    try readSuffixed()
    while take(",") { try readSuffixed() }
    if take("=") { try readExpressions() }
  }
}

// MARK: - Expressions

extension ChunkOutline {
  private static let unary: Set<String> = ["not", "-", "#", "~"]
  private static let binary: Set<String> = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "&",
    "|", "~", "<<", ">>",
  ]

  private func isNext(in set: Set<String>) -> Bool {
    (token.kind == .sign || token.kind == .reserved) && set.contains(text)
  }

  private mutating func readExpressions() throws(Invalid) {
    repeat { try readExpression() } while take(",")
  }

  /// Precedence does not matter for where an expression ends.
  private mutating func readExpression() throws(Invalid) {
    while true {
      while isNext(in: Self.unary) { advance() }
      try readOperand()
      guard isNext(in: Self.binary) else { return }
      advance()
    }
  }

  private mutating func readOperand() throws(Invalid) {
    if token.kind == .number || token.kind == .string { return advance() }
    if take("nil") || take("true") || take("false") || take("...") { return }
    if isNext("{") { return try readTable() }
    if isNext("function") {
      let start = token.range.lowerBound
      advance()
      return try readFunctionBody(from: start)
    }
    try readSuffixed()
  }

  private mutating func readSuffixed() throws(Invalid) {
    if take("(") {
      try readExpression()
      try expect(")")
    } else {
      _ = try expectName()
    }
    while true {
      if take(".") {
        _ = try expectName()
      } else if take("[") {
        try readExpression()
        try expect("]")
      } else if take(":") {
        _ = try expectName()
        guard try readArguments() else { throw Invalid() }
      } else if !(try readArguments()) {
        return
      }
    }
  }

  private mutating func readArguments() throws(Invalid) -> Bool {
    if token.kind == .string {
      advance()
    } else if isNext("{") {
      try readTable()
    } else if take("(") {
      if !take(")") {
        try readExpressions()
        try expect(")")
      }
    } else {
      return false
    }
    return true
  }

  private mutating func readTable() throws(Invalid) {
    try expect("{")
    while !isNext("}") {
      if take("[") {
        try readExpression()
        try expect("]")
        try expect("=")
      } else if token.kind == .name, tokens.text(tokens.tokens[position + 1]) == "=" {
        position += 2
      }
      try readExpression()
      guard take(",") || take(";") else { break }
    }
    try expect("}")
  }

  /// What follows `function` and its name.
  private mutating func readFunctionBody(from start: Int) throws(Invalid) {
    let number = functions.count
    functions.append(start..<start)
    try expect("(")
    while !isNext(")") {
      if !take("...") { _ = try expectName() }
      guard take(",") else { break }
    }
    try expect(")")
    try readBody()
    functions[number] = start..<previousEnd
  }
}
