// A timeline as a picture of characters.

import Foundation

/// The processes of a timeline, a line each, along the time.
struct TraceTimeline {
  private static let width = 72

  private let trace: TraceContents

  init(_ trace: TraceContents) { self.trace = trace }

  /// The picture, with the time below and what the characters mean.
  var text: String {
    let names = trace.processes.map(\.name)
    let margin = names.map(\.count).max() ?? 0
    var lines = trace.processes.map { process in
      pad(process.name, to: margin) + " " + cells(of: process)
    }
    let end = String(format: "%.4f s", trace.length / 1e6)
    let gap = String(repeating: " ", count: max(Self.width - 1 - end.count, 1))
    lines.append(pad("", to: margin) + " 0" + gap + end)
    lines.append(pad("", to: margin) + " █ busy  ▒ both  · waiting")
    return lines.joined(separator: "\n") + "\n"
  }

  private func pad(_ text: String, to count: Int) -> String {
    text + String(repeating: " ", count: count - text.count)
  }

  private func cells(of process: TraceProcess) -> String {
    let step = max(trace.length, 1) / Double(Self.width)
    var waiting = [Double](repeating: 0, count: Self.width)
    for wait in process.waits {
      forEachCell(from: wait.start, to: wait.end, step) { waiting[$0] += $1 }
    }
    var living = [Double](repeating: 0, count: Self.width)
    forEachCell(from: process.range.lowerBound, to: process.range.upperBound, step) {
      living[$0] += $1
    }
    let cells = zip(living, waiting).map { living, waiting -> Character in
      if living == 0 { return " " }
      let share = waiting / living
      return share < 1.0 / 3 ? "█" : share < 2.0 / 3 ? "▒" : "·"
    }
    let line = String(cells)
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// Calls `body` with each column that a span touches, and how much of it.
  private func forEachCell(
    from start: Double, to end: Double, _ step: Double, _ body: (Int, Double) -> Void
  ) {
    let first = max(0, min(Int(start / step), Self.width - 1))
    let last = max(first, min(Int(end / step), Self.width - 1))
    for cell in first...last {
      let left = max(start, Double(cell) * step)
      let right = min(end, Double(cell + 1) * step)
      body(cell, max(right - left, 0))
    }
  }
}
