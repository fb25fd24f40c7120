// `mpluactl doctor`: whether this machine is fit for mplua.

import ArgumentParser
import Multiprocessing

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tries out what mplua needs of this machine and says what is missing.",
    discussion: """
      A line for each thing: ok, warning (mplua works, with what the line says) or failed (mplua, or \
      a part of it, does not work), what was found, and what follows from it. Limits are those of \
      the shell that runs it.

      The exit status is 0, or 1 when something failed.
      """)

  func run() throws {
    let findings = MachineCheck.findings
    for finding in findings { print(finding.line) }
    let warnings = findings.count { $0.verdict == .warning }
    let failures = findings.count { $0.verdict == .failed }
    if failures > 0 {
      print("\nThis machine is not fit for mplua; failed: \(failures).")
      throw ExitCode.failure
    }
    print("\nThis machine is fit for mplua\(warnings > 0 ? "; warnings: \(warnings)" : "").")
  }
}
