// The prompt on a terminal: keys, and what the screen shows.

import Foundation
import TestSupport
import Testing

@Suite("Prompt on a terminal", .timeLimit(.minutes(15)))
struct PromptTests: PromptUser {
  @Test("edits an entry of several lines as one, also when it is recalled")
  func editsBlocks() throws {
    let session = try open("blocks")
    session.type("for i = 1, 2 do\r")
    #expect(session.wait { $0.row == 2 })
    session.type("print(i)\rend\r")
    #expect(session.wait(forLast: "1", "2", ">"))
    // Up to the entry, up to its second line, whose number is doubled.
    session.type("\u{1b}[A\u{1b}[A\u{5}\u{2}*2\r")
    #expect(session.wait(forLast: "2", "4", ">"), "\(session.screen.text)")
    leave(session)
  }

  @Test("drops what is typed at Ctrl-C, a block too")
  func drops() throws {
    let session = try open("drops")
    session.type("x = = 1")
    #expect(session.wait(forLast: "> x = = 1"))
    session.type("\u{3}")
    #expect(session.wait(forLast: "> x = = 1^C", ">"))
    session.type("if true then\r")
    #expect(session.wait { $0.lines.last == "> if true then" && $0.column == 0 })
    session.type("\u{3}")
    #expect(session.wait(forLast: "^C", ">"))
    session.type("6*7\r")
    #expect(session.wait(forLast: "> 6*7", "42", ">"))
    leave(session)
  }

  @Test("Ctrl-C ends what runs and keeps what was defined")
  func interruptsRunning() throws {
    let session = try open("running")
    session.type("kept = 5 print 'runs' while true do end\r")
    #expect(session.wait { $0.lines.contains("runs") })
    session.type("\u{3}")
    #expect(session.wait { $0.text.contains("KeyboardInterrupt") && $0.lines.last == ">" })
    session.type("kept\r")
    #expect(session.wait(forLast: "> kept", "5", ">"))
    leave(session)
  }

  static let completions = [
    ("pri\t", "> print"), ("string.rev\t", "> string.reverse"), ("whi\t", "> while"),
    ("require 'multip\t", "> require 'multiprocessing"),
    ("dofile 'queu\t", "> dofile 'queues.lua"),
  ]

  @Test("completes names, fields, modules and files", arguments: completions)
  func completes(keys: String, line: String) throws {
    let session = try open("completes-\(keys.utf8.reduce(0) { $0 &* 31 &+ Int($1) })")
    session.type(keys)
    #expect(session.wait(forLast: line), "\(session.screen.text)")
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    leave(session)
  }

  @Test("completes methods of our objects, and runs no function for it")
  func completesRaw() throws {
    let session = try open("raw")
    session.type("t = setmetatable({}, {__index = function() print 'ran' end})\r")
    session.type("q = require 'multiprocessing'.Queue()\r")
    #expect(session.wait { $0.row == 3 && $0.lines.last == ">" })
    session.type("q:put_m\t")
    #expect(session.wait(forLast: "> q:put_many"), "\(session.screen.text)")
    session.type("\u{3}t.field.x\t")
    #expect(session.wait(forLast: "> t.field.x"))
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    #expect(!session.screen.lines.contains("ran"))
    leave(session)
  }

  @Test("takes a pasted block as one entry, which runs at Enter")
  func pastes() throws {
    let session = try open("pastes")
    #expect(session.screen.marksPastes)
    session.type("\u{1b}[200~print 'first'\nprint 'second'\n\u{1b}[201~")
    #expect(session.wait { $0.lines.last == "print 'second'" })
    #expect(!session.screen.lines.contains("first"))
    session.type("\r")
    #expect(session.wait { $0.lines.suffix(3) == ["first", "second", ">"] })
    leave(session)
  }

  @Test("finds earlier entries by Ctrl-R, those of earlier sessions and blocks too")
  func searches() throws {
    let directory = state("searches")
    let first = try open("", directory)
    first.type("do\r print 'found'\rend\r")
    #expect(first.wait(forLast: "found", ">"))
    leave(first)
    let second = try open("", directory)
    second.type("\u{12}foun")
    #expect(second.wait { $0.text.contains("reverse-i-search") && $0.text.contains("'found'") })
    second.type("\r")
    #expect(second.wait(forLast: "found", ">"))
    leave(second)
  }

  @Test(
    "a signal that ends the program leaves the terminal sane and the history whole",
    arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT])
  func restores(signal: Int32) throws {
    let directory = state("restores-\(signal)")
    let session = try open("", directory)
    session.type("'kept'\r")
    #expect(session.wait(forLast: "> 'kept'", "\"kept\"", ">"))
    #expect(session.wait(untilCanonical: false))
    session.signal(signal)
    #expect(session.finish().ending == .signalled(signal))
    #expect(session.settings?.isSane == true)
    let next = try open("", directory)
    next.type("\u{1b}[A")
    #expect(next.wait(forLast: "> 'kept'"))
    next.type("\u{3}")
    #expect(next.wait(forLast: ">"))
    leave(next)
  }

  @Test("a killed program leaves the history whole, and a damaged file does not matter")
  func survives() throws {
    let directory = state("survives")
    let session = try open("", directory)
    session.type("'a'\r")
    #expect(session.wait(forLast: "\"a\"", ">"))
    session.signal(SIGKILL)
    #expect(session.finish().ending == .signalled(SIGKILL))
    let history = "\(directory)/mplua/history"
    #expect(try run(Program("sh"), ["-c", "printf '\\001\\177 cut off' >>\(history)"]).isClean)
    let next = try open("", directory)
    next.type("'b'\r")
    #expect(next.wait(forLast: "\"b\"", ">"))
    next.type("\u{1b}[A\u{1b}[A")
    #expect(next.wait { $0.lines.last == "> 'a'" }, "\(next.screen.text)")
    next.type("\u{3}")
    #expect(next.wait(forLast: ">"))
    leave(next)
    #expect(
      Repository.text(of: ".build/prompt-survives/mplua/history")
        == "'a'\n\u{1}\u{7f} cut off\n'b'\n")
  }

  @Test("shares the history between terminals; a leading space and a repetition are not kept")
  func shares() throws {
    let directory = state("shares")
    let first = try open("", directory)
    let second = try open("", directory)
    second.type("'s2'\r")
    #expect(second.wait(forLast: "> 's2'", "\"s2\"", ">"))
    second.type("'s2'\r 'hidden'\r")
    #expect(second.wait(forLast: "\"hidden\"", ">"))
    first.type("'s1'\r")
    #expect(first.wait(forLast: "> 's1'", "\"s1\"", ">"))
    first.type("\u{1b}[A\u{1b}[A")
    #expect(first.wait(forLast: "> 's2'"))
    first.type("\u{3}")
    #expect(first.wait(forLast: ">"))
    leave(first)
    leave(second)
    #expect(Repository.text(of: ".build/prompt-shares/mplua/history") == "'s2'\n's1'\n")
  }

  @Test("shortens a long history to its last entries, and knows them")
  func shortens() throws {
    let directory = state("shortens")
    let file = "\(directory)/mplua/history"
    leave(try open("", directory))
    let old = (1...120_000).map { "x = \($0)" }
    try (old.joined(separator: "\n") + "\n").write(toFile: file, atomically: false, encoding: .utf8)
    let session = try open("", directory)
    session.type("y = 1\r")
    #expect(session.wait(forLast: "> y = 1", ">"))
    session.type("y = 2\r")
    #expect(session.wait(forLast: "> y = 2", ">"))
    session.type("\u{1b}[A\u{1b}[A\u{1b}[A")
    #expect(session.wait(forLast: "> x = 120000"))
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    leave(session)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let kept = text.split(separator: "\n").map(String.init)
    #expect(kept.suffix(2) == ["y = 1", "y = 2"] && kept.count < 100_000)
    #expect(kept.dropLast(2).elementsEqual(old.suffix(kept.count - 2)))
  }

  @Test("stops at Ctrl-Z with a sane terminal, and goes on with what was typed")
  func stops() throws {
    let session = try TerminalSession(
      Program("bash"), ["--norc", "--noediting", "-i"],
      environment: ["XDG_STATE_HOME": state("stops"), "NO_COLOR": nil, "PS1": "shell$ "])
    #expect(session.wait(forLast: "shell$"))
    session.type("'\(Program.mplua.path)'\n")
    #expect(session.wait(forLast: ">"))
    session.type("6*7")
    #expect(session.wait(forLast: "> 6*7"))
    session.type("\u{1a}")
    #expect(session.wait(forLast: "shell$"), "\(session.screen.text)")
    #expect(session.settings?.isSane == true)
    session.type("fg\n")
    #expect(session.wait(forLast: "> 6*7"), "\(session.screen.text)")
    session.type("\r")
    #expect(session.wait(forLast: "42", ">"))
    session.type("\u{4}")
    #expect(session.wait(forLast: "shell$"))
    session.type("exit\n")
    #expect(session.finish().isClean)
  }

  @Test("is redrawn for a new size")
  func resizes() throws {
    let session = try open("resizes")
    session.type("x = 12345678901234567890")
    #expect(session.wait(forLast: "> x = 12345678901234567890"))
    session.resize(columns: 60, rows: 20)
    session.type("1")
    #expect(session.wait(forLast: "> x = 123456789012345678901"))
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    leave(session)
  }
}
