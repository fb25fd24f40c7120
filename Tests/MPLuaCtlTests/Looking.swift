// Programs to look into, and what mpluactl says of them.

import Glibc
import TestSupport
import Testing

/// A script at work that has said which process it is.
final class Looked {
  let program: RunningProgram
  let pid: Int32

  /// Starts a script that uses the module as `mp`, and waits until it has printed `lines` lines.
  init(_ code: String, lines: Int = 0, on stage: Stage = .pipes) throws {
    let start = "io.stdout:setvbuf('line') local mp = require('multiprocessing') print(mp.getpid())"
    program = try RunningProgram(
      .mplua, ["-e", "\(start)\n\(code)"], on: stage, timeLimit: .seconds(120))
    for _ in 0...lines { try #require(program.wait(for: "\n"), "\(program.finish())") }
    pid = try #require(program.output.split(separator: "\n").first.flatMap { Int32($0) })
  }

  /// Runs `mpluactl` until what it prints is as it should be, for a minute at most: a process that
  /// says it is about to wait does not wait yet.
  func look(_ arguments: String..., until isRight: (Outcome) -> Bool) throws -> Outcome {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      let outcome = try run(.mpluactl, arguments + ["\(pid)"])
      if isRight(outcome) || deadline < .now { return outcome }
      usleep(20_000)
    }
  }

  /// The lines of `mpluactl ps`, once all of these texts are among them.
  func table(with texts: [String]) throws -> [String] {
    let outcome = try look("ps") { outcome in texts.allSatisfy { outcome.output.contains($0) } }
    for text in texts { #expect(outcome.output.contains(text), "\(outcome)") }
    #expect(outcome.ending == .exited(0), "\(outcome)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  deinit {
    program.signal(SIGTERM)
    let outcome = program.finish()
    #expect(outcome.leftProcesses.isEmpty, "\(outcome)")
  }

  /// Children in eight different waits, each named after it; it prints a line for each.
  static let eightWaits = """
    mp.set_deadlock_detection(false)
    local lock, empty, full = mp.Lock(), mp.Queue(), mp.Queue(1)
    local reader, writer = mp.Pipe()
    local semaphore, condition, event, barrier = mp.Semaphore(1), mp.Condition(), mp.Event(), mp.Barrier(2)
    lock:acquire() semaphore:acquire() full:put(1)
    for name, wait in pairs{
      lock = function() lock:acquire() end,
      get = function() empty:get() end,
      put = function() full:put(2) end,
      recv = function() reader:recv() end,
      semaphore = function() semaphore:acquire() end,
      condition = function() condition:acquire() condition:wait() end,
      event = function() event:wait() end,
      barrier = function() barrier:wait() end,
    } do
      mp.Process{name = name, target = function() print(name) wait() end}:start()
    end
    mp.wait{reader, event}
    """
}
