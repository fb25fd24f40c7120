// Ctrl-C and the prompt on a terminal.

import Glibc
import TestSupport
import Testing

@Suite("Ctrl-C and terminal", .timeLimit(.minutes(15)))
struct InterruptTests {
  /// What runs for ever, and what its interruption prints first.
  static let loops = [
    ("while true do end", "interrupted!"),
    ("local function f() while true do end end f()", "(command line):1: interrupted!"),
    ("coroutine.wrap(function() while true do end end)()", "(command line):1: interrupted!"),
    (
      "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
      "(command line):1: (command line):1: interrupted!"
    ),
  ]

  @Test("a signal raises an error, in a coroutine too", arguments: loops)
  func interrupts(code: String, message: String) throws {
    let program = try RunningProgram(.mplua, ["-e", "io.stdout:setvbuf('no') print(1) \(code)"])
    #expect(program.wait(for: "1\n") && program.waitUntilBusy())
    program.signal(SIGINT)
    let outcome = program.finish()
    #expect(outcome.errors.hasPrefix("\(Program.mplua.path): \(message)\nstack traceback:\n"))
    #expect(outcome.ending == .exited(1))
  }

  @Test("the error can be caught, and what comes next can be interrupted")
  func isCaught() throws {
    let code = """
      io.stdout:setvbuf('no')
      local function loop() print(1) while true do end end
      print(coroutine.resume(coroutine.create(loop)))
      print(pcall(loop))
      print(debug.gethook())
      """
    let program = try RunningProgram(.mplua, ["-i"])
    program.send(code.replacing("\n", with: " ") + "\n")
    #expect(program.wait(for: "1\n") && program.waitUntilBusy())
    program.signal(SIGINT)
    #expect(program.wait(for: "false\tinterrupted!\n1\n") && program.waitUntilBusy())
    program.signal(SIGINT)
    #expect(program.finish().ending == .signalled(SIGINT))
  }

  @Test("a second signal kills what does not listen")
  func secondKills() throws {
    let code = "io.stdout:setvbuf('no') print(1) string.find(string.rep('a', 1e6), '.-.-.-b')"
    let program = try RunningProgram(.mplua, ["-e", code])
    #expect(program.wait(for: "1\n") && program.waitUntilBusy())
    program.signal(SIGINT)
    #expect(program.waitUntilDelivered(SIGINT))
    program.signal(SIGINT)
    #expect(program.finish().ending == .signalled(SIGINT))
  }

  /// With GNU readline and without.
  static let environments: [[String: String]] = [
    ["TERM": "xterm"], ["TERM": "dumb"], ["MPLUA_BASIC_REPL": "1"],
  ]

  @Test("the prompt works on a terminal", arguments: environments)
  func prompt(environment: [String: String]) throws {
    let state = "\(Repository.root)/.build/state-of-tests"
    var environment: [String: String?] = environment.mapValues(\.self)
    environment.updateValue(state, forKey: "XDG_STATE_HOME")
    let program = try RunningProgram(.mplua, environment: environment, on: .terminal)
    #expect(program.wait(for: "> "))
    program.send("6*7\n")
    #expect(program.wait(for: "42\n"))
    #expect(program.wait(for: "> "))
    program.send("while true do end\n")
    #expect(program.waitUntilBusy())
    program.send("\u{3}")
    // Where the module is loaded beforehand, it is the module's error.
    let error = environment["MPLUA_BASIC_REPL"] == nil ? "KeyboardInterrupt" : "interrupted!"
    #expect(program.wait(for: "\(error)\nstack traceback:"))
    #expect(program.wait(for: "> "))
    program.send("\u{4}")
    #expect(program.finish().ending == .exited(0))
  }
}
