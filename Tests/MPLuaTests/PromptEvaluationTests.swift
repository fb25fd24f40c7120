// What the prompt on a terminal makes of entries: results, variables, errors.

import Glibc
import TestSupport
import Testing

/// An entry at the prompt, and the lines that the screen shows for it.
typealias PromptStep = (entry: String, lines: [String])

extension TerminalSession {
  /// Opens a prompt that keeps its history away from the user's.
  static func prompt(
    _ arguments: [String] = [], environment: [String: String?] = [:], columns: Int = 120
  ) throws -> TerminalSession {
    let state = "\(Repository.root)/.build/prompt-evaluation"
    _ = unsafe mkdir(state, 0o755)
    let basic: [String: String?] = [
      "XDG_STATE_HOME": state, "NO_COLOR": "1", "MPLUA_BASIC_REPL": nil, "LUA_INIT": nil,
    ]
    let session = try TerminalSession(
      .mplua, arguments, environment: basic.merging(environment) { _, theirs in theirs },
      directory: "\(Repository.root)/examples", timeLimit: .seconds(40))
    #expect(session.wait(forLast: ">"))
    return session
  }

  /// Types entries one by one, each of which must give its lines.
  func go(through steps: [PromptStep]) {
    for step in steps {
      // Long sessions scroll: what was before does not matter.
      type(step.entry + "\r")
      let expected = ["> \(step.entry)"] + step.lines + [">"]
      let isShown = wait { Array($0.lines.suffix(expected.count)) == expected }
      #expect(isShown, "\(step.entry)\n\(screen.text)")
      if !isShown { return }
    }
  }

  /// Leaves the prompt, which must end well.
  func leave() {
    type("\u{4}")
    #expect(finish().isClean)
  }
}

@Suite("Prompt's evaluation", .timeLimit(.minutes(15)))
struct PromptEvaluationTests {
  private func check(_ steps: PromptStep...) throws {
    let session = try TerminalSession.prompt()
    session.go(through: steps)
    session.leave()
  }

  @Test("shows results in Lua syntax")
  func results() throws {
    try check(
      ("1 + 1, 2^53, -0.0, 1e100, 0/0", ["2, 9007199254740992.0, -0.0, 1e+100, 0/0"]),
      ("nil", ["nil"]), ("= 'a\\0\\xff\\27[m\"é'", ["\"a\\000\\255\\027[m\\\"é\""]),
      (
        "{1, 'b', z = 1, a = {}, [1.5] = true, ['end'] = 2}",
        ["{1, \"b\", [1.5] = true, a = {}, [\"end\"] = 2, z = 1}"]
      ),
      ("t = {} t.me = t t.list = {t}", []), ("t", ["<1>{list = {<cycle 1>}, me = <cycle 1>}"]),
      ("{{{{{{}}}}}}", ["{{{{{…}}}}}"]),
      ("print, string.format", ["<function print>, <function string.format>"]),
      ("function f() end", []), ("f", ["<function f at stdin:1>"]),
      ("print({} == {})", ["false"]), ("x = 5", []),
      ("setmetatable({1}, {__name = 'Point'})", ["Point {1}"]),
      ("setmetatable({}, {__tostring = function() return 'a point' end})", ["a point"]),
      (
        "setmetatable({}, {__tostring = function() error 'no' end})",
        ["<table: error in __tostring: stdin:1: no>"]
      ),
      (
        "setmetatable({}, {__tostring = function(t) return tostring(t) end})",
        ["<table: error in __tostring: C stack overflow>"]
      ))
  }

  @Test("says what it leaves out of large values, at once")
  func limits() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [("big = {} for i = 1, 3000000 do big[i] = i end", [])])
    session.type("big\r")
    #expect(session.wait { $0.lines.suffix(3) == ["  … 2999960 more", "}", ">"] })
    session.go(through: [("keys = {} for i = 1, 100 do keys['k' .. i] = i end", [])])
    session.type("keys\r")
    #expect(session.wait { $0.lines.suffix(3) == ["  … 60 more keys", "}", ">"] })
    session.type("('x'):rep(1000000)\r")
    #expect(session.wait { $0.text.contains("… 999000 more bytes\n>") })
    session.leave()
  }

  @Test("shows shared objects with place and state")
  func objects() throws {
    try check(
      ("q = mp.Queue(3) q:put(1)", []), ("q", ["<Queue made at stdin:1, 1 item, at most 3>"]),
      ("mp.Lock()", ["<Lock(owner=None) made at stdin:1>"]),
      ("{q}", ["{<Queue made at stdin:1, 1 item, at most 3>}"]))
  }

  @Test("a loop in __tostring ends by Ctrl-C, and the prompt goes on")
  func endlessText() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [
      ("t = setmetatable({}, {__tostring = function() print 'runs' while true do end end})", [])
    ])
    session.type("t\r")
    #expect(session.wait { $0.lines.last == "runs" })
    session.type("\u{3}")
    #expect(session.wait { $0.text.contains("KeyboardInterrupt") && $0.lines.last == ">" })
    session.go(through: [("1", ["1"])])
    session.leave()
  }

  @Test("keeps the last values, and shows none after a semicolon")
  func lastValues() throws {
    try check(
      ("6 * 7", ["42"]), ("_", ["42"]), ("5;", []), ("_, _1", ["5, 42"]),
      ("1, nil, 'x'", ["1, nil, \"x\""]),
      ("_, _1", ["\"x\", 1"]), ("return 8 ; -- quiet", []), ("_", ["8"]),
      ("_ = 'mine'", []), ("9", ["9"]), ("_", ["\"mine\""]), ("_ = nil", []), ("0/0", ["0/0"]),
      ("3", ["3"]), ("_", ["3"]))
  }

  @Test("local variables live on, as in one block")
  func locals() throws {
    try check(
      ("local x, y = 1", []), ("x, y, _G.x", ["1, nil, nil"]),
      ("local function next_x() x = x + 1 return x end", []), ("next_x(), x", ["2, 2"]),
      ("x = 10; y = next_x()", []), ("x, y", ["11, 11"]), ("local x = 'new'", []),
      ("x, next_x()", ["\"new\", 12"]), ("do local inner = 1 end", []), ("inner", ["nil"]),
      ("local three <const>, t <const> = 3, {}", []), ("three, t", ["3, {}"]),
      ("three = 4", ["stdin:1: attempt to assign to const variable 'three'"]),
      ("local z = 1 local w = z + 1 return w", ["2"]), ("z, w", ["1, 2"]),
      (
        "local ran = 1 error 'late'",
        [
          "stdin:1: late", "stack traceback:", "\t[C]: in function 'error'",
          "\tstdin:1: in main chunk", "\t[C]: in ?",
        ].map { $0.replacing("\t", with: "        ") }
      ),
      ("ran", ["1"]), ("goto done; local gone = 1 ::done::", []),
      ("gone", ["nil"]), ("local _ENV = {x = 5, w = 6}", []), ("w, print", ["2, nil"]))
  }

  @Test("local variables to be closed are closed when the prompt ends, the last one first")
  func closing() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [
      ("local m = {__close = function(t) print('closed ' .. t[1]) end}", []),
      ("local a <close>, none = setmetatable({'a'}, m)", []),
      ("local b <close> = setmetatable({'b'}, m)", []), ("a[1], b[1]", ["\"a\", \"b\""]),
      (
        "local wrong <close> = 5",
        [
          "stdin:1: variable 'wrong' got a non-closable value", "stack traceback:",
          "        stdin:1: in main chunk", "        [C]: in ?",
        ]
      ),
      ("wrong", ["nil"]),
    ])
    session.type("\u{4}")
    #expect(session.finish().isClean)
    #expect(session.screen.text.contains("closed b\nclosed a"))
  }

  @Test("keeps the last error with its traceback, and knows near names")
  func lastError() throws {
    try check(
      (
        "error({code = 3})",
        [
          "(error object is a table value)", "stack traceback:", "        [C]: in function 'error'",
          "        stdin:1: in main chunk", "        [C]: in ?",
        ]
      ),
      ("_err.value.code, _err:is(mp.RuntimeError)", ["3, true"]),
      (
        "print(_err.traceback)",
        [
          "stack traceback:", "        [C]: in function 'error'", "        stdin:1: in main chunk",
          "        [C]: in ?",
        ]
      ),
      (
        "mp.Queue():get_nowait() -- empty",
        [
          "stdin:1: Empty: the queue is empty", "stack traceback:",
          "        [C]: in method 'get_nowait'",
          "        stdin:1: in main chunk", "        [C]: in ?",
        ]
      ),
      ("_err:is(mp.Empty)", ["true"]),
      (
        "prnt(1)",
        [
          "stdin:1: attempt to call a nil value (global 'prnt')", "stack traceback:",
          "        stdin:1: in main chunk", "        [C]: in ?", "did you mean 'print'?",
        ]
      ),
      (
        "Queue()",
        [
          "stdin:1: attempt to call a nil value (global 'Queue')", "stack traceback:",
          "        stdin:1: in main chunk", "        [C]: in ?", "did you mean 'mp.Queue'?",
        ]
      ),
      (
        "mp.Queu()",
        [
          "stdin:1: attempt to call a nil value (field 'Queu')", "stack traceback:",
          "        stdin:1: in main chunk", "        [C]: in ?", "did you mean 'Queue'?",
        ]
      ),
      (
        "mp.Process{target = print}:strat()",
        [
          "stdin:1: attempt to call a nil value (method 'strat')", "stack traceback:",
          "        stdin:1: in main chunk", "        [C]: in ?", "did you mean 'start'?",
        ]
      ),
      (
        "(\"x\"):uper()",
        [
          "stdin:1: attempt to call a nil value (method 'uper')", "stack traceback:",
          "        stdin:1: in main chunk", "        [C]: in ?", "did you mean 'upper'?",
        ]
      ))
  }

  @Test("functions with locals of the prompt run in processes of every kind, in older pools too")
  func processes() throws {
    let start: (String, Int) -> PromptStep = { method, number in
      (
        "p = mp.get_context '\(method)'.Process{target = work, args = {\(number)}} p:start() p:join()",
        []
      )
    }
    let session = try TerminalSession.prompt()
    session.go(through: [
      ("local q = mp.Queue()", []), ("local n = 5", []),
      ("local pool <close> = mp.Pool(2)", []), ("pool:map(math.abs, {-1})", ["{1}"]),
      ("local function work(k) q:put(n * k) end", []),
      ("local function times(k) return n * k end", []),
      ("pool:map(times, {1, 2, 3})", ["{5, 10, 15}"]),
      ("n = 7", []), ("pool:map(times, {1, 2, 3})", ["{7, 14, 21}"]),
    ])
    for (number, method) in ["fork", "spawn", "forkserver"].enumerated() {
      session.go(through: [start(method, number + 1), ("q:get()", ["\(7 * (number + 1))"])])
    }
    session.leave()
  }

  @Test("is Lua's own prompt when the user wants that")
  func basic() throws {
    let session = try TerminalSession.prompt(environment: ["MPLUA_BASIC_REPL": "1"])
    session.go(through: [
      ("mp", ["nil"]), ("'a', 1.0", ["a       1.0"]), ("_", ["nil"]), ("local x = 1", []),
      ("x", ["nil"]),
      (":help", ["stdin:1: unexpected symbol near ':'"]),
    ])
    session.leave()
  }
}
