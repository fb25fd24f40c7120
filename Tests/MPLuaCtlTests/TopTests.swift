// `mpluactl top`: what it adds to ps, and how it ends.

import Glibc
import TestSupport
import Testing

@Suite("mpluactl top", .timeLimit(.minutes(15)))
struct TopTests {
  /// The lines of an output, each with one space between its words.
  private func lines(_ outcome: Outcome) -> [String] {
    outcome.output.split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
  }

  @Test("the depth of queues, and who waits at them")
  func depth() throws {
    let code = """
      local some = mp.Queue(5)
      local full = mp.Queue(1)
      local empty = mp.Queue()
      for i = 1, 3 do some:put(i) end
      full:put(1)
      for _ = 1, 2 do mp.Process{target = function() empty:get() end, daemon = true}:start() end
      mp.Process{target = function() full:put(2) end, daemon = true}:start()
      local pool = mp.Pool(2)
      pool:map(print, {}, 1)
      mp.sleep(1000)
      """
    let looked = try Looked(code)
    let wanted = [
      "DEPTH LIMIT PUTS/S GETS/S PUTTERS GETTERS QUEUE",
      "3 5 0 0 0 0 Queue made at (command line):2",
      "1 1 0 0 1 0 Queue made at (command line):3",
      "0 - 0 0 0 2 Queue made at (command line):4",
      "0 - 0 0 0 2 tasks of the Pool made at (command line):9",
      "0 - 0 0 0 0 results of the Pool made at (command line):9",
    ]
    let outcome = try looked.look("top", "--count", "2", "--interval", "0.1") { outcome in
      Set(lines(outcome)).isSuperset(of: wanted)
    }
    #expect(Set(lines(outcome)).isSuperset(of: wanted), "\(outcome)")
    #expect(outcome.ending == .exited(0) && outcome.errors.isEmpty, "\(outcome)")
    let frames = lines(outcome).filter { $0 == "programs: 1, processes: 6, running: 0" }
    #expect(frames.count == 2, "\(outcome)")
    // No terminal: nothing that moves a cursor.
    #expect(!outcome.output.contains("\u{1B}"), "\(outcome)")
  }

  @Test("messages each second, and how much of a processor each process has")
  func throughput() throws {
    let code = """
      local q = mp.Queue(100)
      mp.Process{name = "busy", target = function() while true do q:put(1) end end, daemon = true}:start()
      while true do q:get() end
      """
    let looked = try Looked(code)
    func rates(_ outcome: Outcome) -> [Int] {
      let line = lines(outcome).last { $0.hasSuffix("Queue made at (command line):2") } ?? ""
      return line.split(separator: " ").prefix(4).suffix(2).compactMap { Int($0) }
    }
    func load(_ outcome: Outcome) -> Int {
      let words = lines(outcome).last { $0.contains(" busy") }?.split(separator: " ") ?? []
      return words.firstIndex(of: "%").flatMap { Int(words[$0 - 1]) } ?? 0
    }
    let outcome = try looked.look("top", "--count", "2", "--interval", "0.5") {
      rates($0).allSatisfy { $0 > 0 } && rates($0).count == 2 && load($0) > 0
    }
    #expect(rates(outcome).count == 2 && rates(outcome).allSatisfy { $0 > 0 }, "\(outcome)")
    #expect(load(outcome) > 0, "\(outcome)")
  }

  @Test("on a terminal each look takes the place of the one before; Ctrl-C ends it")
  func terminal() throws {
    let looked = try Looked("mp.sleep(1000)")
    let top = try RunningProgram(
      .mpluactl, ["top", "--interval", "0.1", "\(looked.pid)"], environment: ["TERM": "xterm"],
      on: .terminal)
    #expect(top.wait(for: "\u{1B}[2J\u{1B}[Hprograms: 1, processes: 1, running: 0\u{1B}[K\n"))
    #expect(top.wait(for: "mp.sleep()\u{1B}[K\n\u{1B}[J"))
    #expect(top.wait(for: "\u{1B}[Hprograms: 1, "))
    top.send("\u{3}")
    #expect(top.finish().ending == .signalled(SIGINT))
  }

  @Test("it ends with the program that it was asked about")
  func end() throws {
    let program = try RunningProgram(
      .mplua,
      ["-e", "local mp = require 'multiprocessing' print(mp.getpid()) io.flush() io.read()"])
    #expect(program.wait(for: "\n"))
    let pid = try #require(Int32(program.output.dropLast()))
    let top = try RunningProgram(.mpluactl, ["top", "-i", "0.1", "\(pid)"])
    #expect(top.wait(for: "MainProcess"))
    #expect(program.finish().isClean)
    #expect(top.wait(for: "\n\nThe program has ended.\n"))
    #expect(top.finish().isClean)
    let late = try run(.mpluactl, ["top", "\(pid)"])
    #expect(late.errors == "Error: there is no process \(pid)\n")
    #expect(late.ending == .exited(1))
  }

  @Test("numbers that make no sense are errors of use")
  func usage() throws {
    for (arguments, message) in [
      (["--count", "0"], "Error: --count must be at least 1, got 0\n"),
      (["--interval", "0"], "Error: --interval must be 0.05 to 86400 seconds, got 0.0\n"),
    ] {
      let outcome = try run(.mpluactl, ["top"] + arguments)
      #expect(outcome.errors.hasPrefix(message), "\(outcome)")
      #expect(outcome.ending == .exited(64), "\(outcome)")
    }
  }
}
