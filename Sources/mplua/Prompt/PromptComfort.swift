// What the prompt offers on a terminal beyond Lua's own.

import LuaMultiprocessing

/// The evaluation of what is typed on a terminal: variables that live on, results in Lua syntax, errors
/// that are kept, commands.
final class PromptComfort {
  let lua: Lua
  let program: Program
  let locals: PromptLocals
  let values: PromptValues
  let errors: PromptErrors
  var sources = PromptSources()
  let isColoured: Bool
  /// Of the statement that was compiled last.
  private var outline: ChunkOutline?

  /// Nil where the prompt is to be that of Lua's own interpreter: without a terminal, or by the user's
  /// wish.
  init?(_ program: Program) {
    let environment = ProgramArguments.environment
    guard StandardInput.isTerminal, StandardStream.output.isTerminal,
      environment("MPLUA_BASIC_REPL") != Array("1".utf8)
    else { return nil }
    self.program = program
    lua = program.lua
    locals = PromptLocals(lua)
    values = PromptValues(lua)
    errors = PromptErrors(lua)
    isColoured =
      (environment("NO_COLOR") ?? []).isEmpty
      && ![nil, Array("dumb".utf8), []].contains(environment("TERM"))
  }

  /// Makes `mp` and `help`, where the script has no globals of these names.
  func prepare() {
    lua.pushGlobals()
    defer { lua.pop() }
    let globals = lua.top
    let hasModule = lua.rawGet(globals, "mp") != .nil
    lua.pop()
    if !hasModule {
      let isLoaded = program.reporting { () throws(LuaError) in
        try lua.getGlobal("require")
        lua.push("multiprocessing")
        try lua.call(arguments: 1, results: 1)
      }
      if isLoaded { lua.rawSet(globals, "mp") }
    }
  }

  /// Compiles a statement as a part of the prompt's block; a refusal is reported.
  ///
  /// Stack: [function] -> [function] when the result is true.
  func compile(_ source: [UInt8]) -> Bool {
    outline = ChunkOutline(source)
    switch locals.compile(source, outline) {
    case .compiled: break
    case .refused:
      program.report()
      return false
    case .ending(let names):
      if !names.isEmpty {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        note("local \(list): visible in this line only")
      }
    }
    sources.add(source, outline, lua)
    return true
  }

  /// Calls the statement; an error is reported and kept.
  ///
  /// Returns whether there was none. Stack: [function] -> [results…].
  func evaluate() -> Bool {
    Interrupt.arm(lua)
    defer { Interrupt.disarm() }
    do {
      try errors.call()
      return true
    } catch {
      let hint = errors.keep { locals.names }
      program.report()
      if let hint { StandardStream.error.write("\(hint)\n") }
      return false
    }
  }

  /// Shows all that is on the stack, unless a semicolon ends the statement, and keeps it as `_`.
  func showResults() {
    let count = lua.top
    guard count > 0 else { return }
    values.keep(count)
    guard outline?.endsWithSemicolon != true else { return }
    Interrupt.arm(lua)
    defer { Interrupt.disarm() }
    _ = program.reporting { () throws(LuaError) in try write(count) }
    StandardStream.output.flush()
  }

  /// Several results share a line if they fit on one.
  private func write(_ count: Int32) throws(LuaError) {
    var limits = PrettyPrinter.Limits()
    limits.width = max(StandardStream.output.columns, 20)
    var texts: [[UInt8]] = []
    for index in 1..<(min(count, 200) + 1) {
      guard lua.hasStack(40) else { break }
      var printer = PrettyPrinter(lua, limits: limits, isColoured: isColoured)
      texts.append(try printer.text(of: index))
    }
    if texts.count < count { texts.append(Array("… \(Int(count) - texts.count) more".utf8)) }
    let width = texts.reduce(0) { $0 + $1.count + 2 }
    let isOneLine = width <= limits.width + 2 && !texts.contains { $0.contains(10) }
    let separator = Array((isOneLine ? ", " : "\n").utf8)
    StandardStream.output.write(Array(texts.joined(separator: separator)) + [10])
  }

  /// A remark of the prompt's own, on standard error as errors are.
  func note(_ text: String) { StandardStream.error.write("\(text)\n") }

  /// Ends the prompt's block.
  func close() {
    Interrupt.arm(lua)
    defer { Interrupt.disarm() }
    locals.close { program.report() }
  }
}
