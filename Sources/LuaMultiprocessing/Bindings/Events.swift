// `mp.Event`. Python: `multiprocessing.synchronize.Event`.

internal import CLuaBridge
internal import Multiprocessing

/// An event as a script holds it.
struct EventHandle: SharedHandle {
  static let typeName: StaticString = "Event"
  static let example: StaticString = "event"
  static let magic: UInt64 = 0x1D64_C7F9_8A20_E35B

  let event: Event

  var object: SharedObject { event.object }

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    guard let object = references.first, object.kind == .event else { return false }
    state.push(object: EventHandle(event: Event(object)), className: "Event")
    return true
  }
}

extension LuaState {
  /// Adds the class to the module on top of the stack.
  func addEvents() {
    newMetatable(className: "Event")
    setFunctions(EventMethods.meta)
    newTable(fields: 8)
    setFunctions(EventMethods.all)
    rawSet(-2, "__index")
    pop()
    setFunctions(["Event": { $0.run { (state) throws(LuaError) in try state.makeEvent() } }])
  }

  private func makeEvent() throws(LuaError) -> Int32 {
    try refuseModule("Event")
    try bind(Signature(name: "Event", example: "Event()", parameters: []), from: 1)
    let event = try lifting { () throws(MultiprocessingError) in try Event() }
    event.object.place = place(level: 1) ?? ""
    push(object: EventHandle(event: event), className: "Event")
    return 1
  }
}

private let waitSignature = Signature(
  name: "wait", example: "event:wait{timeout = 1}", parameters: [Parameter("timeout")])

private func eventIsSet(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: EventHandle.self).event.isSet)
  return 1
}

private func eventSet(_ state: LuaState) throws(LuaError) -> Int32 {
  let event = try state.object(1, as: EventHandle.self).event
  try state.lifting { () throws(MultiprocessingError) in try event.set() }
  return 0
}

private func eventClear(_ state: LuaState) throws(LuaError) -> Int32 {
  let event = try state.object(1, as: EventHandle.self).event
  try state.lifting { () throws(MultiprocessingError) in try event.clear() }
  return 0
}

/// Lua: `event:wait([timeout])`: true, or false when the time was over.
private func eventWait(_ state: LuaState) throws(LuaError) -> Int32 {
  let event = try state.object(1, as: EventHandle.self).event
  var deadline = Deadline.never
  if state.top > 1 {
    try state.bind(waitSignature, from: 2)
    deadline = try state.deadline(timeout: 2)
  }
  state.push(
    try state.lifting { () throws(MultiprocessingError) in try event.wait(until: deadline) })
  return 1
}

private func eventToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let event = try state.object(1, as: EventHandle.self).event
  let address = String(event.object.offset, radix: 16)
  state.push("<Event at 0x\(address) \(event.isSet ? "set" : "unset")>")
  return 1
}

private enum EventMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "is_set": { $0.runBare("is_set", eventIsSet) },
    "set": { $0.runBare("set", eventSet) },
    "clear": { $0.runBare("clear", eventClear) },
    "wait": { $0.run(eventWait) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__tostring": { $0.run(eventToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(EventHandle.self) } },
    "__gc": { $0.run { (state) throws(LuaError) in try state.collectHandle(EventHandle.self) } },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
