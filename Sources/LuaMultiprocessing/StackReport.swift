// What Ctrl-\ prints, and what `mpluactl stack` is told: the Lua stacks of processes. Python: `faulthandler`.

internal import CLuaBridge
internal import Multiprocessing

/// Says what the processes of the tree do.
///
/// For Ctrl-\, on standard error: each process writes its own part in one piece. The one that began the
/// tree passes the question on and, after half a second, says what can be seen from outside of those that
/// have not answered.
enum StackReport {
  private static let patience = 0.5

  /// Shows this process's stack and, in the main process, asks the others.
  ///
  /// - Parameter doing: What the process does, in words.
  static func show(_ doing: String) {
    let now = Clock.nanoseconds
    // A terminal asks all at once, and then the main process asks again.
    let recently = now - min(now, 1_000_000_000)
    if Board.isRoot || !Board.hasShownStack(since: recently) {
      StandardError.write(line: own(doing))
      Board.noteStackShown()
    }
    guard Board.isRoot else { return }
    let deadline = Deadline(secondsFromNow: patience)
    for silent in Board.requestStacks(since: recently, until: deadline) {
      StandardError.write(line: outside(silent))
    }
  }

  /// Tells this process's stack to the programs that asked for it.
  ///
  /// - Parameters:
  ///   - askers: Their numbers.
  ///   - doing: What the process does, in words.
  static func tell(_ askers: [Int32], _ doing: String) {
    guard !askers.isEmpty else { return }
    let text = own(doing)
    for asker in askers { StackQuestion.answer(text, to: asker) }
  }

  private static func own(_ doing: String) -> String {
    let title = title(CurrentProcess.name, CurrentProcess.pid)
    // Under a coroutine's stack stands that of the process, as far as the call that resumed it.
    let stacks = InterruptSignal.coroutines.map { $0.tracebackWithoutCollecting() }
    return "\(title) \(doing)\n" + stacks.joined(separator: "\nin a coroutine of\n")
  }

  private static func outside(_ process: ProcessRecord) -> String {
    "\(title(process.name, process.pid)) does not answer: \(process.seenFromOutside)"
  }

  private static func title(_ name: String, _ pid: Int32) -> String { "\(name) (pid \(pid))" }
}
