// How the module `multiprocessing` enters an interpreter, and how a program with it ends.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Makes `require "multiprocessing"` find the module.
  ///
  /// Nothing of it runs before that.
  package func preloadMultiprocessing() {
    rawGet(LuaState.registry, "_PRELOAD")
    setFunctions([
      "multiprocessing": { $0.run(openMultiprocessing) },
      "multiprocessing.connection": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("connection")
        }
      },
      "multiprocessing.futures": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("futures")
        }
      },
      "multiprocessing.logging": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("logging")
        }
      },
      "multiprocessing.pool": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("pool")
        }
      },
      "multiprocessing.shared_memory": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("shared_memory")
        }
      },
      "multiprocessing.reduction": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("reduction")
        }
      },
      "multiprocessing.sharedctypes": {
        $0.run { (state) throws(LuaError) in
          try state.openSubmodule("sharedctypes")
        }
      },
    ])
    #if FaultInjection
    preloadSoak()
    #endif
    pop()
  }

  /// Ends the program: called once when the script is done or the prompt was left, before the
  /// interpreter is closed.
  ///
  /// Terminates daemons and joins the other children.
  ///
  /// - Parameter exitCode: The exit code so far.
  /// - Returns: The exit code of the process.
  package func endProgram(exitCode: Int32) -> Int32 {
    guard isModuleLoaded else { return exitCode }
    Interrupt.arm(self)
    return Bootstrap.finish(exitCode: exitCode, self)
  }

  /// Leaves a progress bar as it is: what is printed next without the module comes below it.
  package func endProgress() { ProgressBar.endAll() }

  /// Closes the interpreter, and then joins the children that its last finalizers started.
  ///
  /// - Parameter leaves: Whether the process ends now; a host's may go on.
  package func closeProgram(leaves: Bool = true) {
    let wasLoaded = isModuleLoaded
    // In a finalizer that runs now SIGINT kills, as in Lua's own interpreter: the handler must not
    // touch what is being freed.
    Interrupt.forget()
    LuaMemory.close(self)
    guard wasLoaded else { return }
    try? ExitSequence.run()
    if leaves { ExitSequence.leave(isQuiet: Interrupt.endingSignal != nil) }
  }

  private var isModuleLoaded: Bool {
    defer { pop() }
    return rawGet(LuaState.registry, "multiprocessing") == .table
  }

  /// Whether a value is the module itself: a call was written with a colon.
  func isModule(_ index: Int32) -> Bool {
    guard isTable(index) else { return false }
    rawGet(LuaState.registry, "multiprocessing")
    defer { pop() }
    return rawEqual(index < 0 ? index - 1 : index, -1)
  }

  /// Refuses a function of the module called with a colon.
  func refuseModule(_ function: String) throws(LuaError) {
    if top >= 1, contextMethod(1) != nil {
      throw .type(
        "bad argument #1 to '\(function)' (got the context; call it as ctx.\(function)(), "
          + "with a dot)")
    }
    if top >= 1, isModule(1) {
      throw .type(
        "bad argument #1 to '\(function)' (got the module; call it as mp.\(function)(), "
          + "with a dot)")
    }
  }

  /// Opens a submodule: a table of the module, which is loaded with it.
  ///
  /// Stack: [] -> [table].
  private func openSubmodule(_ name: StaticString) throws(LuaError) -> Int32 {
    try getGlobal("require")
    push(literal: "multiprocessing")
    try call(arguments: 1, results: 1)
    rawGet(-1, name)
    return 1
  }
}

/// What `require "multiprocessing"` runs.
///
/// Stack: [] -> [module].
private func openMultiprocessing(_ state: LuaState) throws(LuaError) -> Int32 {
  // A process counts as ended when the thread that holds its place on the board ends.
  guard ThreadCount.isMain else {
    throw .runtime("multiprocessing can be loaded on the main thread of a program only")
  }
  // Else the arena would be standard output to whoever writes there.
  StandardDescriptors.occupy()
  try state.lifting { () throws(MultiprocessingError) in try Arena.open() }
  Interrupt.takeOver(state)
  state.watchOutput()
  state.replaceExit()
  state.newTable(fields: 96)
  state.copy(-1)
  state.rawSet(LuaState.registry, "multiprocessing")
  state.pushProcessClass()
  state.rawSet(-2, "Process")
  state.addQueues()
  state.addConnections()
  state.addLocks()
  state.addSemaphores()
  state.addConditions()
  state.addEvents()
  state.addBarriers()
  state.addSharedCTypes()
  state.addPool()
  state.addDefaultPool()
  state.addLogging()
  state.addRange()
  state.addRegister()
  state.addProcessFunctions()
  state.addSmallFunctions()
  state.addHelp()
  state.addContexts()
  for errorClass in ErrorClass.allCases where errorClass != .exception {
    state.push(errorClass.rawValue)
    state.pushClass(errorClass)
    state.rawSet(-3)
  }
  state.addSubmodules()
  state.addClassTables()
  return 1
}

extension LuaState {
  /// Stack: [module] -> [module].
  fileprivate func addSubmodules() {
    newTable()
    addLogging()
    rawSet(-2, "logging")
    pushFuturesModule()
    for name: StaticString in ["ProcessPoolExecutor", "as_completed"] {
      rawGet(-1, name)
      rawSet(-3, name)
    }
    rawSet(-2, "futures")
    pushReductionModule(self)
    rawSet(-2, "reduction")
    pushSharedMemoryModule()
    rawSet(-2, "shared_memory")
    pushSharedCTypesModule()
    rawSet(-2, "sharedctypes")
    newTable()
    rawGet(-2, "Pool")
    rawSet(-2, "Pool")
    pushClass(.maybeEncodingError)
    rawSet(-2, "MaybeEncodingError")
    // What the processes of workers run: it travels by its name.
    rawGet(LuaState.registry, "multiprocessing.worker")
    rawSet(-2, "worker")
    rawSet(-2, "pool")
    newTable()
    for name: StaticString in ["Pipe", "wait"] {
      rawGet(-2, name)
      rawSet(-2, name)
    }
    rawSet(-2, "connection")
  }
}

/// The `__newindex` of objects that take no fields of the script's own.
func refuseNewField(_ state: LuaState) throws(LuaError) -> Int32 {
  let field = try state.text(of: 2)
  throw .object(
    .attributeError, "'\(state.typeName(1))' object has no attribute '\(field)' to set")
}
