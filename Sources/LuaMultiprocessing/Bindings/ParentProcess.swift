// What `mp.parent_process()` gives. Python: `multiprocessing.process._ParentProcess`.

internal import CLuaBridge
internal import Multiprocessing

/// The parent as a script holds it.
struct ParentHandle: LuaObject {
  static let typeName: StaticString = "ParentProcess"
  static let example: StaticString = "parent"
  static let magic: UInt64 = 0x48E2_C7B0_9D51_36AF

  let pid: Int32
}

extension LuaState {
  /// Makes the class.
  func addParentProcess() {
    newMetatable(className: "ParentProcess")
    setFunctions([
      "__tostring": { $0.run(parentToString) },
      "__newindex": { $0.run(refuseNewField) },
    ])
    newTable(fields: 4)
    setFunctions(["is_alive": { $0.run(parentIsAlive) }, "join": { $0.run(parentJoin) }])
    push(body: { $0.run(parentGet) }, upvalues: 1)
    rawSet(-2, "__index")
    pop()
  }

  fileprivate func parent() throws(LuaError) -> CurrentProcess.Parent {
    let handle = try object(1, as: ParentHandle.self)
    guard let parent = CurrentProcess.parent, parent.pid == handle.pid else {
      throw .object(.assertionError, "this is the parent of another process")
    }
    return parent
  }
}

private func parentIsAlive(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.parent().isAlive)
  return 1
}

/// Lua: `parent:join([timeout])`.
private func parentJoin(_ state: LuaState) throws(LuaError) -> Int32 {
  let parent = try state.parent()
  try state.bind(
    Signature(
      name: "join", example: "parent:join{timeout = 1}", parameters: [Parameter("timeout")]),
    from: 2)
  let deadline = try state.deadline(timeout: 2)
  try state.lifting { () throws(MultiprocessingError) in try parent.join(until: deadline) }
  return 0
}

private func parentGet(_ state: LuaState) throws(LuaError) -> Int32 {
  state.copy(2)
  if state.rawGet(state.upvalue(1)) != .nil { return 1 }
  switch state.isString(2) ? state.string(2) : "" {
  case "name": state.push(try state.parent().name)
  case "pid", "ident": state.push(Int(try state.parent().pid))
  default: state.pushNil()
  }
  return 1
}

private func parentToString(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push("<_ParentProcess name='\(try state.parent().name)' parent=None unknown>")
  return 1
}
