// `mp.register`: metatables that travel by name. Python: `copyreg`, and that classes are pickled by
// their names.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Adds `register` to the module on top of the stack.
  func addRegister() { setFunctions(["register": { $0.run(registerMetatable) }]) }

  /// Pushes the table of registered metatables, by name.
  ///
  /// Stack: [] -> [table].
  func pushRegistered() {
    if rawGet(LuaState.registry, "multiprocessing.registered") == .table { return }
    pop()
    newTable()
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.registered")
  }
}

/// Lua: `mp.register(name, metatable)`.
///
/// From now on the metatable travels by this name, and in each process stands for the one registered
/// under it there. A process that was made earlier and does not know it gets the metatable itself. Gives
/// the metatable.
///
/// - Throws: `ValueError` when the name stands for another metatable, or the metatable has another name.
private func registerMetatable(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("register")
  guard state.isString(1) else {
    throw .argument(
      1, "name expected, got \(state.typeName(1)); write mp.register(\"Point\", Point)")
  }
  guard state.isTable(2) else { throw .argument(2, "metatable expected, got \(state.typeName(2))") }
  guard let name = state.bytes(1), !name.isEmpty, name.count < 1 << 16, !name.contains(0) else {
    throw .value("the name must have 1 to 65535 bytes, none of them zero")
  }
  state.setTop(2)
  state.pushRegistered()
  state.copy(1)
  let isKnown = state.rawGet(3) != .nil
  if isKnown, state.rawEqual(-1, 2) || !state.takeProvisional(1) {
    guard state.rawEqual(-1, 2) else {
      throw .value("another metatable is registered as '\(state.string(1))'")
    }
    state.copy(2)
    return 1
  }
  state.pop()
  state.pushNil()
  while state.next(3) {
    if state.rawEqual(-1, 2) {
      throw .value("the metatable is registered as '\(state.string(-2))' already")
    }
    state.pop()
  }
  state.copy(1)
  state.copy(2)
  state.rawSet(3)
  if !isKnown { state.setLate(1, !CurrentProcess.isAlone) }
  state.forgetNames()
  state.copy(2)
  return 1
}
