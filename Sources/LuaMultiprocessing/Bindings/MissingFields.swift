// Fields that objects do not have.

internal import CLuaBridge

extension LuaState {
  /// Makes the table of methods on top of the stack answer every other field with nil, but refuse one by
  /// position: `ipairs` of the object would be an empty loop.
  ///
  /// - Parameter advice: What the error says.
  func refusePositions(_ advice: StaticString) {
    newTable(fields: 1)
    push(literal: advice)
    push(body: { $0.run(refusePosition) }, upvalues: 1)
    rawSet(-2, "__index")
    setMetatable(-2)
  }
}

private func refusePosition(_ state: LuaState) throws(LuaError) -> Int32 {
  if state.type(2) == .number { throw .type(state.string(state.upvalue(1))) }
  state.pushNil()
  return 1
}
