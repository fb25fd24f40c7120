// `mp.Barrier`. Python: `multiprocessing.synchronize.Barrier`.

internal import CLuaBridge
internal import Multiprocessing

/// A barrier as a script holds it.
///
/// The userdata's user value is the action or nil: each process has a copy of its own, and the last
/// process to arrive runs its copy. It travels with the barrier.
struct BarrierHandle: SharedHandle {
  static let typeName: StaticString = "Barrier"
  static let example: StaticString = "barrier"
  static let magic: UInt64 = 0xB70C_58E2_19D4_6FA3

  let barrier: Barrier
  let hasAction: Bool

  var object: SharedObject { barrier.object }
  var details: UInt64 { hasAction ? 1 : 0 }
  var hasValue: Bool { hasAction }

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    guard let object = references.first, object.kind == .barrier else { return false }
    state.push(
      object: BarrierHandle(barrier: Barrier(object), hasAction: details != 0),
      className: "Barrier", userValues: 1)
    return true
  }
}

extension LuaState {
  /// Adds the class to the module on top of the stack.
  func addBarriers() {
    newMetatable(className: "Barrier")
    setFunctions(BarrierMethods.meta)
    newTable(fields: 8)
    setFunctions(BarrierMethods.all)
    push(body: { $0.run(barrierGet) }, upvalues: 1)
    rawSet(-2, "__index")
    pop()
    setFunctions(["Barrier": { $0.run { (state) throws(LuaError) in try state.makeBarrier() } }])
  }

  private func makeBarrier() throws(LuaError) -> Int32 {
    try refuseModule("Barrier")
    try bind(
      Signature(
        name: "Barrier", example: "Barrier{parties = 2}",
        parameters: [Parameter("parties", .required), Parameter("action"), Parameter("timeout")]),
      from: 1)
    guard let parties = integer(1) else {
      throw .type("parties must be an integer, got \(found(1)); write Barrier(2)")
    }
    guard isNoneOrNil(2) || isCallable(2) else {
      let hint = number(2) == nil ? "" : "; for a timeout write Barrier(\(parties), {timeout = 1})"
      throw .type("action must be a function or nil, got \(typeName(2))\(hint)")
    }
    let timeout = try seconds(3, "timeout") ?? .infinity
    let barrier = try lifting { () throws(MultiprocessingError) in
      try Barrier(parties: parties, timeout: timeout)
    }
    barrier.object.place = place(level: 1) ?? ""
    let handle = BarrierHandle(barrier: barrier, hasAction: !isNoneOrNil(2))
    push(object: handle, className: "Barrier", userValues: 1)
    copy(2)
    setUserValue(-2)
    return 1
  }
}

/// Lua: `barrier:wait([timeout])`: the arrival number, from 0.
private func barrierWait(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: BarrierHandle.self)
  let barrier = handle.barrier
  try state.bind(
    Signature(
      name: "wait", example: "barrier:wait{timeout = 1}", parameters: [Parameter("timeout")]),
    from: 2)
  let deadline = try state.deadline(
    timeout: 2, absent: Deadline(secondsFromNow: barrier.timeout))
  state.userValue(1)
  let arrival = try state.lifting { () throws(MultiprocessingError) in
    try barrier.wait(until: deadline, hasAction: handle.hasAction)
  }
  switch arrival {
  case .passed(let number): state.push(number)
  case .mustAct(let number):
    do throws(LuaError) {
      try state.call(arguments: 0, results: 0)
    } catch {
      barrier.failAction()
      throw error
    }
    try state.lifting { () throws(MultiprocessingError) in try barrier.finishAction() }
    state.push(number)
  }
  return 1
}

private func barrierAbort(_ state: LuaState) throws(LuaError) -> Int32 {
  let barrier = try state.object(1, as: BarrierHandle.self).barrier
  try state.lifting { () throws(MultiprocessingError) in try barrier.abort() }
  return 0
}

private func barrierReset(_ state: LuaState) throws(LuaError) -> Int32 {
  let barrier = try state.object(1, as: BarrierHandle.self).barrier
  try state.lifting { () throws(MultiprocessingError) in try barrier.reset() }
  return 0
}

/// Lua: `barrier.parties`, `barrier.n_waiting`, `barrier.broken`, `barrier:method`.
private func barrierGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let barrier = try state.object(1, as: BarrierHandle.self).barrier
  state.copy(2)
  if state.rawGet(state.upvalue(1)) != .nil { return 1 }
  switch state.isString(2) ? state.string(2) : "" {
  case "parties": state.push(barrier.parties)
  case "n_waiting": state.push(barrier.waiterCount)
  case "broken": state.push(barrier.isBroken)
  default: state.pushNil()
  }
  return 1
}

private func barrierToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let barrier = try state.object(1, as: BarrierHandle.self).barrier
  let address = String(barrier.object.offset, radix: 16)
  let status =
    barrier.isBroken ? "broken" : "waiters=\(barrier.waiterCount)/\(barrier.parties)"
  state.push("<Barrier at 0x\(address): \(status)>")
  return 1
}

private enum BarrierMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "wait": { $0.run(barrierWait) },
    "abort": { $0.runBare("abort", barrierAbort) },
    "reset": { $0.runBare("reset", barrierReset) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(barrierToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(BarrierHandle.self) } },
    "__gc": { $0.run { (state) throws(LuaError) in try state.collectHandle(BarrierHandle.self) } },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
