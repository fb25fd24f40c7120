// Asking the processes of a running program for their Lua stacks. Python: none; `py-spy dump` comes closest.

internal import SystemPackage

/// What the processes of a tree say of their stacks, and what can be said of those that say nothing.
///
/// The program goes on: a signal has each process answer in its wait, or between two steps of Lua code.
/// Its shared memory is only read.
package struct StackInquiry {
  /// How long processes have for an answer, in seconds; a wait looks after signals four times a second.
  private static let patience = 1.0

  /// How long they have when the machine is so busy that they do not come to run, in seconds.
  private static let longPatience = 10.0

  private let tree: RunningTree
  private var answers: [UInt32: String] = [:]
  private var refusals: [UInt32: String] = [:]

  /// Asks every process of a tree.
  ///
  /// - Returns: A text for each, in the order of `ProcessReport.all`.
  /// - Throws: What `RunningTree.look` throws, `.system` when answers cannot be heard.
  package static func texts(of tree: RunningTree) throws(MultiprocessingError) -> [String] {
    var inquiry = StackInquiry(tree: tree)
    let reports = try tree.look { ProcessReport.all(asking: tree.pids) }
    let listener = try StackListener()
    var rest = reports[...]
    while !rest.isEmpty {
      inquiry.ask(rest.prefix(StackListener.capacity), listener)
      rest = rest.dropFirst(StackListener.capacity)
    }
    let views = inquiry.views(of: reports)
    return reports.map { report in
      let text = inquiry.answers[report.record.identity] ?? views[report.record.identity]
      return (text ?? "\(report.title) has ended").printableLines
    }
  }

  private init(tree: RunningTree) { self.tree = tree }

  /// Asks processes at once, and hears their answers.
  private mutating func ask(
    _ reports: ArraySlice<ProcessReport>, _ listener: borrowing StackListener
  ) {
    var opened: [Int32] = []
    defer { for descriptor in opened { ProcessCalls.closeDescriptor(descriptor) } }
    var asked: [Int32: Int32] = [:]
    for report in reports where report.mayAnswer {
      let pid = report.record.pid
      if let reason = obstacle(to: pid) {
        refusals[report.record.identity] = reason
        continue
      }
      do throws(Errno) {
        let descriptor = try ProcessCalls.openDescriptor(ofAny: pid)
        opened.append(descriptor)
        // Another process might die of the signal. What the number says from here on is so of this one,
        // or this one has ended and hears nothing.
        guard tree.includes(pid), StackQuestion.isHeard(by: pid) else { continue }
        try StackQuestion.send(to: descriptor)
        asked[pid] = descriptor
      } catch .noSuchProcess {
        continue
      } catch {
        refusals[report.record.identity] = "\(error)"
      }
    }
    let limit = Deadline(secondsFromNow: Self.longPatience)
    let heard = listener.hear(asked, until: Deadline(secondsFromNow: Self.patience)) { pid in
      !limit.isPast && reports.contains { $0.record.pid == pid && $0.hasNotRunSince }
    }
    for report in reports { answers[report.record.identity] = heard[report.record.pid] }
  }

  /// Why a process cannot hear the question, or be heard.
  private func obstacle(to pid: Int32) -> String? {
    // There it has another number.
    if !tree.pids.contains(pid) { return "it is in another namespace of processes" }
    if ProcessFiles.hasOtherNetwork(pid) { return "it is in another namespace of the network" }
    return nil
  }

  /// What can be said now of those that have not answered, and have not ended.
  private func views(of reports: [ProcessReport]) -> [UInt32: String] {
    guard reports.contains(where: { answers[$0.record.identity] == nil }) else { return [:] }
    // A program that has ended is no error by now.
    let views = try? tree.look {
      ProcessReport.all(asking: tree.pids).filter { $0.state != .dead }.map { report in
        (report.record.identity, view(of: report))
      }
    }
    return Dictionary(views ?? [], uniquingKeysWith: { first, _ in first })
  }

  private func view(of report: ProcessReport) -> String {
    let wait = report.record.wait.map { "; it waits: \($0)" } ?? ""
    if !report.record.kind.runsScripts { return "\(report.title) runs no script\(wait)" }
    if report.state == .starting { return "\(report.title) is starting" }
    if let reason = refusals[report.record.identity] {
      return "\(report.title) cannot be asked: \(reason)\(wait)"
    }
    return "\(report.title) does not answer: \(report.record.seenFromOutside)"
  }
}

extension ProcessReport {
  /// Its name and number.
  fileprivate var title: String { "\(name) (pid \(record.pid))" }

  /// Whether it runs scripts and can do something now.
  fileprivate var mayAnswer: Bool {
    record.kind.runsScripts && (state == .running || state == .waiting)
  }

  /// Whether it waits for a processor, and has had next to none since this report.
  fileprivate var hasNotRunSince: Bool {
    guard let status = ProcessStatus(of: record.pid), let before = processorSeconds else {
      return false
    }
    return status.state == "R" && status.processorSeconds - before < 0.05
  }
}

extension String {
  /// The same with each of its lines fit for a terminal; tabs stay.
  fileprivate var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false)
        .map { String($0).printable }.joined(separator: "\t")
    }.joined(separator: "\n")
  }
}
