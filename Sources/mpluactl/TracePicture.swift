// A timeline as a picture for browsers and documents.

import Foundation

/// The processes of a timeline, a row each, along the time, as SVG.
///
/// What is waited for most has colours of its own. Pointing at a part shows what it is and how long it
/// took.
struct TracePicture {
  private static let width = 960.0
  private static let rowHeight = 26.0
  private static let barHeight = 18.0
  private static let top = 30.0
  private static let busyColour = "#7fa3c7"
  private static let taskColour = "#4c78a8"
  private static let otherColour = "#d8d8d8"
  private static let waitColours = [
    "#f2a65a", "#e1c340", "#9fcf8a", "#d78fb5", "#b59fd6", "#8fd0cf",
  ]
  /// Spans of one kind that are nearer than this, in pixels, are drawn as one.
  private static let gap = 0.25

  /// What spans have in common that are drawn alike.
  private struct Kind: Hashable {
    let name: String
    let object: Int

    init(_ span: TraceSpan) {
      name = span.name
      object = span.object
    }
  }

  private let trace: TraceContents
  private let left: Double
  /// The waits that have a colour of their own, by how long they took.
  private let longest: [Kind]
  private let colours: [Kind: String]
  private let hasOtherWaits: Bool

  init(_ trace: TraceContents) {
    self.trace = trace
    left = 16 + 7.3 * Double(min(trace.processes.map(\.name.count).max() ?? 0, 30))
    var totals: [Kind: Double] = [:]
    for wait in trace.processes.flatMap(\.waits) { totals[Kind(wait), default: 0] += wait.length }
    let all = totals.sorted {
      ($1.value, $0.key.name, $0.key.object) < ($0.value, $1.key.name, $1.key.object)
    }.map(\.key)
    longest = Array(all.prefix(Self.waitColours.count))
    colours = Dictionary(uniqueKeysWithValues: zip(longest, Self.waitColours))
    hasOtherWaits = all.count > longest.count
  }

  /// The whole picture.
  var text: String {
    let bottom = Self.top + Self.rowHeight * Double(trace.processes.count)
    let legend = legend(from: bottom + 34)
    let height = legend.bottom + 12
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(Self.width)) \(number(height))" \
      font-family="sans-serif" font-size="13" fill="#333">
      """,
      """
      <rect width="\(number(Self.width))" height="\(number(height))" fill="#fff"/>
      """,
    ]
    lines += axis(bottom: bottom)
    for (row, process) in trace.processes.enumerated() {
      lines += draw(process, top: Self.top + Self.rowHeight * Double(row))
    }
    return (lines + legend.lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  // MARK: Rows

  private func draw(_ process: TraceProcess, top: Double) -> [String] {
    var lines = [
      """
      <text x="\(number(left - 8))" y="\(number(top + 14))" text-anchor="end">\
      \(escaped(process.name.count > 30 ? "\(process.name.prefix(29))…" : process.name))</text>
      """
    ]
    let life = TraceSpan(
      name: "\(process.name), pid \(process.pid)", start: process.range.lowerBound,
      length: process.length)
    lines.append(bar([life], Self.busyColour, top: top, height: Self.barHeight))
    // A task lies in its process, and the waits of the task in the task.
    for tasks in merged(process.tasks) {
      lines.append(bar(tasks, Self.taskColour, top: top, height: Self.barHeight))
    }
    for waits in merged(process.waits) {
      let colour = colours[Kind(waits[0])] ?? Self.otherColour
      lines.append(bar(waits, colour, top: top + 3, height: Self.barHeight - 6))
    }
    return lines
  }

  /// The spans in the order of their starts; those of one kind that touch in the picture together.
  private func merged(_ spans: [TraceSpan]) -> [[TraceSpan]] {
    let distance = Self.gap / scale
    var runs: [[TraceSpan]] = []
    for span in spans.sorted(by: { $0.start < $1.start }) {
      if let last = runs.last?.last, Kind(last) == Kind(span), span.start - last.end < distance {
        runs[runs.count - 1].append(span)
      } else {
        runs.append([span])
      }
    }
    return runs
  }

  private func bar(_ spans: [TraceSpan], _ colour: String, top: Double, height: Double) -> String {
    let start = spans[0].start
    let end = spans.map(\.end).max() ?? start
    let took = milliseconds(spans.reduce(0) { $0 + $1.length })
    let times = spans.count > 1 ? "\(spans.count) times, " : ""
    return """
      <rect x="\(number(x(start)))" y="\(number(top))" width="\(number(max((end - start) * scale, 0.1)))" \
      height="\(number(height))" fill="\(colour)">\
      <title>\(escaped(spans[0].name)): \(times)\(took)</title></rect>
      """
  }

  // MARK: Time

  private var scale: Double { (Self.width - left - 20) / max(trace.length, 1) }

  private func x(_ time: Double) -> Double { left + time * scale }

  private func axis(bottom: Double) -> [String] {
    let step = step
    return stride(from: 0, through: trace.length, by: step).flatMap { time in
      [
        """
        <path d="M\(number(x(time))) \(number(Self.top - 6))V\(number(bottom))" stroke="#ddd"/>
        """,
        """
        <text x="\(number(x(time)))" y="\(number(bottom + 16))" text-anchor="middle" font-size="11">\
        \(milliseconds(time))</text>
        """,
      ]
    }
  }

  /// Between two marks of the time: 1, 2 or 5 of some power of ten microseconds, at most 10 of them.
  private var step: Double {
    let least = max(trace.length, 1) / 10
    let power = pow(10, floor(log10(least)))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? 10 * power
  }

  // MARK: Legend

  private func legend(from top: Double) -> (lines: [String], bottom: Double) {
    var entries = [("busy", Self.busyColour)]
    if trace.processes.contains(where: { !$0.tasks.isEmpty }) {
      entries.append(("busy with a task", Self.taskColour))
    }
    entries += zip(longest.map(label), Self.waitColours)
    if hasOtherWaits { entries.append(("other waits", Self.otherColour)) }
    var lines: [String] = []
    var (x, y) = (left, top)
    for (name, colour) in entries {
      let width = 34 + 7 * Double(name.count)
      if x > left, x + width > Self.width { (x, y) = (left, y + 20) }
      lines.append(
        """
        <rect x="\(number(x))" y="\(number(y))" width="12" height="12" fill="\(colour)"/>\
        <text x="\(number(x + 17))" y="\(number(y + 11))" font-size="12">\(escaped(name))</text>
        """)
      x += width
    }
    return (lines, y + 12)
  }

  // MARK: Text

  /// Two things that were made in one line differ in their number.
  private func label(_ kind: Kind) -> String {
    // The first word says what was asked of it.
    let thing = { (kind: Kind) in kind.name.drop { $0 != " " } }
    let isOnly = !longest.contains { thing($0) == thing(kind) && $0.object != kind.object }
    return isOnly || kind.object == 0 ? kind.name : "\(kind.name) #\(kind.object)"
  }

  private func number(_ number: Double) -> String {
    let text = String(format: "%.2f", number)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  private func milliseconds(_ time: Double) -> String {
    trace.length >= 2e6
      ? String(format: "%.4g s", time / 1e6) : String(format: "%.4g ms", time / 1e3)
  }

  private func escaped(_ text: String) -> String {
    let entities: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]
    return text.reduce(into: "") { result, character in
      result += entities[character] ?? String(character)
    }
  }
}
