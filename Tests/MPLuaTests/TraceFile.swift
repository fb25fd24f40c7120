// A strict reader of Chrome's trace event format, for the tests of `--trace`.

import Foundation

/// What is wrong with a trace.
struct TraceFault: Error, CustomStringConvertible {
  let description: String
}

/// A trace that keeps the rules of the format; times are in nanoseconds.
struct TraceFile {
  struct Span {
    let name: String
    let category: String
    let start: Int
    let end: Int
    let ending: String?
  }

  struct Row {
    var names: [String] = []
    var hasOrder = false
    var spans: [Span] = []
    var instants: [String] = []

    var name: String { names.last ?? "" }
    var life: Span? { spans.first { $0.category == "process" } }
    var waits: [Span] { spans.filter { $0.category == "wait" } }
    var tasks: [Span] { spans.filter { $0.category == "task" } }
    var waiting: Int { waits.reduce(0) { $0 + $1.end - $1.start } }
  }

  private(set) var rows: [Int: Row] = [:]
  private(set) var counters: [String: [Int]] = [:]
  /// Whether the list of events ends.
  let isClosed: Bool

  /// The row of a process.
  func row(_ name: String) throws -> Row {
    guard let row = rows.values.first(where: { $0.name == name }) else {
      throw TraceFault(description: "no row is called \(name), but \(rows.values.map(\.name))")
    }
    return row
  }

  /// Reads a file and checks every rule.
  init(_ file: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    // By this much Perfetto knows a list of events, and catapult by less.
    guard data.prefix(64).filter({ $0 > 0x20 }).starts(with: Data("[{\"".utf8)) else {
      throw TraceFault(description: "no viewer would see what it is: \(data.prefix(64))")
    }
    var text = String(decoding: data, as: UTF8.self)
    text.removeLast(text.reversed().prefix { $0.isWhitespace }.count)
    isClosed = text.hasSuffix("]")
    if !isClosed {
      // The format allows that nothing ends the list.
      if text.hasSuffix(",") { text.removeLast() }
      text += "]"
    }
    let list = try JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let events = list as? [[String: Any]] else {
      throw TraceFault(description: "not a list of objects")
    }
    for event in events { try take(event) }
    for row in rows.values { try Self.check(row) }
  }

  private mutating func take(_ event: [String: Any]) throws {
    func wrong(_ why: String) -> TraceFault { TraceFault(description: "\(why): \(event)") }
    guard let phase = event["ph"] as? String, let name = event["name"] as? String, !name.isEmpty,
      let pid = event["pid"] as? Int, pid > 0, let row = event["tid"] as? Int, row > 0
    else { throw wrong("a member is missing") }
    let arguments = event["args"] as? [String: Any]
    func time(_ key: String) throws -> Int {
      guard let time = (event[key] as? NSNumber)?.doubleValue, time >= 0 else {
        throw wrong("no \(key)")
      }
      return Int((time * 1000).rounded())
    }
    switch phase {
    case "M":
      switch name {
      case "process_name", "thread_name":
        guard let text = arguments?["name"] as? String else { throw wrong("no name") }
        if name == "process_name" { rows[row, default: Row()].names.append(text) }
      case "process_labels":
        guard arguments?["labels"] is String else { throw wrong("no labels") }
      case "process_sort_index", "thread_sort_index":
        guard arguments?["sort_index"] is Int else { throw wrong("no sort_index") }
        rows[row, default: Row()].hasOrder = true
      default: throw wrong("unknown description")
      }
    case "X":
      guard let category = event["cat"] as? String, ["process", "task", "wait"].contains(category)
      else { throw wrong("no category") }
      let start = try time("ts")
      rows[row, default: Row()].spans.append(
        Span(
          name: name, category: category, start: start, end: start + (try time("dur")),
          ending: arguments?["end"] as? String))
    case "i":
      _ = try time("ts")
      guard event["s"] as? String == "t" else { throw wrong("no scope") }
      rows[row, default: Row()].instants.append(name)
    case "C":
      _ = try time("ts")
      guard let value = arguments?["messages"] as? Int else { throw wrong("no value") }
      counters[name, default: []].append(value)
    default: throw wrong("unknown phase")
    }
  }

  /// The row has a name and a place, one life at most, and its spans nest.
  private static func check(_ row: Row) throws {
    guard !row.names.isEmpty, row.hasOrder else {
      throw TraceFault(description: "a row without name or order: \(row)")
    }
    guard row.spans.count(where: { $0.category == "process" }) <= 1 else {
      throw TraceFault(description: "two lives of \(row.name)")
    }
    var open: [Span] = []
    for span in row.spans.sorted(by: { ($0.start, $1.end) < ($1.start, $0.end) }) {
      while let last = open.last, last.end <= span.start { open.removeLast() }
      if let last = open.last, span.end > last.end {
        throw TraceFault(description: "\(row.name): \(span) is not inside \(last)")
      }
      open.append(span)
    }
    guard let life = row.life else { return }
    guard row.spans.allSatisfy({ $0.start >= life.start && $0.end <= life.end }) else {
      throw TraceFault(description: "\(row.name): something is outside of its life")
    }
  }
}
