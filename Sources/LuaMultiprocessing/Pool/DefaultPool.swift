// `mp.map` and its kin: the methods of a pool that is there when it is needed. No counterpart in
// Python.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Adds the functions to the module on top of the stack.
  func addDefaultPool() {
    setFunctions([
      "map": { $0.run { (state) throws(LuaError) in try state.callDefaultPool("map") } },
      "starmap": { $0.run { (state) throws(LuaError) in try state.callDefaultPool("starmap") } },
      "imap": { $0.run { (state) throws(LuaError) in try state.callDefaultPool("imap") } },
      "imap_unordered": {
        $0.run { (state) throws(LuaError) in try state.callDefaultPool("imap_unordered") }
      },
      "apply_async": {
        $0.run { (state) throws(LuaError) in try state.callDefaultPool("apply_async") }
      },
    ])
  }

  /// Calls a method of the default pool with the arguments of the running body.
  private func callDefaultPool(_ method: StaticString) throws(LuaError) -> Int32 {
    try refuseModule("\(method)")
    let count = top
    try reserveStack(20)
    try pushDefaultPool()
    copy(-1)
    push(literal: method)
    try get()
    // [arguments…, pool, function] -> [function, pool, arguments…]
    insert(1)
    insert(2)
    return continuing(arguments: count + 1)
  }

  /// Pushes the pool, made on first use, with a worker for each processor.
  ///
  /// It ends with its process; a child makes one of its own.
  ///
  /// Stack: [] -> [pool].
  private func pushDefaultPool() throws(LuaError) {
    rawGet(LuaState.registry, "multiprocessing.default_pool")
    if optionalObject(-1, as: InlinePool.self) != nil { return }
    if let core = optionalObject(-1, as: PoolHandle.self)?.pool?.core, core.isOwn,
      core.state == .running, core.failure == nil
    {
      return
    }
    pop()
    rawGet(LuaState.registry, "multiprocessing")
    rawGet(-1, "Pool")
    remove(-2)
    try call(arguments: 0, results: 1)
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.default_pool")
  }
}
