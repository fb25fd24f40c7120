// The commands of the prompt: lines that begin with a colon, which no statement of Lua does.

import LuaMultiprocessing

/// A command of the prompt.
enum PromptCommand: String, CaseIterable {
  case help, ps, queues, time, load, reset, log, q

  /// What follows the name.
  var argument: String {
    switch self {
    case .time: " STATEMENT"
    case .load: " FILE"
    case .log: " [LEVEL]"
    default: ""
    }
  }

  var summary: String {
    switch self {
    case .help: "this list"
    case .ps: "the processes of the program: what each does and waits for"
    case .queues: "the queues of the program: how full they are and who waits for them"
    case .time: "evaluates, and says how long it took"
    case .load: "runs a file"
    case .reset: "ends the children and starts afresh"
    case .log: "logs to the screen, from a level on (debug, info, warning, error); off: no more"
    case .q: "ends the program, as Ctrl-D does"
    }
  }
}

extension PromptComfort {
  /// What is to happen after a command.
  enum Next {
    case goOn, leave, startAfresh
  }

  /// Whether a line is a command; a label of Lua begins with two colons.
  func isCommand(_ line: [UInt8]) -> Bool {
    line.first == UInt8(ascii: "?")
      || line.first == UInt8(ascii: ":") && line.dropFirst().first != UInt8(ascii: ":")
  }

  /// Runs a command.
  func run(command line: [UInt8]) -> Next {
    if line.first == UInt8(ascii: "?") {
      explain(line)
      return .goOn
    }
    let parts = line.dropFirst().split(
      separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: true)
    let name = String(decoding: parts.first ?? [], as: UTF8.self)
    let argument = Self.trimmed(parts.count > 1 ? Array(parts[1]) : [])
    guard let command = PromptCommand(rawValue: name == "quit" ? "q" : name) else {
      refuse(name)
      return .goOn
    }
    guard argument.isEmpty || !command.argument.isEmpty else {
      note(":\(command.rawValue) takes nothing after its name")
      return .goOn
    }
    switch command {
    case .help: StandardStream.output.write(Self.helpText)
    case .ps: show(Inspection.processes)
    case .queues: show(Inspection.queues)
    case .time: time(argument)
    case .load: load(argument)
    case .log: log(argument)
    case .reset:
      reset()
      return .startAfresh
    case .q: return .leave
    }
    return .goOn
  }

  private static var helpText: String {
    let commands = PromptCommand.allCases.map { (":\($0.rawValue)\($0.argument)", $0.summary) }
    let others = [
      ("?NAME", "help for a function, a class or a value; ?mp lists the module"),
      ("??FUNCTION", "how a function was written"),
      ("STATEMENT;", "shows no result"),
      ("_, _1 … _9", "the values shown last"), ("_err", "the last error: _err.traceback"),
    ]
    return (commands + others).map { name, summary in
      name + String(repeating: " ", count: max(1, 18 - name.count)) + summary + "\n"
    }.joined()
  }

  private func refuse(_ name: String) {
    let names = PromptCommand.allCases.map(\.rawValue)
    let hint = NearName.closest(to: name, among: names).map { "; did you mean :\($0)?" } ?? ""
    let list = names.map { ":\($0)" }.joined(separator: " ")
    note("there is no command :\(name)\(hint)\nthe commands are \(list)")
  }

  private func show(_ text: String) {
    StandardStream.output.write(text + "\n")
    StandardStream.output.flush()
  }

  static func trimmed(_ text: [UInt8]) -> [UInt8] {
    let isBlank: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
    return Array(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}

// MARK: - Running code

extension PromptComfort {
  /// `:time`: evaluates as a line without the command is evaluated, then shows the times.
  private func time(_ source: [UInt8]) {
    guard !source.isEmpty else { return note("write :time and an expression or a statement") }
    guard let statement = loadStatement(source) else { return program.report() }
    guard compile(statement) else { return }
    let stopwatch = Inspection.stopwatch()
    let succeeded = evaluate()
    let times = stopwatch()
    if succeeded { showResults() }
    show(times)
  }

  /// Loads an expression or a statement; nil with the message on the stack when it is neither.
  ///
  /// Stack: [] -> [function or message].
  private func loadStatement(_ source: [UInt8]) -> [UInt8]? {
    var source = source
    if source.first == UInt8(ascii: "=") { source.removeFirst() }
    for text in [Array("return ".utf8) + source, source] {
      do {
        try lua.load(text, name: "=stdin")
        return text
      } catch {
        if text == source { return nil }
        lua.pop()
      }
    }
    return nil
  }

  /// `:load`: a file's own local variables are its own.
  private func load(_ path: [UInt8]) {
    guard !path.isEmpty else { return note("write :load and a file's name") }
    do {
      try lua.load(file: path)
    } catch {
      return program.report()
    }
    if evaluate() { showResults() }
  }

  /// `:log`: where the logger's messages go, and from which level on.
  private func log(_ level: [UInt8]) {
    let name = String(decoding: level, as: UTF8.self)
    guard !name.isEmpty else { return note("logged from level \(Inspection.logLevel) on") }
    guard Inspection.log(from: name.uppercased()) else {
      return note("there is no level '\(name)': debug, info, warning, error, critical, off")
    }
  }

  /// `:reset`: the program starts again once the prompt is left.
  private func reset() {
    let children = Inspection.endChildren()
    if !children.isEmpty { note("ending \(children.joined(separator: ", "))") }
    Restart.ask(lua)
  }
}
