// `mpluactl trace`: what a timeline says.

import ArgumentParser
import Foundation

/// Commands about the files that `mplua --trace=FILE` writes.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Reads timelines that 'mplua --trace=FILE' wrote.",
    discussion: "To walk about in one, open it at https://ui.perfetto.dev or in chrome://tracing.",
    subcommands: [TraceSummaryCommand.self, TracePictureCommand.self])
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

/// Prints a picture.
struct TracePictureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "picture", abstract: "Draws the processes along the time, as SVG.",
    discussion: "For a browser or a document: mpluactl trace picture FILE > FILE.svg")

  @Argument(help: "The file of the trace.", completion: .file())
  var file: String

  func run() throws {
    let trace = try TraceContents(contentsOf: file)
    print(TracePicture(trace).text, terminator: "")
  }
}
