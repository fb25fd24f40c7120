// Ctrl-C while Lua code runs, until the module `multiprocessing` is loaded and takes over.

package import CLuaBridge

/// What SIGINT does.
package enum Interrupt {
  /// Whether somebody else handles SIGINT, so that `arm` and `disarm` do nothing.
  package static var isTakenOver: Bool {
    get { InterruptSignal.isTakenOver }
    set { InterruptSignal.isTakenOver = newValue }
  }

  /// Makes the first SIGINT raise "interrupted!" in the Lua code that runs, in a coroutine too.
  ///
  /// A second one kills the process.
  package static func arm(_ state: LuaState) {
    guard !isTakenOver else { return }
    InterruptSignal.handle(in: state) { $0.run(raiseInterrupted) }
  }

  /// Makes SIGINT kill the process.
  package static func disarm() {
    guard !isTakenOver else { return }
    InterruptSignal.kill()
  }
}

private func raiseInterrupted(_ state: LuaState) throws(LuaError) -> Int32 {
  let place = state.place(level: 1).map { "\($0): " } ?? ""
  state.push("\(place)interrupted!")
  throw .onTop
}
