// One program tree at one look, as a table and as JSON.

import FoundationEssentials
import Multiprocessing

/// What is shown of a program.
struct TreeReport {
  let tree: RunningTree
  let title: String
  let processes: [ProcessReport]
  let queues: [QueueReport]
  /// Tells the program from all others.
  var key: String { tree.key }
  /// When it was looked at, on `Clock`.
  private let seconds: Double

  private struct Found {
    let processes: [ProcessReport]
    let queues: [QueueReport]
  }

  /// Looks at the program that a process belongs to, or at all of them.
  ///
  /// What cannot be looked at is said on standard error, or thrown if nothing else is left.
  static func look(_ pid: Int32?) throws(MultiprocessingError) -> [TreeReport] {
    guard let pid else {
      return look(RunningTree.all) { tree, error in
        StandardError.write(line: "mpluactl: \(tree.title()): \(error)")
      }
    }
    var failure: MultiprocessingError?
    let trees = look(try RunningTree.trees(of: pid)) { _, error in failure = error }
    if trees.isEmpty { throw failure ?? .operation("process \(pid) ended in this moment") }
    return trees
  }

  private static func look(
    _ trees: [RunningTree], complain: (RunningTree, MultiprocessingError) -> Void
  ) -> [TreeReport] {
    var reports: [TreeReport] = []
    for tree in trees {
      do throws(MultiprocessingError) {
        if let report = try TreeReport(tree) { reports.append(report) }
      } catch {
        complain(tree, error)
      }
    }
    return reports
  }

  /// Looks at a tree; nil when all its processes have ended meanwhile.
  private init?(_ tree: RunningTree) throws(MultiprocessingError) {
    self.tree = tree
    seconds = Clock.seconds
    let found = try tree.look {
      Found(processes: ProcessReport.all(asking: tree.pids), queues: QueueReport.all)
    }
    processes = found.processes
    queues = found.queues
    title = tree.title(of: processes.first?.record.pid)
    if processes.isEmpty { return nil }
  }

  /// The title and a table of processes.
  var text: String { "\(title)\n\(ProcessListing.table(processes))" }

  /// The same with the load of each process since an earlier look, and a table of queues.
  func text(since earlier: TreeReport?) -> String {
    var loads: [UInt32: Double] = [:]
    for process in earlier?.processes ?? [] {
      if let used = process.processorSeconds { loads[process.record.identity] = used }
    }
    for (identity, before) in loads {
      let process = processes.first { $0.record.identity == identity }
      let used = process?.processorSeconds ?? before
      loads[identity] = max(0, used - before) / elapsed(since: earlier)
    }
    let table = "\(title)\n\(ProcessListing.table(processes, loads: loads))"
    return queues.isEmpty ? table : "\(table)\n\n\(queueTable(since: earlier))"
  }

  private func elapsed(since earlier: TreeReport?) -> Double {
    max(0.001, seconds - (earlier?.seconds ?? 0))
  }

  private func queueTable(since earlier: TreeReport?) -> String {
    var before: [QueueReport.Identity: QueueReport] = [:]
    for queue in earlier?.queues ?? [] { before[queue.identity] = queue }
    let elapsed = elapsed(since: earlier)
    func rate(_ count: Int?) -> String {
      guard let count else { return "-" }
      return String(Int((Double(count) / elapsed).rounded()))
    }
    var rows = [["DEPTH", "LIMIT", "PUTS/S", "GETS/S", "PUTTERS", "GETTERS", "QUEUE"]]
    for queue in queues {
      let earlier = before[queue.identity]
      var row: [String] = [String(queue.depth), "-"]
      if let limit = queue.limit { row[1] = String(limit) }
      row.append(rate(earlier.map { queue.putCount(since: $0) }))
      row.append(rate(earlier.map { queue.gotCount(since: $0) }))
      row.append(String(queue.waitingPutters))
      row.append(String(queue.waitingGetters))
      row.append(queue.title)
      rows.append(row)
    }
    return ProcessListing.columns(rows, leftAligned: ["QUEUE"])
  }

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
