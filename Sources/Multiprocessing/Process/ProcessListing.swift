// The processes of a tree as a table. Python: none; `ps` comes closest.

/// Texts for a terminal, made of reports.
package enum ProcessListing {
  /// A line of titles and one for each process, the names indented as a tree; no newline at the end.
  ///
  /// - Parameters:
  ///   - reports: What to show.
  ///   - loads: How much of a processor each process has, by its identity, to show instead of the
  ///     time that it has had.
  /// - Returns: The text.
  package static func table(_ reports: [ProcessReport], loads: [UInt32: Double]? = nil) -> String {
    let hasWorkers = reports.contains { $0.doneCount != nil }
    var rows: [[String]] = [
      ["PID", "STATE", "CPU", "MEMORY", "DONE", "FOR", "PROCESS", "WAITS IN"]
    ]
    for report in reports {
      rows.append([
        "\(report.record.pid)", report.state.rawValue,
        processor(report, loads), report.residentByteCount.map(bytes) ?? "-",
        report.doneCount.map { "\($0)" } ?? "", report.wait.map { seconds($0.seconds) } ?? "",
        String(repeating: "  ", count: report.depth) + report.name, report.wait?.subject ?? "",
      ])
    }
    if !hasWorkers { for row in rows.indices { rows[row].remove(at: 4) } }
    return columns(rows, leftAligned: ["STATE", "PROCESS", "WAITS IN"])
  }

  private static func processor(_ report: ProcessReport, _ loads: [UInt32: Double]?) -> String {
    guard let loads else { return report.processorSeconds.map(seconds) ?? "-" }
    return loads[report.record.identity].map { "\(Int(($0 * 100).rounded())) %" } ?? "-"
  }

  /// Puts cells under each other; the first row has the titles.
  package static func columns(_ rows: [[String]], leftAligned: Set<String>) -> String {
    guard let titles = rows.first else { return "" }
    let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? "" : "  "
        line += leftAligned.contains(titles[column]) ? cell + padding : padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// `12.3 s`.
  package static func seconds(_ seconds: Double) -> String {
    let tenths = Int((max(0, min(seconds, 1e12)) * 10).rounded(.down))
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// `6.2 MiB`.
  package static func bytes(_ count: Int) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var tenths = max(0, count) * 10 / 1024
    var unit = 0
    while tenths >= 10_240, unit < units.count - 1 {
      tenths /= 1024
      unit += 1
    }
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
