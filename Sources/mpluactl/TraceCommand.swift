// `mpluactl trace`: what a timeline says.

import ArgumentParser
import Foundation

/// Commands about the files that `mplua --trace=FILE` writes.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Reads timelines that 'mplua --trace=FILE' wrote.",
    discussion: "To look at one, open it at https://ui.perfetto.dev or in chrome://tracing.",
    subcommands: [TraceSummaryCommand.self])
}

/// Prints tables.
struct TraceSummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Prints where the time went.",
    discussion: """
      A process is busy while it does not sleep in a call of the module multiprocessing: also while it \
      waits for a processor, or for what the module does not know of.
      """)

  @Argument(help: "The file of the trace.", completion: .file())
  var file: String

  @Flag(help: "Also draw the processes along the time.")
  var timeline = false

  func run() throws {
    let trace = try TraceContents(contentsOf: file)
    var text = TraceSummary(trace).text
    if timeline { text += "\n" + TraceTimeline(trace).text }
    print(text, terminator: "")
  }
}
