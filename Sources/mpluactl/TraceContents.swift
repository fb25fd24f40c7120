// The events of a timeline, put together by process.

import Foundation
import SystemPackage

/// Why a file is no timeline.
struct TraceProblem: Error, CustomStringConvertible {
  let description: String
}

/// One event of the file.
private struct TraceEvent: Decodable {
  struct Arguments: Decodable {
    var name: String?
    var object: Int?
    var end: String?
  }

  var ph: String
  var tid: Int
  var pid: Int
  var name: String
  var cat: String?
  var ts: Double?
  var dur: Double?
  var args: Arguments?
}

/// A stretch of a process's time, in microseconds since the program's start.
struct TraceSpan {
  let name: String
  let start: Double
  let length: Double
  /// The number of what was waited for; 0 for none.
  var object = 0

  var end: Double { start + length }
}

/// What a timeline says of one process.
struct TraceProcess {
  let row: Int
  let pid: Int
  var name = ""
  /// From its start to its end; nil while it goes on.
  var life: TraceSpan?
  /// `exit` or `died`.
  var ending: String?
  var waits: [TraceSpan] = []
  var tasks: [TraceSpan] = []
  /// When anything was noted first and last.
  var noted: ClosedRange<Double>?

  /// When it ran, as far as is known.
  var range: ClosedRange<Double> {
    if let life { return life.start...life.end }
    return noted ?? 0...0
  }

  var length: Double { range.upperBound - range.lowerBound }
  var waiting: Double { waits.reduce(0) { $0 + $1.length } }
}

/// A whole timeline.
struct TraceContents {
  let file: String
  /// In the order of their starts.
  private(set) var processes: [TraceProcess] = []

  /// In microseconds.
  var length: Double { processes.map(\.range.upperBound).max() ?? 0 }

  /// How many lines are decoded at once.
  private static let batch = 4096

  /// Reads a file.
  ///
  /// - Throws: `TraceProblem` when it cannot be read or holds something else.
  init(contentsOf file: String) throws {
    self.file = file
    let data: Data
    do {
      // The system's own reasons come from here.
      try FileDescriptor.open(FilePath(file), .readOnly).close()
      data = try Data(contentsOf: URL(fileURLWithPath: file), options: .mappedIfSafe)
    } catch let reason as Errno {
      throw TraceProblem(description: "cannot read \(file): \(reason)")
    } catch {
      throw TraceProblem(description: "cannot read \(file): \(error.localizedDescription)")
    }
    var rows: [Int: TraceProcess] = [:]
    var lines: [(number: Int, text: Data)] = []
    for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      guard let text = Self.event(in: line) else { continue }
      lines.append((index + 1, text))
      if lines.count == Self.batch {
        try decode(lines).forEach { Self.take($0, into: &rows) }
        lines = []
      }
    }
    try decode(lines).forEach { Self.take($0, into: &rows) }
    guard !rows.isEmpty else { throw TraceProblem(description: "\(file) holds no events") }
    processes = rows.values.sorted { $0.row < $1.row }
  }

  /// The event of a line, without the comma behind it; nil for one that has none.
  ///
  /// The list needs no end: processes may have been killed.
  private static func event(in line: Data) -> Data? {
    let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\r"), UInt8(ascii: "\t")]
    var text = line.drop { blanks.contains($0) }
    while let last = text.last, blanks.contains(last) || last == UInt8(ascii: ",") {
      text = text.dropLast()
    }
    if text.isEmpty || text.elementsEqual("[".utf8) || text.elementsEqual("]".utf8) { return nil }
    return text
  }

  private func decode(_ lines: [(number: Int, text: Data)]) throws -> [TraceEvent] {
    var list = Data("[".utf8)
    for (position, line) in lines.enumerated() {
      if position > 0 { list.append(UInt8(ascii: ",")) }
      list.append(line.text)
    }
    list.append(UInt8(ascii: "]"))
    let decoder = JSONDecoder()
    if let events = try? decoder.decode([TraceEvent].self, from: list) { return events }
    let wrong = lines.first { (try? decoder.decode(TraceEvent.self, from: $0.text)) == nil }
    throw TraceProblem(
      description: "line \(wrong?.number ?? 0) of \(file) is no event of a trace of mplua")
  }

  private static func take(_ event: TraceEvent, into rows: inout [Int: TraceProcess]) {
    // Counters belong to queues, not to a process.
    guard event.ph != "C" else { return }
    var process = rows[event.tid] ?? TraceProcess(row: event.tid, pid: event.pid)
    defer { rows[event.tid] = process }
    if event.ph == "M" {
      if event.name == "process_name", let name = event.args?.name { process.name = name }
      return
    }
    let start = event.ts ?? 0
    let span = TraceSpan(
      name: event.name, start: start, length: event.dur ?? 0, object: event.args?.object ?? 0)
    let noted = process.noted ?? start...start
    process.noted = min(noted.lowerBound, start)...max(noted.upperBound, span.end)
    guard event.ph == "X" else { return }
    switch event.cat {
    case "wait": process.waits.append(span)
    case "task": process.tasks.append(span)
    case "process":
      process.life = span
      process.ending = event.args?.end
    default: break
    }
  }
}
