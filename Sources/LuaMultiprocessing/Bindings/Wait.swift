// `mp.wait`. Python: `multiprocessing.connection.wait`.

internal import CLuaBridge
internal import Multiprocessing

private let waitSignature = Signature(
  name: "wait", example: "mp.wait(list, {timeout = 1})",
  parameters: [Parameter("object_list", .value), Parameter("timeout")])

/// Lua: `mp.wait(list [, timeout])`: the connections, processes, sentinels, queues and events of the
/// list that are ready, in its order.
func connectionWait(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("wait")
  try state.bind(waitSignature, from: 1)
  let count = try state.checkList(1, "object_list", call: "mp.wait ")
  // For nothing nobody can wait for ever.
  let deadline = try state.deadline(timeout: 2, absent: count == 0 ? .now : .never)
  var things: [Waitable] = []
  for position in 0..<count {
    try state.push(listItem: position, of: 1)
    things.append(try state.waitable(position + 1))
    state.pop()
  }
  let ready = try state.waitPumping(for: things, until: deadline)
  state.newTable(list: Int32(ready.count))
  for (index, position) in ready.enumerated() {
    try state.push(listItem: position, of: 1)
    state.rawSet(-2, index + 1)
  }
  return 1
}

extension LuaState {
  /// The value on top of the stack as something to wait for.
  fileprivate func waitable(_ position: Int) throws(LuaError) -> Waitable {
    if let handle = optionalObject(-1, as: ConnectionHandle.self) {
      if handle.connection.isClosed { throw .object(.osError, "handle is closed") }
      return .connection(handle.connection)
    }
    if let handle = optionalObject(-1, as: ProcessHandle.self), let process = handle.process {
      let sentinel = try sentinel(of: process)
      guard let identity = process.boardIdentity else { return .descriptor(sentinel) }
      return .process(identity: identity, sentinel: sentinel)
    }
    if let handle = optionalObject(-1, as: QueueHandle.self) {
      if handle.isClosed { throw closedError(handle) }
      return .object(handle.object)
    }
    if let handle = optionalObject(-1, as: EventHandle.self) { return .object(handle.object) }
    if let sentinel = integer(-1) {
      // poll(2) passes over negative ones, for ever.
      guard let descriptor = Int32(exactly: sentinel), descriptor >= 0 else {
        throw .value("Invalid file descriptor: \(sentinel)")
      }
      return CurrentProcess.waitable(sentinel: descriptor)
    }
    let hint =
      optionalObject(-1, as: Future.self) != nil ? "; for futures write mp.futures.wait(fs)" : ""
    throw .type(
      "object_list[\(position)] must be a connection, a process, a sentinel, a queue or an event, "
        + "got \(typeName(-1))\(hint)")
  }
}
