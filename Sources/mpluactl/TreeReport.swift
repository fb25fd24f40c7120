// One program tree at one look, as a table and as JSON.

import FoundationEssentials
import Multiprocessing

/// What is shown of a program.
struct TreeReport {
  let title: String
  let processes: [ProcessReport]

  /// Looks at a tree; nil when all its processes have ended meanwhile.
  init?(_ tree: RunningTree) throws(MultiprocessingError) {
    processes = try tree.look { ProcessReport.all(asking: tree.pids) }
    title = tree.title(of: processes.first?.record.pid)
    if processes.isEmpty { return nil }
  }

  var text: String { "\(title)\n\(ProcessListing.table(processes))" }

  static func json(_ trees: [TreeReport]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(["trees": trees.map(TreeOutput.init)])
    return String(decoding: data, as: UTF8.self)
  }
}

/// The names in the JSON output are those of the fields here, in snake case.
private struct TreeOutput: Encodable {
  let command: String
  let processes: [ProcessOutput]

  init(_ tree: TreeReport) {
    command = tree.title
    let pids = Dictionary(
      tree.processes.map { ($0.record.identity, $0.record.pid) },
      uniquingKeysWith: { first, _ in first })
    processes = tree.processes.map { ProcessOutput($0, parent: pids[$0.record.parent]) }
  }
}

private struct ProcessOutput: Encodable {
  let pid: Int32
  let name: String
  let parent: Int32?
  let state: String
  let waitsIn: String?
  let waitSeconds: Double?
  let cpuSeconds: Double?
  let memoryBytes: Int?
  let tasksDone: Int?

  init(_ process: ProcessReport, parent: Int32?) {
    pid = process.record.pid
    name = process.name
    self.parent = parent
    state = process.state.rawValue
    waitsIn = process.wait?.subject
    waitSeconds = process.wait?.seconds
    cpuSeconds = process.processorSeconds
    memoryBytes = process.residentByteCount
    tasksDone = process.doneCount
  }
}
