// How the module `multiprocessing` enters an interpreter, and how a program with it ends.

package import CLuaBridge

extension LuaState {
  /// Makes `require "multiprocessing"` find the module.
  ///
  /// Nothing of it runs before that.
  package func preloadMultiprocessing() {}

  /// Ends the program: called once when the script is done or the prompt was left, before the
  /// interpreter is closed.
  ///
  /// - Parameter exitCode: The exit code so far.
  /// - Returns: The exit code of the process.
  package func endProgram(exitCode: Int32) -> Int32 { exitCode }
}
