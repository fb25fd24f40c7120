// What Ctrl-\ prints: the Lua stack of every process of the tree. Python: `faulthandler`.

internal import CLuaBridge
internal import Multiprocessing

/// Says on standard error what the processes of the tree do.
///
/// Each process writes its own part in one piece. The one that began the tree passes the question on
/// and, after half a second, says what can be seen from outside of those that have not answered.
enum StackReport {
  private static let patience = 0.5

  /// Shows this process's stack and, in the main process, asks the others.
  ///
  /// - Parameter wait: What the process waits for; nil when Lua code runs.
  static func show(during wait: CurrentWait?) {
    let now = Clock.nanoseconds
    // A terminal asks all at once, and then the main process asks again.
    let recently = now - min(now, 1_000_000_000)
    if Board.isRoot || !Board.hasShownStack(since: recently) {
      StandardError.write(own(wait))
      Board.noteStackShown()
    }
    guard Board.isRoot else { return }
    let deadline = Deadline(secondsFromNow: patience)
    for silent in Board.requestStacks(since: recently, until: deadline) {
      StandardError.write(line: outside(silent))
    }
  }

  private static func own(_ wait: CurrentWait?) -> String {
    let doing = wait.map { "waits: \($0.description)" } ?? "runs"
    let title = title(CurrentProcess.name, CurrentProcess.pid)
    // Under a coroutine's stack stands that of the process, as far as the call that resumed it.
    let stacks = InterruptSignal.coroutines.map { $0.tracebackWithoutCollecting() }
    return "\(title) \(doing)\n" + stacks.joined(separator: "\nin a coroutine of\n") + "\n"
  }

  private static func outside(_ process: ProcessRecord) -> String {
    let title = title(process.name, process.pid)
    let wait = process.wait.map { "; it waits: \($0.description)" } ?? ", outside of Lua code"
    return "\(title) does not answer: \(process.systemState)\(wait)"
  }

  private static func title(_ name: String, _ pid: Int32) -> String { "\(name) (pid \(pid))" }
}
