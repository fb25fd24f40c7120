// `mpluactl top`: running programs, again and again.

import ArgumentParser
import Glibc
import Multiprocessing

struct Top: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Shows running programs live, with the depth and the throughput of their queues.",
    discussion: """
      The processes are those of ps; CPU is how much of a processor each had since the look before. \
      For each queue: how many messages are in it and may be, how many were put and taken each \
      second, how many processes wait to put and to take. On a terminal each look takes the place \
      of the one before, and Ctrl-C ends it; elsewhere they are printed one after the other.

      The exit status is 0, or 1 when PID is not a process that can be shown.
      """)

  @Argument(help: "Show only the program that this process belongs to, until it ends.")
  var pid: Int32?

  @Option(name: .shortAndLong, help: "End after so many looks.")
  var count: Int?

  @Option(name: .shortAndLong, help: "Seconds from one look to the next.")
  var interval = 1.0

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count must be at least 1, got \(count)") }
    guard interval >= 0.05, interval <= 86_400 else {
      throw ValidationError("--interval must be 0.05 to 86400 seconds, got \(interval)")
    }
  }

  func run() throws {
    // Rates need two looks.
    var before = try TreeReport.look(pid)
    pause(min(interval, 0.2))
    var looks = 0
    while true {
      let now = try nextLook()
      show(
        now.isEmpty && pid != nil ? "The program has ended." : frame(now, before),
        isFirst: looks == 0)
      looks += 1
      if looks == count || now.isEmpty && pid != nil { return }
      before = now
      pause(interval)
    }
  }

  /// What runs now; nothing when the program that was asked for has ended.
  private func nextLook() throws -> [TreeReport] {
    guard pid != nil else { return try TreeReport.look(nil) }
    return (try? TreeReport.look(pid)) ?? []
  }

  private func frame(_ trees: [TreeReport], _ before: [TreeReport]) -> String {
    let states = trees.flatMap { $0.processes.map(\.state) }
    let head =
      "programs: \(trees.count), processes: \(states.count), running: "
      + "\(states.count { $0 == .running })"
    var texts: [String] = [head]
    for tree in trees {
      texts.append(tree.text(since: before.first { $0.key == tree.key }))
    }
    return texts.joined(separator: "\n\n")
  }

  private func show(_ frame: String, isFirst: Bool) {
    defer { fflush(nil) }
    guard let size = TerminalScreen.size else {
      return print(isFirst ? frame : "\n\(frame)")
    }
    var lines: [Substring] = frame.split(separator: "\n", omittingEmptySubsequences: false)
    let room = max(1, size.lines - 1)
    if lines.count > room {
      let left = "and \(lines.count - room + 1) lines more"
      lines.removeLast(lines.count - room + 1)
      lines.append(left[...])
    }
    // Each line is cleared behind its text, so that nothing flickers.
    var text = isFirst ? "\u{1B}[2J\u{1B}[H" : "\u{1B}[H"
    for line in lines { text += line.prefix(size.columns) + "\u{1B}[K\n" }
    print(text + "\u{1B}[J", terminator: "")
  }

  private func pause(_ seconds: Double) {
    sleep(UInt32(seconds))
    usleep(UInt32(seconds.truncatingRemainder(dividingBy: 1) * 1_000_000))
  }
}
