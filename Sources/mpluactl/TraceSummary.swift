// Where the time of a timeline went, in tables.

import Foundation

/// The tables of a timeline: processes, what they waited for, tasks.
struct TraceSummary {
  private let trace: TraceContents

  init(_ trace: TraceContents) { self.trace = trace }

  /// All of it; the parts that would be empty are left out.
  var text: String {
    let count = trace.processes.count
    let heading =
      "\(trace.file): \(count) \(count == 1 ? "process" : "processes"), \(seconds(trace.length)) s\n"
    return ([heading] + [processes, objects, tasks].compactMap { $0?.text }).joined(separator: "\n")
  }

  private var processes: TextTable? {
    var table = TextTable(["process", "pid", "life s", "busy s", "waiting s", "tasks", "end"])
    for process in trace.processes {
      let busy = process.length - process.waiting
      table.add([
        process.name, "\(process.pid)", seconds(process.length),
        "\(seconds(busy)) \(share(busy, of: process.length))",
        "\(seconds(process.waiting)) \(share(process.waiting, of: process.length))",
        process.tasks.isEmpty ? "" : "\(process.tasks.count)",
        process.ending ?? "not ended",
      ])
    }
    return table
  }

  /// A thing that was waited for; two that were made in one line differ in their number.
  private struct Thing: Hashable {
    let label: String
    let object: Int
  }

  private struct Waiting {
    var count = 0
    var total = 0.0
    var longest = 0.0
    var shares: [Int: Double] = [:]
  }

  private var objects: TextTable? {
    var things: [Thing: Waiting] = [:]
    var names: [Int: String] = [:]
    for process in trace.processes {
      names[process.row] = process.name
      for wait in process.waits {
        // The first word says what was asked of it.
        let label = wait.name.split(separator: " ", maxSplits: 1).last.map { String($0) } ?? ""
        var waiting = things[Thing(label: label, object: wait.object)] ?? Waiting()
        waiting.count += 1
        waiting.total += wait.length
        waiting.longest = max(waiting.longest, wait.length)
        waiting.shares[process.row, default: 0] += wait.length
        things[Thing(label: label, object: wait.object)] = waiting
      }
    }
    guard !things.isEmpty else { return nil }
    let sameLabel = Dictionary(grouping: things.keys, by: \.label)
    var table = TextTable(
      ["waited for", "times", "total s", "mean ms", "max ms", "by"], last: true)
    for (thing, waiting) in things.sorted(by: {
      ($1.value.total, $0.key.label) < ($0.value.total, $1.key.label)
    }) {
      let isOnly = thing.object == 0 || sameLabel[thing.label]?.count == 1
      let most = waiting.shares.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      var who = most.prefix(3).map { row, time in
        "\(names[row] ?? "?") \(share(time, of: waiting.total))"
      }
      if most.count > 3 { who.append("\(most.count - 3) more") }
      table.add([
        isOnly ? thing.label : "\(thing.label) #\(thing.object)", "\(waiting.count)",
        seconds(waiting.total), milliseconds(waiting.total / Double(waiting.count)),
        milliseconds(waiting.longest), who.joined(separator: ", "),
      ])
    }
    return table
  }

  private var tasks: TextTable? {
    let all = Dictionary(grouping: trace.processes.flatMap(\.tasks), by: \.name)
    guard !all.isEmpty else { return nil }
    var table = TextTable(["task", "times", "total s", "mean ms", "max ms"])
    let totals = all.mapValues { $0.reduce(0) { $0 + $1.length } }
    for (name, spans) in all.sorted(by: {
      (totals[$1.key] ?? 0, $0.key) < (totals[$0.key] ?? 0, $1.key)
    }) {
      let total = totals[name] ?? 0
      table.add([
        name, "\(spans.count)", seconds(total), milliseconds(total / Double(spans.count)),
        milliseconds(spans.map(\.length).max() ?? 0),
      ])
    }
    return table
  }

  private func seconds(_ microseconds: Double) -> String {
    String(format: "%.4f", microseconds / 1e6)
  }

  private func milliseconds(_ microseconds: Double) -> String {
    String(format: "%.3f", microseconds / 1e3)
  }

  private func share(_ part: Double, of whole: Double) -> String {
    whole > 0 ? String(format: "%3.0f %%", 100 * part / whole) : "  - %"
  }
}

/// Lines of cells, the first and perhaps the last to the left, the others to the right.
struct TextTable {
  private var rows: [[String]]
  private let isLastLeft: Bool

  init(_ heading: [String], last isLastLeft: Bool = false) {
    rows = [heading]
    self.isLastLeft = isLastLeft
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for column in 0..<columns {
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        let isLeft = column == 0 || isLastLeft && column == columns - 1
        line += (column == 0 ? "" : "  ") + (isLeft ? row[column] + blanks : blanks + row[column])
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
