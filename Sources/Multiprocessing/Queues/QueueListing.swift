// The queues of a tree as a table. No counterpart in Python.

/// A text for a terminal.
package enum QueueListing {
  /// A line of titles and one for each queue of the tree whose arena is open; no newline at the end.
  ///
  /// Queues of the runtime's own, as those inside pools, are left out while they are empty.
  package static var table: String {
    var waiting: [UInt32: [String]] = [:]
    for process in Board.processes where process.state == .running && process.wait != nil {
      for (queue, operation) in waits(of: process) {
        waiting[queue, default: []].append(
          "\(operation) of \(process.name.printable) (pid \(process.pid))")
      }
    }
    var rows = [["DEPTH", "LIMIT", "QUEUE", "WAITING"]]
    for queue in Arena.isOpen ? QueueReport.all : []
    where queue.depth > 0 || queue.title.hasPrefix("Queue") {
      rows.append([
        "\(queue.depth)", queue.limit.map { "\($0)" } ?? "-", queue.title,
        (waiting[queue.identity.number] ?? []).joined(separator: ", "),
      ])
    }
    return ProcessListing.columns(rows, leftAligned: ["QUEUE", "WAITING"])
  }

  /// At which queues a process waits, by their numbers, and in what.
  private static func waits(of process: ProcessRecord) -> [(queue: UInt32, operation: String)] {
    let record = WaitRecord(slot: Board.slot(of: process.identity))
    return (0..<min(record.count, WaitRecord.capacity)).compactMap { position in
      let entry = record.entry(position)
      switch entry.operation {
      case .queueGet: return (entry.object, "get()")
      case .queueIterate: return (entry.object, "a loop")
      case .queuePut: return (entry.object, "put()")
      case .queueJoin: return (entry.object, "join()")
      default: return nil
      }
    }
  }
}
