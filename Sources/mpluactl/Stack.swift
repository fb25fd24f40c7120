// `mpluactl stack`: where in its Lua code each process of a running program is.

import ArgumentParser
import Multiprocessing

struct Stack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stack",
    abstract: "Shows where in its Lua code each process of a running program is.",
    discussion: """
      Every process of the program that PID belongs to is asked, and says its Lua stack and what it \
      waits for, since when; the stack of a coroutine comes before that of who resumed it. The program \
      goes on as if nothing had happened. A process that has not answered within a second, because it \
      is stopped or runs a function of C, is shown as the system and the other processes see it.

      The exit status is 0, or 1 when PID is not a process that can be shown.
      """)

  @Argument(help: "Any process of the program.")
  var pid: Int32

  func run() throws {
    let programs = try TreeReport.look(pid).map { program in
      try [program.title] + StackInquiry.texts(of: program.tree)
    }
    print(programs.joined().joined(separator: "\n\n"))
  }
}
