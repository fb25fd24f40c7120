// What the prompt shows of the program that it runs.

internal import CLuaBridge
internal import Multiprocessing

/// The program tree, in texts for a terminal.
package enum Inspection {
  /// The processes, each after its parent.
  package static var processes: String { ProcessListing.table(ProcessReport.all()) }

  /// The queues, how full they are, and who waits for them.
  package static var queues: String { QueueListing.table }

  /// Says, once it is called, how much time has passed since: by the clock and of processors.
  package static func stopwatch() -> () -> String {
    let start = UsedTime.now
    return { "\(UsedTime.now - start)" }
  }

  /// The level from which on messages are logged.
  package static var logLevel: String { Logger.effectiveLevel.name }

  /// Logs to standard error from a level on; `OFF` logs nothing.
  ///
  /// Returns false when there is no such level.
  package static func log(from name: String) -> Bool {
    if name == "OFF" {
      Logger.level = LogLevel(rawValue: LogLevel.critical.rawValue + 1)
      return true
    }
    guard let level = LogLevel(name: name) else { return false }
    if Logger.handlerCount == 0 { Logger.logToStandardError() }
    Logger.level = level
    return true
  }

  /// Terminates the children of this process.
  ///
  /// Returns what they are called: `Process-1 (pid 12)`.
  package static func endChildren() -> [String] {
    CurrentProcess.activeChildren.map { child in
      try? child.send(signal: 15)
      return "\(child.name) (pid \(child.pid.map(String.init) ?? "-"))"
    }
  }
}
