// What tools show of each process of a tree. Python: none; `ps` comes closest.

internal import SystemPackage

/// One process as people see it: what the tree knows of it and what the system says.
package struct ProcessReport: Sendable {
  /// What a process does.
  package enum State: String, Sendable {
    case starting, running, waiting, stopped, dead
  }

  /// What the tree knows of it.
  package let record: ProcessRecord
  /// What it does.
  package let state: State
  /// How many steps lie between it and the first process that is shown above it.
  package let depth: Int
  /// Its name, fit for a terminal.
  package let name: String
  /// What it waits for, and since when in seconds; nil while it does not.
  package let wait: (subject: String, seconds: Double)?
  /// The processor time that it has used, in seconds; nil where the system does not say.
  package let processorSeconds: Double?
  /// The memory that it has in use, what it shares with others included; nil as above.
  package let residentByteCount: Int?
  /// How many tasks it has done, for a worker of a pool.
  package let doneCount: Int?

  /// The processes of the tree whose arena is open, each after its parent and its elder siblings.
  ///
  /// - Parameter pids: Those that the system may be asked about; nil for all. A tree in another
  ///   namespace has numbers of its own.
  /// - Returns: A report for each.
  package static func all(asking pids: [Int32]? = nil) -> [ProcessReport] {
    let records = Board.processes.sorted { $0.startTime < $1.startTime }
    let doneCounts = PoolBoard.doneCounts
    let children = Dictionary(grouping: records, by: \.parent)
    let known = Set(records.map(\.identity))
    var shown: Set<UInt32> = []
    var reports: [ProcessReport] = []
    func add(_ record: ProcessRecord, depth: Int) {
      guard shown.insert(record.identity).inserted else { return }
      let canAsk = pids?.contains(record.pid) ?? true
      reports.append(
        ProcessReport(
          record, depth: depth, canAsk: canAsk, doneCount: doneCounts[record.identity]))
      for child in children[record.identity] ?? [] { add(child, depth: depth + 1) }
    }
    // Who has outlived its parent stands at the margin; so does, in a damaged tree, a circle.
    for record in records where !known.contains(record.parent) { add(record, depth: 0) }
    for record in records { add(record, depth: 0) }
    return reports
  }

  private init(_ record: ProcessRecord, depth: Int, canAsk: Bool, doneCount: Int?) {
    let canAsk = canAsk && record.state != .dead && record.pid > 0
    let status = canAsk ? ProcessStatus(of: record.pid) : nil
    self.record = record
    self.depth = depth
    self.doneCount = doneCount
    name = record.name.printable
    processorSeconds = status?.processorSeconds
    residentByteCount = status?.residentByteCount
    let isGone = canAsk && (status == nil || status?.state == "Z")
    let isWaiting = record.state == .running && record.wait != nil
    if record.state == .dead || isGone {
      state = .dead
    } else if status?.state == "T" || status?.state == "t" {
      state = .stopped
    } else if record.state == .starting {
      state = .starting
    } else {
      state = isWaiting ? .waiting : .running
    }
    if let wait = record.wait, isWaiting, state != .dead {
      let now = Clock.nanoseconds
      self.wait = (wait.subject.printable, Double(now - min(now, wait.since)) / 1e9)
    } else {
      wait = nil
    }
  }
}

extension PoolBoard {
  /// How many tasks each worker of each pool has done, by its identity.
  fileprivate static var doneCounts: [UInt32: Int] {
    var counts: [UInt32: Int] = [:]
    for number in 1..<max(1, Arena.header.objectHighWater.load()) {
      let object = SharedObject(number: number)
      guard object.kind == .pool else { continue }
      for cell in PoolBoard(object).cells where cell.identity.load() != 0 {
        counts[cell.identity.load()] = Int(cell.doneCount.load())
      }
    }
    return counts
  }
}
