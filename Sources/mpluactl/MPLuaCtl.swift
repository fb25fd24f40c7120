// mpluactl: eyes on running programs of mplua.

import ArgumentParser
import Multiprocessing

@main
struct MPLuaCtl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mpluactl",
    abstract: "Looks into running programs of mplua.",
    discussion: """
      Only processes of the same user are seen, and only programs that have required \
      multiprocessing. Looking changes nothing in them: it reads a copy of their shared memory, and \
      stack asks them by a signal.
      """,
    version: "\(ProgramDescription.line(of: "mpluactl"))\n\(ProgramDescription.machine)",
    subcommands: [PS.self, Top.self, Stack.self, Doctor.self, TraceCommand.self])
}
