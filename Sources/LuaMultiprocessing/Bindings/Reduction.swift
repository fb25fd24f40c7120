// The Lua module `multiprocessing.reduction`; Python's counterpart is the module of the same name.

package import CLuaBridge

/// Pushes the table of the module.
///
/// Stack: [] -> [module].
package func pushReductionModule(_ state: LuaState) {
  state.newTable(fields: 1)
  state.newTable(fields: 2)
  state.push(body: { $0.run(forkingPicklerDumps) })
  state.rawSet(-2, "dumps")
  state.push(body: { $0.run(forkingPicklerLoads) })
  state.rawSet(-2, "loads")
  state.rawSet(-2, "ForkingPickler")
}

/// Lua: `ForkingPickler.dumps(value)`.
///
/// Stack: [value] -> [string].
private func forkingPicklerDumps(_ state: LuaState) throws(LuaError) -> Int32 {
  guard !state.isNone(1) else { throw .argument(1, "value expected, got no value") }
  try Encoder.use(state) { encoder throws(LuaError) in
    try encoder.encode(state, 1, carriesReferences: false)
    try encoder.pushMessage(state)
  }
  return 1
}

/// Lua: `ForkingPickler.loads(string)`.
///
/// Stack: [string] -> [value].
private func forkingPicklerLoads(_ state: LuaState) throws(LuaError) -> Int32 {
  guard state.isString(1) else {
    throw .argument(1, "string expected, got \(state.typeName(1))")
  }
  try Decoder.decode(state, message: 1)
  return 1
}
