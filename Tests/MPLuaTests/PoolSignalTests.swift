// What Ctrl-C does to a pool: Python prints a traceback for each worker.

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
}
