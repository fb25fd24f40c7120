// Where the prompt's entries come from: GNU readline on a terminal, plain standard input otherwise.

import LuaMultiprocessing

/// The entries typed at the prompt.
final class LineInput {
  private let editor: LineEditor?
  private var history: History?

  /// Line editing needs a terminal that can do it, and a user who has not turned it off.
  init(_ program: Program) {
    let lua = program.lua
    let environment = ProgramArguments.environment
    let isBasic =
      environment("MPLUA_BASIC_REPL") == Array("1".utf8)
      || environment("TERM") == Array("dumb".utf8)
    if StandardInput.isTerminal, !isBasic {
      let completion = Completion(lua: lua)
      editor = LineEditor(
        isIncomplete: { text in Self.isIncomplete(text, lua) }, complete: completion.complete,
        serve: { lua.serveAtPrompt(program.report) })
    } else {
      editor = nil
    }
    history = editor == nil ? nil : History()
  }

  /// Reads a line, without its newline, or with the editor a whole entry; nil at the end.
  func readLine(prompt: [UInt8]) -> [UInt8]? {
    if let editor { return readEntry(with: editor, prompt: prompt) }
    StandardStream.output.write(prompt)
    StandardStream.output.flush()
    let line = StandardInput.readLine()
    // A terminal shows what is typed; elsewhere the output would lack it, as it lacks no line when
    // readline reads from a pipe.
    if let line, !StandardInput.isTerminal {
      StandardStream.output.write(line + [UInt8(ascii: "\n")])
      StandardStream.output.flush()
    }
    return line
  }

  /// Keeps a statement for the keys that bring back earlier ones, now and in later sessions.
  ///
  /// What begins with a space is not kept, nor what was kept last.
  func remember(_ statement: [UInt8]) {
    guard let editor, let first = statement.first, first != UInt8(ascii: " ") else { return }
    if history?.last == statement { return }
    // With what other sessions have added meanwhile before it.
    for entry in history?.takeNew() ?? [] { editor.remember(entry) }
    editor.remember(statement)
    history?.append(statement)
  }

  private func readEntry(with editor: LineEditor, prompt: [UInt8]) -> [UInt8]? {
    while true {
      for entry in history?.takeNew() ?? [] { editor.remember(entry) }
      switch editor.edit(prompt: prompt) {
      case .entry(let entry): return entry
      case .interrupted: continue
      case .end: return nil
      }
    }
  }

  /// Whether an entry is the beginning of a statement that goes on.
  private static func isIncomplete(_ text: [UInt8], _ lua: Lua) -> Bool {
    let top = lua.top
    defer { lua.setTop(top) }
    guard lua.hasStack(5) else { return false }
    let isExpression = text.first == UInt8(ascii: "=")
    let text = isExpression ? Array(text.dropFirst()) : text
    do {
      try lua.load(Array("return ".utf8) + text + [UInt8(ascii: ";")], name: "=stdin")
      return false
    } catch {
      lua.setTop(top)
    }
    do {
      try lua.load(isExpression ? Array("return ".utf8) + text : text, name: "=stdin")
      return false
    } catch {
      return (lua.bytes(-1) ?? []).suffix(5).elementsEqual("<eof>".utf8)
    }
  }
}
