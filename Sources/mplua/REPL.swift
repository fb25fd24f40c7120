// The prompt. Without a terminal it is that of Lua's own interpreter; on one it offers more.

import LuaMultiprocessing

/// Reads, evaluates and prints until the input ends.
struct REPL {
  private let lua: Lua
  private let program: Program
  private let input: LineInput
  /// What the prompt offers on a terminal; nil elsewhere.
  private let comfort: PromptComfort?

  init(_ program: Program) {
    self.program = program
    lua = program.lua
    input = LineInput(program)
    comfort = PromptComfort(program)
  }

  /// Runs until the end of the input.
  ///
  /// - Throws: What the prompt's own text raises.
  func run() throws(LuaError) {
    lua.setTop(0)
    comfort?.prepare()
    // Whether the last thing that was typed asked to leave.
    var hasAsked = false
    while true {
      guard let entry = try readEntry() else {
        if mayLeave(hasAsked, newline: "\n") { break }
        hasAsked = true
        continue
      }
      var asks = false
      switch entry {
      case .statement(let source):
        if comfort?.compile(source) ?? true, evaluate() {
          if let comfort { comfort.showResults() } else { try printResults() }
        }
      case .command(let line):
        let next = comfort?.run(command: line)
        asks = next == .leave
        if next == .startAfresh || asks && mayLeave(hasAsked, newline: "") { return finish() }
      case .wrong: program.report()
      }
      hasAsked = asks
      lua.setTop(0)
      if Interrupt.isTerminated { return }
    }
    finish()
    StandardStream.output.write("\n")
    StandardStream.output.flush()
  }

  /// Whether the prompt may end: children that would go on are shown first, and terminated when the user
  /// asks again.
  private func mayLeave(_ hasAsked: Bool, newline: String) -> Bool {
    guard let comfort, !Interrupt.isTerminated else { return true }
    let children = PromptChildren.descriptions
    if children.isEmpty { return true }
    if hasAsked {
      PromptChildren.terminate()
      return true
    }
    let list = children.joined(separator: ", ")
    comfort.note("\(newline)still running: \(list); Ctrl-D again terminates what runs and leaves")
    return false
  }

  private func finish() { comfort?.close() }

  /// What was typed.
  private enum Entry {
    /// A statement, whose function is on the stack.
    case statement([UInt8])
    case command([UInt8])
    /// What Lua refuses, with its message on the stack.
    case wrong
  }

  /// Reads a statement and loads it.
  ///
  /// Nil at the end of the input. Stack: [] -> [function or message].
  private func readEntry() throws(LuaError) -> Entry? {
    guard var line = try readLine(isFirst: true) else { return nil }
    if let comfort, comfort.isCommand(line) {
      input.remember(line)
      return .command(line)
    }
    if line.first == UInt8(ascii: "=") { line.replaceSubrange(..<1, with: "return ".utf8) }
    // On a terminal an expression may end with a semicolon of its own: it is not shown then.
    let isQuiet = comfort != nil && LuaTokens(line).endsWithSemicolon
    let expression = Array("return ".utf8) + line + (isQuiet ? [] : [UInt8(ascii: ";")])
    if loads(expression) {
      if !line.isEmpty { input.remember(line) }
      return .statement(Array("return ".utf8) + line)
    }
    lua.pop()
    while true {
      if loads(line) {
        input.remember(line)
        return .statement(line)
      }
      guard isIncomplete, let next = try readNextLine() else {
        input.remember(line)
        return .wrong
      }
      line.append(UInt8(ascii: "\n"))
      line += next
    }
  }

  /// Stack: [] -> [function or message].
  private func loads(_ source: [UInt8]) -> Bool {
    do {
      try lua.load(source, name: "=stdin")
      return true
    } catch {
      return false
    }
  }

  /// Whether the message on top says that a statement is not complete.
  private var isIncomplete: Bool {
    (lua.bytes(-1) ?? []).suffix(5).elementsEqual("<eof>".utf8)
  }

  /// The line that goes on with a statement.
  ///
  /// Stack: [message] -> [], or [message] at the end.
  private func readNextLine() throws(LuaError) -> [UInt8]? {
    guard let line = try readLine(isFirst: false) else { return nil }
    lua.pop()
    return line
  }

  private func readLine(isFirst: Bool) throws(LuaError) -> [UInt8]? {
    try lua.getGlobal(isFirst ? "_PROMPT" : "_PROMPT2")
    if lua.type(-1) == .nil {
      lua.push(isFirst ? "> " : ">> ")
    } else {
      try lua.pushText(of: -1)
    }
    defer { lua.pop(2) }
    return input.readLine(prompt: lua.bytes(-1) ?? [])
  }

  /// Returns whether there was no error.
  ///
  /// Stack: [function] -> [results…].
  private func evaluate() -> Bool {
    if let comfort { return comfort.evaluate() }
    return program.reporting { () throws(LuaError) in
      try program.call(arguments: 0, results: allResults)
    }
  }

  /// Prints all that is on the stack with the global `print`.
  private func printResults() throws(LuaError) {
    let count = lua.top
    guard count > 0 else { return }
    guard lua.hasStack(20) else {
      lua.push("stack overflow (too many results to print)")
      throw .onTop
    }
    try lua.getGlobal("print")
    lua.insert(1)
    do {
      try lua.call(arguments: count, results: 0)
    } catch {
      lua.pushReport(-1)
      program.print(
        message: Array("error calling 'print' (".utf8) + (lua.bytes(-1) ?? []) + Array(")".utf8))
    }
  }
}
