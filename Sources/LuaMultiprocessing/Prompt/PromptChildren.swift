// The children that the prompt would leave waiting at its end. Python: none; its prompt waits for them.

internal import Multiprocessing

/// The children that run and are no daemons: the end of a process waits for these.
package enum PromptChildren {
  /// Their names and process numbers: `Process-1 (pid 412)`.
  package static var descriptions: [String] {
    all.map { "\($0.name) (pid \($0.pid ?? 0))" }
  }

  /// Terminates them; who does not end by that is killed.
  package static func terminate() { ExitSequence.terminate(all) }

  private static var all: [Process] { CurrentProcess.activeChildren.filter { !$0.isDaemon } }
}
