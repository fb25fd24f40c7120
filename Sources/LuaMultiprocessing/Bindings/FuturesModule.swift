// `mp.futures`. Python: `concurrent.futures`.

internal import CLuaBridge

extension LuaState {
  /// Stack: [] -> [table].
  func pushFuturesModule() {
    addFutureClass()
    addCompletions()
    addMapIterators()
    newTable(fields: 16)
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.futures")
    setFunctions([
      "Future": { $0.run(makeFuture) },
      "wait": { $0.run(futuresWait) },
      "as_completed": { $0.run(asCompleted) },
    ])
    addExecutor()
    addWaitConstants()
    for errorClass: ErrorClass in [
      .cancelledError, .timeoutError, .invalidStateError, .brokenExecutor, .brokenProcessPool,
    ] {
      push(errorClass.rawValue)
      pushClass(errorClass)
      rawSet(-3)
    }
  }

  /// Refuses a function of `mp.futures` called with a colon.
  func refuseFuturesModule(_ function: String) throws(LuaError) {
    guard top >= 1, isTable(1) else { return }
    rawGet(LuaState.registry, "multiprocessing.futures")
    defer { pop() }
    if rawEqual(1, -1) {
      throw .type(
        "bad argument #1 to '\(function)' (got the module; call it as futures.\(function)(), "
          + "with a dot)")
    }
  }
}
