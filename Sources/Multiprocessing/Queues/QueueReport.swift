// What tools show of each queue of a tree. No counterpart in Python.

/// One queue as people see it.
package struct QueueReport: Sendable {
  /// Where it was made; empty for the queues inside pools.
  package let place: String
  /// How many messages it holds.
  package let count: Int
  /// How many fit; 0 means no limit.
  package let maxsize: Int
  /// Whether `shutdown` was called.
  package let isShutDown: Bool
  /// Who waits for it, and in what: `get() of Process-1 (pid 12)`.
  package let waiting: [String]

  /// The queues of the tree whose arena is open, in the order in which the table has them.
  ///
  /// - Throws: `.runtime` in a process that was forked by something else.
  package static func all() throws(MultiprocessingError) -> [QueueReport] {
    guard Arena.isOpen else { return [] }
    let waits = Board.processes.filter { $0.state == .running }.flatMap(waits)
    // A queue that is read must not be freed meanwhile.
    return try Arena.withLock { () throws(MultiprocessingError) in
      var reports: [QueueReport] = []
      for number in 1..<max(1, Arena.header.objectHighWater.load()) {
        let object = SharedObject(number: number)
        guard object.kind == .queue else { continue }
        let queue = Queue(object)
        reports.append(
          QueueReport(
            place: object.place, count: queue.count, maxsize: queue.maxsize,
            isShutDown: queue.isShutDown,
            waiting: waits.filter { $0.object == number }.map(\.text)))
      }
      return reports
    }
  }

  private static func waits(of process: ProcessRecord) -> [(object: UInt32, text: String)] {
    guard process.wait != nil else { return [] }
    let record = WaitRecord(slot: Board.slot(of: process.identity))
    return (0..<min(record.count, WaitRecord.capacity)).compactMap { position in
      let entry = record.entry(position)
      let operation: String
      switch entry.operation {
      case .queueGet: operation = "get()"
      case .queueIterate: operation = "a loop"
      case .queuePut: operation = "put()"
      case .queueJoin: operation = "join()"
      default: return nil
      }
      return (entry.object, "\(operation) of \(process.name.printable) (pid \(process.pid))")
    }
  }

  /// A line of titles and one for each queue; no newline at the end.
  ///
  /// Queues inside pools are left out while they are empty.
  package static func table(_ reports: [QueueReport]) -> String {
    var rows = [["ITEMS", "AT MOST", "MADE AT", "WAITING"]]
    for report in reports where !report.place.isEmpty || report.count > 0 {
      let place = report.place.isEmpty ? "inside a pool" : report.place.printable
      rows.append([
        "\(report.count)", report.maxsize > 0 ? "\(report.maxsize)" : "-",
        place + (report.isShutDown ? ", shut down" : ""), report.waiting.joined(separator: ", "),
      ])
    }
    return ProcessListing.columns(rows, leftAligned: ["MADE AT", "WAITING"])
  }
}
