// `?name` and `??function`: what a name means, and how a function was written.

import LuaMultiprocessing

extension PromptComfort {
  /// Runs `?x` or `??x`; a question mark alone lists what there is.
  func explain(_ line: [UInt8]) {
    let showsSource = line.dropFirst().first == UInt8(ascii: "?")
    let expression = Self.trimmed(Array(line.dropFirst(showsSource ? 2 : 1)))
    let name = String(decoding: expression, as: UTF8.self)
    if expression.isEmpty { return write(lua.helpText(named: "mp") ?? "") }
    // A name of the help need not be a value: methods of classes, for example.
    if !showsSource, let text = lua.helpText(named: name) { return write(text) }
    guard evaluate(expression) else { return }
    if showsSource { return writeSource(of: name) }
    if let text = lua.helpText(of: 1) { return write(text) }
    describe()
  }

  /// Evaluates an expression without keeping its value as `_`; an error is reported.
  ///
  /// Stack: [] -> [value] when the result is true.
  private func evaluate(_ expression: [UInt8]) -> Bool {
    let source = Array("return ".utf8) + expression
    do {
      try lua.load(source, name: "=stdin")
    } catch {
      program.report()
      return false
    }
    guard compile(source), evaluate() else { return false }
    lua.setTop(1)
    return true
  }

  private func write(_ text: String) {
    StandardStream.output.write(text.hasSuffix("\n") ? text : text + "\n")
    StandardStream.output.flush()
  }
}

// MARK: - Values without a page

extension PromptComfort {
  /// Says what kind of value is on the stack, and what is in it.
  private func describe() {
    var facts: [String] = []
    switch lua.type(1) {
    case .function:
      facts.append(lua.isNativeFunction(1) ? "a function of a library" : "a function")
      if let lines = lua.lines(ofFunction: 1) {
        let source = lua.source(ofFunction: 1).dropFirst()
        facts.append("written at \(source):\(lines.lowerBound)")
      }
    case .string: facts.append("a string of \(lua.rawLength(1)) bytes")
    case .number: facts.append(lua.isInteger(1) ? "an integer" : "a float")
    case .table:
      facts.append("a table with a list of \(lua.rawLength(1))")
    case .nil, .none: facts.append("nil: there is nothing of that name")
    default: facts.append("a \(lua.typeName(1))")
    }
    if lua.type(1) == .table, lua.hasMetafield(1, "__name") {
      facts.append("of the class \(lua.typeName(1))")
    }
    write(facts.joined(separator: ", "))
    guard lua.type(1) != .nil else { return }
    showResults(keeping: false)
  }

  /// Writes the text of the function on the stack.
  private func writeSource(of name: String) {
    guard lua.isFunction(1) else { return note("?? shows functions, not a \(lua.typeName(1))") }
    if let text = sources.text(ofFunction: 1, lua) {
      return write(String(decoding: LuaSyntax.printable(text), as: UTF8.self))
    }
    let source = lua.source(ofFunction: 1)
    guard let lines = lua.lines(ofFunction: 1), source.hasPrefix("@"),
      let file = TextFile.read(Array(source.utf8.dropFirst()))
    else {
      let reason = lua.isNativeFunction(1) ? "it is not written in Lua" : "its text is not kept"
      return note("\(name) cannot be shown: \(reason)")
    }
    let all = file.split(separator: 10, omittingEmptySubsequences: false)
    guard lines.upperBound <= all.count else {
      return note("\(source.dropFirst()) has changed: it has no line \(lines.upperBound) any more")
    }
    let text = all[(lines.lowerBound - 1)..<lines.upperBound].joined(separator: [10])
    write(
      "-- \(source.dropFirst()):\(lines.lowerBound)\n"
        + String(decoding: LuaSyntax.printable(Array(text)), as: UTF8.self))
  }
}
