// Where the prompt's lines come from: GNU readline on a terminal, plain standard input otherwise.

import LuaMultiprocessing

/// The lines typed at the prompt.
struct LineInput {
  private let editor: LineEditor?
  private let history: History?

  /// Line editing needs a terminal that can do it, and a user who has not turned it off.
  init() {
    let isBasic =
      ProgramArguments.environment("MPLUA_BASIC_REPL").map { $0 == Array("1".utf8) } ?? false
    let isDumb = ProgramArguments.environment("TERM").map { $0 == Array("dumb".utf8) } ?? false
    editor = StandardInput.isTerminal && !isBasic && !isDumb ? LineEditor() : nil
    history = editor == nil ? nil : History()
    if let editor, let history { editor.load(history: history.path) }
  }

  /// Reads a line, without its newline; nil at the end.
  func readLine(prompt: [UInt8]) -> [UInt8]? {
    if let editor { return editor.readLine(prompt: prompt) }
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
  func remember(_ statement: [UInt8]) {
    editor?.remember(statement)
    history?.append(statement)
  }
}
