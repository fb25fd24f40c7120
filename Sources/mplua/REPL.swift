// The prompt: the contract of Lua's own interpreter.

import LuaMultiprocessing

/// Reads, evaluates and prints until the input ends.
struct REPL {
  private let lua: Lua
  private let program: Program
  private let input: LineInput

  init(_ program: Program) {
    self.program = program
    lua = program.lua
    input = LineInput(program.lua)
  }

  /// Runs until the end of the input.
  ///
  /// - Throws: What the prompt's own text raises.
  func run() throws(LuaError) {
    lua.setTop(0)
    while let isLoaded = try loadStatement() {
      if isLoaded, evaluate() { try printResults() }
      lua.setTop(0)
      if Interrupt.isTerminated { return }
    }
    StandardStream.output.write("\n")
    StandardStream.output.flush()
  }

  /// Reads a statement and loads it, or reports why it can't.
  ///
  /// Nil at the end of the input. Stack: [] -> [function] if it is loaded.
  private func loadStatement() throws(LuaError) -> Bool? {
    guard var line = try readLine(isFirst: true) else { return nil }
    if line.first == UInt8(ascii: "=") { line.replaceSubrange(..<1, with: "return ".utf8) }
    if loads(Array("return ".utf8) + line + [UInt8(ascii: ";")]) {
      if !line.isEmpty { input.remember(line) }
      return true
    }
    lua.pop()
    while true {
      if loads(line) {
        input.remember(line)
        return true
      }
      guard isIncomplete, let next = try readNextLine() else {
        input.remember(line)
        program.report()
        return false
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
    program.reporting { () throws(LuaError) in try program.call(arguments: 0, results: allResults) }
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
