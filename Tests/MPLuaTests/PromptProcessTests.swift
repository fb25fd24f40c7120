// The prompt on a terminal while other processes print, end and are killed.

import Glibc
import TestSupport
import Testing

@Suite("Prompt with processes", .timeLimit(.minutes(15)))
struct PromptProcessTests: PromptUser {
  /// A file that children wait for: the test makes it when the screen is as it wants it.
  private struct Signal {
    let path: String

    init(_ name: String) {
      path = "\(Repository.root)/.build/prompt-signal-\(name)"
      _ = unsafe unlink(path)
    }

    func give() { close(unsafe Glibc.open(path, O_CREAT | O_WRONLY, 0o600)) }

    var wait: String { "while not io.open('\(path)') do mp.sleep(0.01) end" }
  }

  /// Starts a child that runs Lua code once the signal is given.
  private func start(_ code: String, after signal: Signal, in session: TerminalSession) {
    session.type("p = mp.Process{target = function() \(signal.wait) \(code) end} p:start()\r")
    let isStarted = session.wait { $0.text.contains("p:start()") && $0.lines.last == ">" }
    #expect(isStarted, "\(session.screen.text)")
  }

  static let texts = [
    ("print 'one' print 'two'", ["one", "two"]),
    ("io.write 'part' io.flush()", ["part"]),
    ("mp.get_logger():error 'logged'", ["logged"]),
    ("error('wrong', 0)", ["wrong"]),
    ("io.stderr:write 'said\\n'", ["said"]),
  ]

  @Test("what a child prints comes above the line, which is drawn again", arguments: texts)
  func printsAbove(code: String, printed: [String]) throws {
    let name = "above-\(printed[0])"
    let signal = Signal(name)
    let session = try open(name)
    start(code, after: signal, in: session)
    // The cursor is inside of the line.
    session.type("xy = 13\u{1b}[D")
    #expect(session.wait { $0.textBeforeCursor == "> xy = 1" })
    signal.give()
    let isAbove = session.wait { screen in
      screen.textBeforeCursor == "> xy = 1" && screen.lines.last == "> xy = 13"
        && screen.lines.dropLast().suffix(12).contains { $0.hasSuffix(printed[0]) }
    }
    #expect(isAbove, "\(session.screen.text)")
    #expect(session.screen.lines.count { $0 == "> xy = 13" } == 1, "\(session.screen.text)")
    if printed.count > 1 {
      #expect(session.wait { $0.lines.suffix(3) == printed + ["> xy = 13"] })
    }
    session.type("2\r xy\r")
    #expect(session.wait(forLast: "123", ">"), "\(session.screen.text)")
    leave(session)
  }

  @Test("an entry of several rows is moved down as a whole")
  func movesBlocks() throws {
    let signal = Signal("blocks")
    let session = try open("moves-blocks")
    start("print 'above'", after: signal, in: session)
    let long = String(repeating: "a", count: 150)
    session.type("do\rlocal b = '\(long)'\rend")
    // The cursor is in the first of the five rows.
    session.type("\u{1b}[A\u{1b}[A")
    #expect(session.wait { $0.lines.last == "end" && $0.textBeforeCursor.hasPrefix("> d") })
    let entry = Array(session.screen.lines.suffix(4))
    signal.give()
    #expect(session.wait { $0.lines.suffix(5) == ["above"] + entry }, "\(session.screen.text)")
    #expect(session.screen.lines.count { $0 == "> do" } == 1)
    session.type("\u{3}")
    #expect(session.wait { $0.lines.last == ">" })
    leave(session)
  }

  @Test("a storm of lines and what is typed in it stay whole")
  func survivesStorms() throws {
    let signal = Signal("storm")
    let session = try open("storm")
    start(
      "for i = 1, 2000 do if i % 100 == 0 then mp.sleep(0.01) end print('line ' .. i) end",
      after: signal, in: session)
    signal.give()
    let keys = "total = 1 + 2 + 3 + 4 + 5 + 6"
    for key in keys {
      session.type(String(key))
      _ = session.wait { $0.text.contains("line ") }
    }
    #expect(session.wait(forLast: "line 1999", "line 2000", "> \(keys)"), "\(session.screen.text)")
    let expected = (1963...2000).map { "line \($0)" }
    #expect(session.screen.lines.dropLast().suffix(38) == expected[...], "\(session.screen.text)")
    session.type("\rtotal\r")
    #expect(session.wait(forLast: "> total", "21", ">"))
    leave(session)
  }

  @Test("callbacks run while the prompt waits, print above the line and can be interrupted")
  func runsCallbacks() throws {
    let signal = Signal("callbacks")
    let session = try open("callbacks")
    session.type("pool = mp.Pool(1)\r")
    #expect(session.wait(forLast: "> pool = mp.Pool(1)", ">"))
    session.type(
      "pool:apply_async(function() \(signal.wait) return 6 end, {}, {callback = function(v) print('got', v) while v do end end});\r"
    )
    #expect(session.wait { $0.text.contains("end});") && $0.lines.last == ">" })
    session.type("half")
    #expect(session.wait(forLast: "> half"))
    signal.give()
    #expect(session.wait { $0.text.contains("got     6") }, "\(session.screen.text)")
    // The callback does not end by itself.
    session.type("\u{3}")
    #expect(session.wait { $0.textBeforeCursor.hasPrefix(">") }, "\(session.screen.text)")
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    session.type("6*7\r")
    #expect(session.wait(forLast: "> 6*7", "42", ">"), "\(session.screen.text)")
    leave(session)
  }

  @Test("a callback that ends the program leaves the terminal sane")
  func endsInCallback() throws {
    let session = try open("ends")
    session.type("pool = mp.Pool(1)\r")
    session.type("pool:apply_async(print, {'x'}, {callback = function() os.exit(3) end});\r")
    #expect(session.finish().ending == .exited(3))
    #expect(session.settings?.isSane == true)
  }

  @Test("children that end or are killed are reaped, and the terminal and the history stay whole")
  func reapsChildren() throws {
    let directory = state("reaps")
    let session = try open("", directory)
    session.type("a = mp.Process{target = print, args = {'ends'}} a:start()\r")
    #expect(session.wait { $0.lines.contains("ends") && $0.lines.last == ">" })
    session.type("b = mp.Process{target = mp.sleep, args = {1000}}\r")
    session.type("b:start() print('pid=' .. b.pid .. '.')\r")
    #expect(session.wait { $0.lines.suffix(2).first?.hasPrefix("pid=") == true })
    let line = try #require(session.screen.lines.last { $0.hasPrefix("pid=") })
    let pid = try #require(Int32(line.dropFirst(4).dropLast()))
    session.type("half")
    #expect(session.wait(forLast: "> half"))
    #expect(kill(pid, SIGKILL) == 0)
    // A zombie could still be signalled.
    #expect(session.wait { _ in kill(pid, 0) != 0 || usleep(1000) != 0 })
    session.type("\u{3}")
    #expect(session.wait(forLast: "> half^C", ">"))
    session.type("b.exitcode\r")
    #expect(session.wait(forLast: "> b.exitcode", "-9", ">"), "\(session.screen.text)")
    leave(session)
    let history = try #require(Repository.text(of: ".build/prompt-reaps/mplua/history"))
    #expect(history.split(separator: "\n").map(\.first) == ["a", "b", "b", "b"])
  }

  @Test(
    "a program that is killed while a child prints takes it along", arguments: [SIGTERM, SIGKILL])
  func diesWhilePrinting(signal: Int32) throws {
    let session = try open("dies-\(signal)")
    session.type(
      "p = mp.Process{target = function() while true do print 'x' mp.sleep(0.001) end end, daemon = true} p:start()\r"
    )
    #expect(session.wait { $0.lines.contains("x") })
    session.type("half")
    #expect(session.wait { $0.lines.last == "> half" })
    session.signal(signal)
    #expect(session.finish().ending == .signalled(signal))
    if signal == SIGTERM { #expect(session.settings?.isSane == true) }
  }

  @Test(
    "Ctrl-D and :q name the children that run; a second time terminates them",
    arguments: ["\u{4}", ":q\r"])
  func asksBeforeLeaving(keys: String) throws {
    let session = try open("asks-\(keys.utf8.count)")
    session.type("d = mp.Process{target = mp.sleep, args = {1000}, daemon = true} d:start()\r")
    session.type("p = mp.Process{target = mp.sleep, args = {1000}, name = 'busy'} p:start()\r")
    session.type("p.pid\r")
    #expect(session.wait { $0.lines.suffix(3).first == "> p.pid" && $0.lines.last == ">" })
    let pid = session.screen.lines.suffix(2).first ?? ""
    let question = "still running: busy (pid \(pid)); Ctrl-D again terminates what runs and leaves"
    session.type(keys)
    #expect(session.wait(forLast: question, ">"), "\(session.screen.text)")
    // What is typed in between takes it back.
    session.type("6*7\r")
    #expect(session.wait(forLast: "> 6*7", "42", ">"))
    session.type(keys)
    #expect(session.wait(forLast: question, ">"))
    session.type("\u{4}")
    #expect(session.finish().isClean)
    #expect(session.settings?.isSane == true)
  }

  @Test("a child that is stopped does not keep the prompt")
  func killsStoppedChildren() throws {
    let session = try open("stopped")
    session.type("p = mp.Process{target = mp.sleep, args = {1000}} p:start()\r")
    session.type("os.execute('kill -STOP ' .. p.pid);\r")
    #expect(session.wait { $0.text.contains("> os.execute") && $0.lines.last == ">" })
    session.type("\u{4}")
    #expect(session.wait { $0.text.contains("still running: Process-1 (pid ") })
    session.type("\u{4}")
    #expect(session.finish().isClean)
  }

  @Test("shows results in colours where the terminal has them, and the user does not mind")
  func colours() throws {
    let session = try open("with-colours", environment: ["TERM": "xterm"])
    session.type("{1, 'x', true}\r")
    #expect(session.wait(forLast: "> {1, 'x', true}", "{1, \"x\", true}", ">"))
    #expect(session.screen.colours == [32, 35, 36])
    leave(session)
  }

  @Test("mpluactl stack is answered at the prompt, and what is typed stays as it is")
  func answersStack() throws {
    let session = try open("stack")
    func stack(with text: String) throws -> String {
      let deadline = ContinuousClock.now + .seconds(30)
      while true {
        let outcome = try run(.mpluactl, ["stack", "\(session.pid)"])
        if outcome.output.contains(text) || deadline < .now { return outcome.output }
      }
    }
    session.type("6*")
    #expect(session.wait(forLast: "> 6*"))
    // Nobody else runs: it sleeps until a key comes.
    for _ in 0..<3 {
      let idle = try stack(with: "prompt")
      #expect(idle.contains("MainProcess (pid \(session.pid)) is at its prompt\n"), "\(idle)")
    }
    session.type("7\r")
    #expect(session.wait(forLast: "> 6*7", "42", ">"), "\(session.screen.text)")
    session.type("while true do end\r")
    let busy = try stack(with: "stdin:1: in ")
    #expect(busy.contains(") runs\nstack traceback:\n\tstdin:1: in "), "\(busy)")
    session.type("\u{3}")
    #expect(session.wait { $0.text.contains("KeyboardInterrupt") && $0.lines.last == ">" })
    leave(session)
  }

  @Test("edits without colours too")
  func editsWithoutColours() throws {
    let session = try open("colours", environment: ["NO_COLOR": "1"])
    session.type("6*8\u{7f}7\r")
    #expect(session.wait(forLast: "> 6*7", "42", ">"), "\(session.screen.text)")
    #expect(session.screen.colours == [])
    session.type("\u{1b}[A")
    #expect(session.wait(forLast: "> 6*7"))
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    leave(session)
  }
}
