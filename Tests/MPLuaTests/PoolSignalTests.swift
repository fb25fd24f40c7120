// Ctrl-C in a program with a pool. Python's complaint 12: a traceback from every process, or a hang.

import Glibc
import TestSupport
import Testing

@Suite("Signals and pools", .timeLimit(.minutes(10)))
struct PoolSignalTests {
  /// How the main process waits while three tasks sleep.
  static let waits = [
    "pool:map(sleep, {1, 2, 3}, 1)",
    "for _ in pool:imap_unordered(sleep, {1, 2, 3}) do end",
    "pool:apply(sleep, {1})",
    "local result = pool:map_async(sleep, {1, 2, 3}) result:wait()",
    "pool:map_async(sleep, {1, 2, 3}) pool:close() pool:join()",
    "pool:map_async(sleep, {1, 2, 3}) mp.sleep(1000)",
  ]

  @Test("Ctrl-C ends the pool: one line, no process left", arguments: waits)
  func interrupts(wait: String) throws {
    let code = """
      local begun = mp.Queue()
      local function sleep() begun:put(true) mp.sleep(1000) end
      local pool <close> = mp.Pool(3)
      mp.Process{daemon = true, target = function() begun:get() print "ready" io.flush() end}:start()
      \(wait)
      """
    let program = try RunningProgram(.mplua, script(code), on: .terminal)
    #expect(program.wait(for: "ready\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
    let lines = outcome.output.split(separator: "\n").dropFirst()
    #expect(lines.count == 1 && lines.first?.hasSuffix("KeyboardInterrupt") == true, "\(outcome)")
  }
}
