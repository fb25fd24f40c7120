// One run of the program: what happens before, in and after the script, in the order of Lua's own
// interpreter.

import LuaMultiprocessing

/// The program, with the interpreter it runs in.
struct Program {
  let lua: Lua
  let arguments: [[UInt8]]
  /// What stands before error messages; nil at the prompt.
  var name: String?

  init(_ lua: Lua) {
    self.lua = lua
    arguments = ProgramArguments.all
    name = "mplua"
    if let first = arguments.first, !first.isEmpty { name = String(decoding: first, as: UTF8.self) }
  }

  /// Does all that the command line asks for.
  ///
  /// Lua: [] -> [whether all went well].
  ///
  /// - Throws: What goes wrong outside of the chunks, whose own errors are reported here.
  func run() throws(LuaError) -> Int32 {
    lua.push(try runAll())
    return 1
  }

  private func runAll() throws(LuaError) -> Bool {
    let options: Options
    do throws(Options.Failure) {
      options = try Options(arguments)
    } catch {
      StandardStream.error.write(error.text(program: name ?? ""))
      return false
    }
    if let answer = options.answer {
      StandardStream.output.write(answer.text(program: name ?? ""))
      return true
    }
    if options.showsVersion { StandardStream.output.write(Version.banner) }
    if let file = options.trace, let problem = TraceOption.begin(file) {
      print(message: Array(problem.utf8))
      return false
    }
    try prepare(options)
    if !options.ignoresEnvironment, !(try runInitialization()) { return false }
    for action in options.actions where !(try run(action)) { return false }
    if options.script < arguments.count, !(try runScript(at: options.script)) { return false }
    if options.isInteractive {
      return runPrompt()
    } else if options.script >= arguments.count, !options.executes, !options.showsVersion {
      guard StandardInput.isTerminal else {
        _ = runChunk { () throws(LuaError) in try lua.load(file: nil) }
        return true
      }
      StandardStream.output.write(Version.banner)
      return runPrompt()
    }
    return true
  }

  /// Runs the prompt to its end.
  ///
  /// Returns whether the input, and no error, ended it.
  private func runPrompt() -> Bool {
    var program = self
    // What goes wrong at the prompt needs no program's name.
    program.name = nil
    return program.reporting { () throws(LuaError) in try REPL(program).run() }
  }

  private func prepare(_ options: Options) throws(LuaError) {
    if options.ignoresEnvironment { lua.ignoreEnvironment() }
    try lua.openLibraries()
    lua.preloadMultiprocessing()
    lua.pushGlobals()
    lua.push("__main__")
    lua.rawSet(-2, "__name__")
    pushArgumentTable(script: options.script)
    lua.rawSet(-2, "arg")
    lua.pop()
    lua.collectByGenerations()
  }

  /// The table `arg`: the script at 0, what stands before it at negative indices.
  ///
  /// Stack: [] -> [table].
  private func pushArgumentTable(script: Int) {
    let script = script < arguments.count ? script : 0
    lua.newTable(
      list: Int32(max(arguments.count - script - 1, 0)), fields: Int32(script + 1))
    for (index, argument) in arguments.enumerated() {
      lua.push(bytes: argument)
      lua.rawSet(-2, index - script)
    }
  }
}

// MARK: - Chunks

extension Program {
  /// Loads and calls a chunk; an error is reported.
  ///
  /// Returns whether there was none.
  func runChunk(_ load: () throws(LuaError) -> Void) -> Bool {
    reporting { () throws(LuaError) in
      try load()
      try call(arguments: 0, results: 0)
    }
  }

  /// Calls a function that Ctrl-C can interrupt.
  ///
  /// Stack: [function, arguments…] -> [results…].
  func call(arguments: Int32, results: Int32) throws(LuaError) {
    Interrupt.arm(lua)
    defer { Interrupt.disarm() }
    try lua.callForReport(arguments: arguments, results: results)
  }

  /// Reports the error of `body`, if there is one.
  ///
  /// Returns whether there was none.
  func reporting(_ body: () throws(LuaError) -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      lua.push(error)
      report()
      return false
    }
  }

  /// Prints the error on top of the stack.
  ///
  /// Stack: [error] -> [].
  func report() {
    lua.endProgress()
    // At the prompt Ctrl-C ends what was typed, not the program.
    let signal = name != nil || Interrupt.isTermination(lua) ? Interrupt.noteUncaught(lua) : nil
    if Interrupt.isTerminated { return lua.pop() }
    if signal != nil {
      // Ctrl-C: one line, and the process ends by the signal.
      lua.pushErrorLine(-1)
    } else {
      lua.pushReport(-1)
    }
    print(message: lua.bytes(-1) ?? [])
    lua.pop(2)
  }

  /// Prints a message to standard error, behind the program's name.
  func print(message: [UInt8]) {
    let prefix = name.map { "\($0): " } ?? ""
    StandardStream.error.write(Array(prefix.utf8) + message + [UInt8(ascii: "\n")])
  }
}

// MARK: - What the command line asks for

extension Program {
  /// Runs what LUA_INIT holds: code, or `@` and a file's name.
  ///
  /// Returns whether that went well.
  private func runInitialization() throws(LuaError) -> Bool {
    if let value = ProgramArguments.environment("LUA_INIT_5_4") {
      return runInitialization(value, name: "=LUA_INIT_5_4")
    }
    if let value = ProgramArguments.environment("LUA_INIT") {
      return runInitialization(value, name: "=LUA_INIT")
    }
    return true
  }

  private func runInitialization(_ value: [UInt8], name: String) -> Bool {
    runChunk { () throws(LuaError) in
      if value.first == UInt8(ascii: "@") {
        try lua.load(file: Array(value.dropFirst()))
      } else {
        try lua.load(value, name: name)
      }
    }
  }

  private func run(_ action: Options.Action) throws(LuaError) -> Bool {
    switch action {
    case .turnWarningsOn:
      lua.turnWarningsOn()
      return true
    case .execute(let code):
      return runChunk { () throws(LuaError) in try lua.load(code, name: "=(command line)") }
    case .require(let global, let module):
      return try require(module, into: global)
    }
  }

  private func require(_ module: [UInt8], into global: [UInt8]) throws(LuaError) -> Bool {
    try lua.getGlobal("require")
    lua.push(bytes: module)
    guard reporting({ () throws(LuaError) in try call(arguments: 1, results: 1) }) else {
      return false
    }
    lua.pushGlobals()
    lua.insert(-2)
    lua.push(bytes: global)
    lua.insert(-2)
    try lua.set()
    return true
  }

  private func runScript(at index: Int) throws(LuaError) -> Bool {
    // A file may be called `-`, if `--` says that it is no option.
    let isInput = arguments[index] == Array("-".utf8) && arguments[index - 1] != Array("--".utf8)
    let path = isInput ? nil : arguments[index]
    guard reporting({ () throws(LuaError) in try lua.load(file: path) }) else { return false }
    let count = try pushScriptArguments()
    return reporting { () throws(LuaError) in try call(arguments: count, results: 0) }
  }

  /// Pushes what `arg` holds by now.
  ///
  /// Stack: [] -> [arguments…].
  private func pushScriptArguments() throws(LuaError) -> Int32 {
    try lua.getGlobal("arg")
    guard lua.isTable(-1) else {
      lua.push("'arg' is not a table")
      throw .onTop
    }
    let table = lua.top
    guard let count = Int32(exactly: try lua.length(table)),
      count <= 0 || lua.hasStack(count.addingReportingOverflow(3).partialValue)
    else {
      lua.push("stack overflow (too many arguments to script)")
      throw .onTop
    }
    guard count > 0 else {
      lua.pop()
      return 0
    }
    for index in 1...Int(count) { lua.rawGet(table, index) }
    lua.remove(table)
    return count
  }
}
