// `mpluactl ps`: the processes of running programs and what they wait for.

import ArgumentParser
import Multiprocessing

struct PS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps",
    abstract: "Shows the processes of running programs as trees: what each does and waits for.",
    discussion: """
      A line for each process: its number, its state (running, waiting, stopped, starting or dead), \
      the processor time it has used, the memory it has in use (what it shares included), how many \
      tasks it has done if it is a worker of a pool, how long it has waited, its name, and what it \
      waits for and who has that.

      The exit status is 0, or 1 when PID is not a process that can be shown.
      """)

  @Argument(help: "Show only the program that this process belongs to.")
  var pid: Int32?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    let trees = try TreeReport.look(pid)
    if json {
      print(try TreeReport.json(trees))
    } else if trees.isEmpty {
      StandardError.write(
        line: "mpluactl: no program of yours that uses multiprocessing is running")
    } else {
      print(trees.map(\.text).joined(separator: "\n\n"))
    }
  }
}
