// Ctrl-C and SIGTERM in a program whose executor works.

import Glibc
import TestSupport
import Testing

@Suite("Signals and executors", .timeLimit(.minutes(15)))
struct ExecutorSignalTests {
  /// Where the main process waits for tasks that never end.
  static let waits = [
    "local executor <close> = mp.ProcessPoolExecutor(2) begin(executor)",
    "local executor = mp.ProcessPoolExecutor(2) begin(executor)",
    "local executor <close> = mp.ProcessPoolExecutor(2) begin(executor):result()",
    "local executor <close> = mp.ProcessPoolExecutor(2) mp.futures.wait{begin(executor)}",
    "mp.map(function() print 'ready' mp.sleep(1000) end, {1})",
  ]

  private func program(_ wait: String) throws -> RunningProgram {
    let code = """
      local mp = require "multiprocessing"
      local function begin(executor)
        -- Called in the first wait: from then on the main process waits.
        executor:submit(function() end):add_done_callback(function() print "ready" io.flush() end)
        for _ = 1, 2 do executor:submit(mp.sleep, 1000) end
        return executor:submit(print)
      end
      \(wait)
      """
    return try RunningProgram(.mplua, ["-e", code], on: .terminal)
  }

  @Test("Ctrl-C: one line, no process left, no task waited for", arguments: waits)
  func interrupts(wait: String) throws {
    let program = try program(wait)
    #expect(program.wait(for: "ready\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
    let lines = outcome.output.split(separator: "\n").dropFirst()
    #expect(lines.count == 1 && lines.first?.hasSuffix("KeyboardInterrupt") == true, "\(outcome)")
  }

  @Test("SIGTERM: nothing is printed, no process left", arguments: waits)
  func terminates(wait: String) throws {
    let program = try program(wait)
    #expect(program.wait(for: "ready\n"))
    program.signal(SIGTERM)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGTERM))
    #expect(outcome.leftProcesses.isEmpty)
    #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome)")
  }
}
