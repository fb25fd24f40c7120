// What Ctrl-C, Ctrl-Z and Ctrl-\ do to a pool: Python prints a traceback for each worker at a Ctrl-C.

import Glibc
import TestSupport
import Testing

@Suite("Signals and pools", .timeLimit(.minutes(15)))
struct PoolSignalTests {
  /// What the workers do when it comes: nothing, a loop, a wait, a foreign one.
  static let tasks = [
    "", "while true do end", "require 'multiprocessing'.sleep(1000)",
    "local pool <close> = require 'multiprocessing'.Pool(1) pool:map(function() while true do end end, {1})",
  ]

  @Test("Ctrl-C prints one line, and no worker is left", arguments: tasks)
  func interrupts(task: String) throws {
    let code = """
      local mp = require "multiprocessing"
      local started, never = mp.Queue(), mp.Queue()
      local pool = mp.Pool(3)
      local result = pool:map_async(function()
        started:put(true)
        \(task)
      end, mp.range(3), 1)
      for _ = 1, 3 do started:get() end
      print "ready"
      io.flush()
      \(task.isEmpty ? "mp.sleep(1000)" : "result:get()")
      """
    let program = try RunningProgram(.mplua, ["-e", code], on: .terminal)
    #expect(program.wait(for: "ready\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
    let lines = outcome.output.split(separator: "\n").filter { !$0.contains("ready") }
    #expect(lines.count == 1 && lines.first?.hasSuffix("KeyboardInterrupt") == true, "\(outcome)")
  }

  /// What the script is in when it catches the Ctrl-C, and what it gets of the pool afterwards.
  static let waits = [
    // Nobody wants what is left of it.
    ("pool.map, pool, work, {1, 2, 3, 4, 5, 6}, 1", ""),
    ("pool.starmap, pool, work, {{1}, {2}, {3}, {4}}, 1", ""),
    ("function() for _ in pool:imap(work, {1, 2, 3}) do end end", ""),
    // These can still be asked for: their workers have ended by the same Ctrl-C.
    (
      "function() result = pool:map_async(work, {1, 2, 3}, 1) result:get() end",
      "local ok, err = pcall(result.get, result) assert(err:is(mp.WorkerLost), err)"
    ),
    // The workers have nothing to do.
    ("function() for i = 1, 3 do started:put(i) end mp.sleep(1000) end", ""),
  ]

  @Test(
    "a pool goes on after a Ctrl-C that the script catches", arguments: waits, StartMethod.allCases)
  func goesOn(wait: (call: String, then: String), method: StartMethod) throws {
    let code = """
      local mp = require "multiprocessing"
      local pool = mp.get_context "\(method.rawValue)".Pool(3)
      local started, result = mp.Queue()
      local function work(x)
        started:put(x)
        if x == 1 then while true do end end
        mp.sleep(1000)
      end
      mp.Process{target = function()
        for _ = 1, 3 do started:get() end
        print "ready"
      end}:start()
      local ok, err = pcall(\(wait.call))
      assert(not ok and err:is(mp.KeyboardInterrupt), err)
      \(wait.then)
      print(mp.repr(pool:map(function(x) return x * x end, {1, 2, 3, 4, 5})))
      assert(pool:stats().workers == 3)
      pool:close()
      pool:join()
      """
    let program = try RunningProgram(.mplua, ["-e", code], on: .terminal)
    #expect(program.wait(for: "ready\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .exited(0) && outcome.leftProcesses.isEmpty, "\(outcome)")
    #expect(outcome.output.hasSuffix("{1, 4, 9, 16, 25}\n"), "\(outcome)")
  }

  /// Tasks that end when a file is there, one in a loop and two in waits; what they return is printed.
  private static func waitsForFile(_ path: String) -> String {
    """
    local mp = require "multiprocessing"
    local started = mp.Queue()
    local pool = mp.Pool(3)
    local result = pool:map_async(function(x)
      started:put(mp.getpid())
      repeat
        if x > 1 then mp.sleep(0.01) end
        local file = io.open "\(path)"
      until file
      return x * x
    end, {1, 2, 3}, 1)
    print("pids", started:get(), started:get(), started:get())
    print "ready"
    io.flush()
    print(mp.repr(result:get()))
    print(mp.repr(pool:map(math.abs, {-1, -2})))
    """
  }

  @Test("Ctrl-Z stops all of it, and fg lets it go on")
  func stopsAndGoesOn() throws {
    let gate = Gate()
    let shell = try RunningProgram(
      Program("/bin/bash"), ["--norc", "--noprofile", "-i"],
      environment: [
        "PS1": "$ ", "CODE": Self.waitsForFile(gate.path), "MPLUA_UNDER_TEST": Program.mplua.path,
      ], on: .terminal, timeLimit: .seconds(60))
    shell.send("\"$MPLUA_UNDER_TEST\" -e \"$CODE\"\n")
    #expect(shell.wait(for: "ready\n"))
    let line = try #require(shell.output.split(separator: "\n").first { $0.contains("pids\t") })
    let pids = line.split(separator: "\t").compactMap { Int32($0) }
    #expect(pids.count == 3)
    shell.send("\u{1a}")
    #expect(shell.wait(for: "Stopped"))
    for pid in pids {
      while try state(of: pid) != "T" {}
    }
    try gate.open()
    shell.send("fg\n")
    #expect(shell.wait(for: "{1, 4, 9}\n{1, 2}\n"), "\(shell.output)")
    shell.send("exit\n")
    let outcome = shell.finish()
    #expect(outcome.ending == .exited(0) && outcome.leftProcesses.isEmpty, "\(outcome)")
  }

  @Test("Ctrl-\\ shows what the script and all workers do, and the pool goes on")
  func showsStacks() throws {
    let gate = Gate()
    let program = try RunningProgram(
      .mplua, ["-e", Self.waitsForFile(gate.path)], on: .terminal, timeLimit: .seconds(60))
    #expect(program.wait(for: "ready\n"))
    program.send("\u{1c}")
    #expect(program.wait(for: "MainProcess (pid "))
    try gate.open()
    let outcome = program.finish()
    #expect(outcome.ending == .exited(0) && outcome.leftProcesses.isEmpty, "\(outcome)")
    #expect(outcome.output.hasSuffix("{1, 4, 9}\n{1, 2}\n"), "\(outcome)")
    for number in 1...3 {
      let parts = outcome.output.split(
        separator: "ForkPoolWorker-\(number) (pid ", omittingEmptySubsequences: false)
      #expect(parts.count == 2, "worker \(number) is shown once: \(outcome)")
    }
  }

  private func state(of pid: Int32) throws -> Character? {
    try run(Program("ps"), ["-o", "stat=", "-p", "\(pid)"]).output.first
  }
}

/// A file that is not there until it is opened.
private final class Gate {
  let path = "\(Repository.root)/.build/gate-\(UInt64.random(in: 0 ... .max))"

  func open() throws {
    #expect(try run(Program("touch"), [path]).ending == .exited(0))
  }

  deinit { _ = try? run(Program("rm"), ["-f", path]) }
}
