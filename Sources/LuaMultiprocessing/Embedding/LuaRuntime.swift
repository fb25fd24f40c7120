// An interpreter for a Swift host, with the module `multiprocessing`.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

/// An interpreter of Lua with the module `multiprocessing`, in a Swift program.
///
/// ```swift
/// let lua = try LuaRuntime()
/// lua.register("area") { (width: Double, height: Double) in width * height }
/// let sum: Int = try lua.run("return ...", arguments: 1, 2)
/// ```
///
/// A runtime belongs to the thread that made it: every use on another thread stops the program. A
/// script may load `multiprocessing` only if that is the program's main thread.
///
/// A program has one runtime at a time that loads the module: children belong to the process.
public final class LuaRuntime {
  /// The interpreter.
  let state: LuaState
  /// The coroutine that calls Swift now, on which Swift calls Lua.
  var current: LuaState
  /// The functions of the host, by the numbers that Lua knows them by.
  var functions: [HostFunction] = []
  /// Calls into Lua that have not yet returned.
  var depth = 0
  /// Whether the interpreter has not been closed.
  private(set) var isOpen = true
  /// Whether this object ends the interpreter; that of a fresh worker ends with its process.
  let isOwner: Bool
  private let thread = pthread_self()
  private var forgotten: [Int32] = []

  /// Makes an interpreter with Lua's libraries and the module, and runs what was handed to
  /// ``runWorkerIfNeeded(_:)``.
  ///
  /// Nothing of the module runs before a script requires it.
  ///
  /// - Throws: ``LuaScriptError`` when there is no memory, and what the preparation throws.
  public init() throws {
    guard let state = LuaMemory.makeState() else {
      throw LuaScriptError("cannot make an interpreter: not enough memory")
    }
    self.state = state
    current = state
    isOwner = true
    state.installWarnings()
    do throws(LuaError) {
      try state.openLibraries()
    } catch {
      throw takeError(error)
    }
    state.preloadMultiprocessing()
    state.pushGlobals()
    state.push(literal: "__main__")
    state.rawSet(-2, "__name__")
    state.pop()
    state.collectByGenerations()
    attach()
    ProgramEnd.watch(self)
    try Self.preparation?(self)
  }

  /// Makes the face of the interpreter of a fresh worker.
  init(worker state: LuaState) {
    self.state = state
    current = state
    isOwner = false
    attach()
  }

  /// Lets the interpreter find its runtime.
  private func attach() {
    LuaMemory(of: state).owner = self
  }

  deinit { end() }

  /// Ends the interpreter: daemons are terminated, the other children joined, finalizers run.
  ///
  /// Waits for children that are no daemons as long as they take. Without this call it happens when
  /// the runtime is dropped, or at the end of the program. Must not be called from a registered
  /// function.
  public func close() {
    checkThread()
    precondition(depth == 0, "a LuaRuntime is closed by a function that it calls")
    end()
  }

  private func end() {
    guard isOpen, isOwner, depth == 0 else { return }
    guard !ProgramEnd.isElsewhere else {
      // A copy of the program that something else made: the children are not its own.
      isOpen = false
      return
    }
    let action = InterruptSignal.Action()
    finishProgram()
    if isOpen { state.closeProgram(leaves: false) }
    action.restore()
    isOpen = false
    functions = []
  }

  /// Terminates the daemons and joins the other children.
  func finishProgram() { _ = state.endProgram(exitCode: 0) }

  /// Notes that a script has closed the interpreter and is ending the program.
  func noteClosed() { isOpen = false }

  /// Stops the program when another thread than the runtime's own uses it.
  func checkThread() {
    precondition(pthread_equal(thread, pthread_self()) != 0, "a LuaRuntime is used by two threads")
  }

  /// Whether a state or coroutine is of this interpreter.
  func owns(_ state: LuaState) -> Bool { isOpen && LuaMemory(of: state).owner === self }
}

// MARK: - References

extension LuaRuntime {
  /// Frees a place in the registry when Lua is called next.
  func releaseLater(_ number: Int32) {
    if isOpen { forgotten.append(number) }
  }

  /// Frees what was dropped meanwhile.
  func releaseForgotten() {
    while let number = forgotten.popLast() { state.release(number) }
  }

  /// Keeps the value of a place in the registry in another one too.
  func duplicate(_ number: Int32) -> Int32 {
    current.rawGet(LuaState.registry, Int(number))
    return current.keep()
  }
}
