// What the main process does for others while its prompt waits for a key. Python: its pools' threads run beside the
// prompt.

package import CLuaBridge
internal import Multiprocessing

/// What a look at the others came to.
package enum Served {
  case nothing
  /// Ctrl-C came while no callback ran.
  case interrupted
  /// SIGTERM ended a callback, and ends the program.
  case terminated
}

extension LuaState {
  /// Says what the process does to those who asked, reaps dead children, and does what can be done for pools
  /// now: takes results, runs callbacks.
  ///
  /// - Parameter report: Prints the error on top of the stack and takes it away.
  /// - Returns: Whether a signal came for the prompt.
  package func serveAtPrompt(_ report: () -> Void) -> Served {
    StackReport.tell(StackQuestion.takeAskers(), "is at its prompt")
    _ = CurrentProcess.activeChildren
    guard Pools.areBusy else { return .nothing }
    var isInterrupted = false
    TerminalGuard.letSignalsIn {
      Interrupt.arm(self)
    } during: {
      do throws(LuaError) {
        try pumpPools()
      } catch {
        push(error)
        report()
      }
    } then: {
      isInterrupted = Interrupt.isDue
      Interrupt.disarm()
    }
    return Interrupt.isTerminated ? .terminated : isInterrupted ? .interrupted : .nothing
  }
}
