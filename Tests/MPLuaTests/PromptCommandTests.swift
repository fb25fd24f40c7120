// The commands of the prompt on a terminal, and what it says of names.

import Glibc
import TestSupport
import Testing

@Suite("Prompt's commands", .timeLimit(.minutes(15)))
struct PromptCommandTests {
  private static let list =
    "the commands are :help :ps :queues :time :load :reset :log :q"

  @Test("knows its commands, and says so of others")
  func unknown() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [
      (":hlp", ["there is no command :hlp; did you mean :help?", Self.list]),
      (":nothing", ["there is no command :nothing", Self.list]),
      (":ps now", [":ps takes nothing after its name"]),
      ("::label:: 5", ["stdin:1: unexpected symbol near '5'"]),
    ])
    session.type(":help\r")
    #expect(session.wait { $0.text.contains("the last error: _err.traceback\n>") })
    session.type(":q\r")
    #expect(session.finish().isClean)
  }

  @Test("shows processes and queues with who waits")
  func inspects() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [
      ("q, full = mp.Queue(), mp.Queue(2)", []), ("full:put(1) full:put(2)", []),
      ("f = function(q) q:get() end", []),
      ("p = mp.Process{target = f, args = {q}, name = 'taker', daemon = true}", []),
      ("p:start()", []),
    ])
    // The child has begun to wait once the table says so.
    var isShown = false
    for _ in 0..<200 where !isShown {
      let before = session.screen.row
      session.type(":ps\r")
      #expect(session.wait { $0.lines.last == ">" && ($0.row != before || $0.row > 30) })
      isShown = session.screen.text.contains(/taker +get\(\) of the Queue made at stdin:1/)
    }
    #expect(isShown, "\(session.screen.text)")
    session.type(":queues\r")
    #expect(
      session.wait { screen in
        screen.text.contains("    0      -  Queue made at stdin:1  get() of taker (pid ")
          && screen.text.contains("    2      2  Queue made at stdin:1\n")
      })
    session.leave()
  }

  @Test("says how long an evaluation took")
  func times() throws {
    let session = try TerminalSession.prompt()
    session.type(":time 6 * 7\r")
    #expect(
      session.wait { screen in
        screen.text.contains(/> :time 6 \* 7\n42\n\d\.\d{3} s, processor \d\.\d{3} s\n>$/)
      })
    session.go(through: [
      (":time", ["write :time and an expression or a statement"]),
      (":time (", ["stdin:1: unexpected symbol near <eof>"]), ("_", ["42"]),
    ])
    session.leave()
  }

  @Test("runs a file, whose local variables are its own")
  func loads() throws {
    let session = try TerminalSession.prompt()
    let file = "\(Repository.root)/.build/prompt-evaluation/loaded.lua"
    let text = "local inner = 1\nouter = inner + 1\nprint 'loaded'\nreturn {outer}\n"
    #expect(write(text, to: file))
    session.go(through: [
      (":load \(file)", ["loaded", "{2}"]), ("outer, inner", ["2, nil"]),
      (":load no.lua", ["cannot open no.lua: No such file or directory"]),
    ])
    session.leave()
  }

  @Test("sets from which level on is logged")
  func logs() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [
      (":log", ["logged from level WARNING on"]),
      (":log some", ["there is no level 'some': debug, info, warning, error, critical, off"]),
      (":log info", []), ("mp.get_logger():info 'said'", ["[INFO/MainProcess] said"]),
      (":log off", []), ("mp.get_logger():error 'unsaid'", []),
    ])
    session.leave()
  }

  @Test("starts afresh after it has ended the children")
  func resets() throws {
    let session = try TerminalSession.prompt()
    session.go(through: [
      ("x = 5; local t <close> = setmetatable({}, {__close = function() print 'closed' end})", []),
      ("p = mp.Process{target = mp.sleep, args = {1000}, name = 'sleeper'} p:start()", []),
    ])
    session.type(":reset\r")
    #expect(session.wait { $0.text.contains("ending sleeper (pid ") })
    #expect(session.wait { $0.text.contains("closed\nmplua ") && $0.lines.last == ">" })
    session.go(through: [("x, t", ["nil, nil"]), ("mp.active_children()", ["{}"])])
    session.leave()
  }

  @Test("explains names and shows how functions were written")
  func explains() throws {
    let session = try TerminalSession.prompt()
    // The ends of the pages: their beginnings may have left the screen.
    for (entry, end) in [
      ("?mp.Queue.put", "for v in q:iter() do print(v) end --> b"),
      ("help(mp.Lock)", "local held <close> = lock:guard()"),
    ] {
      session.type(entry + "\r")
      #expect(session.wait { $0.text.contains(end) && $0.lines.last == ">" })
    }
    session.go(through: [
      ("?nothing", ["nil: there is nothing of that name"]),
      ("?{1, 2, x = 3}", ["a table with a list of 2", "{1, 2, x = 3}"]),
      ("f = function(x) return x + 1 end -- one", []),
      ("local function g(x) return x + 2 end", []),
      ("a, b = function() end, function() end", []), ("??f", ["function(x) return x + 1 end"]),
      ("??g", ["local function g(x) return x + 2 end"]),
      ("??a", ["a, b = function() end, function() end"]),
      ("??print", ["print cannot be shown: it is not written in Lua"]),
      ("??5", ["?? shows functions, not a number"]),
    ])
    session.leave()
  }

  @Test("completes local variables and what they hold")
  func completes() throws {
    let session = try TerminalSession.prompt(environment: ["NO_COLOR": nil])
    session.go(through: [("local kept_queue = mp.Queue()", [])])
    session.type("kept_\t")
    #expect(session.wait(forLast: "> kept_queue"), "\(session.screen.text)")
    session.type(":put_m\t")
    #expect(session.wait(forLast: "> kept_queue:put_many"), "\(session.screen.text)")
    session.type("({5})\r")
    #expect(session.wait(forLast: "> kept_queue:put_many({5})", ">"))
    session.go(through: [
      ("#kept_queue, kept_queue", ["1, <Queue made at stdin:1, 1 item>"])
    ])
    session.leave()
  }

  private func write(_ text: String, to file: String) -> Bool {
    guard let stream = unsafe fopen(file, "w") else { return false }
    defer { unsafe fclose(stream) }
    return unsafe fputs(text, stream) >= 0
  }
}
