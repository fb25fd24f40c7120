// The texts of the functions that were typed at the prompt.

import LuaMultiprocessing

/// Remembers statements with functions in them, so that `??f` can show how one was typed.
struct PromptSources {
  private struct Statement {
    let text: [UInt8]
    let functions: [Range<Int>]
    /// The code that Lua made of it: every function's own code is a part of it.
    let code: [UInt8]
  }

  private var statements: [Statement] = []

  /// How many statements are kept.
  private static let limit = 1000

  /// Remembers the statement whose function is on top of the stack.
  mutating func add(_ text: [UInt8], _ outline: ChunkOutline?, _ lua: Lua) {
    guard let outline, !outline.functions.isEmpty else { return }
    statements.append(
      Statement(text: text, functions: outline.functions, code: lua.code(ofFunction: -1)))
    if statements.count > Self.limit { statements.removeFirst() }
  }

  /// How the function at an index was typed; nil when it was not typed at this prompt.
  ///
  /// Where several functions of a statement stand on the same lines, the whole statement.
  func text(ofFunction index: Int32, _ lua: Lua) -> [UInt8]? {
    guard let lines = lua.lines(ofFunction: index) else { return nil }
    let code = lua.codeWithoutHeader(ofFunction: index)
    guard !code.isEmpty,
      let statement = statements.last(where: { $0.code.firstRange(of: code) != nil })
    else { return nil }
    let candidates = statement.functions.filter { range in
      let first = 1 + lineBreaks(statement.text[..<range.lowerBound])
      return first == lines.lowerBound
        && first + lineBreaks(statement.text[range]) == lines.upperBound
    }
    return candidates.count == 1 ? Array(statement.text[candidates[0]]) : statement.text
  }

  private func lineBreaks(_ text: ArraySlice<UInt8>) -> Int { text.count { $0 == 10 } }
}
