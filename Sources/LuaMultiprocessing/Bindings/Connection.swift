// `mp.Pipe`, connections and `mp.wait`. Python: `multiprocessing.connection`.

internal import CLuaBridge
internal import Multiprocessing

/// One end of a pipe as a script holds it.
struct ConnectionHandle: SharedHandle {
  static let typeName: StaticString = "Connection"
  static let example: StaticString = "conn"
  static let magic: UInt64 = 0xB37C_418E_D905_62FA

  var connection: Connection

  var object: SharedObject { connection.end }
  var isOpen: Bool { !connection.isClosed }
  var refusal: String? { isOpen ? nil : "handle is closed" }
  var details: UInt64 { UInt64(connection.direction.rawValue) }

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    let direction = Connection.Direction(rawValue: UInt8(truncatingIfNeeded: details))
    guard let end = references.first, Connection.Direction.both.isSuperset(of: direction),
      let connection = Connection(received: end, direction: direction)
    else { return false }
    state.push(connection)
    return true
  }
}

extension LuaState {
  /// Adds `Pipe` and `wait` to the module on top of the stack.
  func addConnections() {
    newMetatable(className: "Connection")
    setFunctions([
      "__tostring": { $0.run(connectionToString) },
      "__eq": { $0.run(connectionEqual) },
      "__gc": {
        $0.run { (state) throws(LuaError) in try state.collectHandle(ConnectionHandle.self) }
      },
      "__close": { $0.run(connectionClose) },
      "__newindex": { $0.run(refuseNewField) },
    ])
    newTable(fields: 16)
    setFunctions([
      "send": { $0.run(connectionSend) },
      "recv": { $0.runBare("recv", connectionReceive) },
      "try_recv": { $0.run(connectionTryReceive) },
      "send_bytes": { $0.run(connectionSendBytes) },
      "recv_bytes": { $0.run(connectionReceiveBytes) },
      "recv_bytes_into": { $0.run(connectionReceiveBytesInto) },
      "poll": { $0.run(connectionPoll) },
      "fileno": { $0.runBare("fileno", connectionDescriptor) },
      "close": { $0.runBare("close", connectionClose) },
    ])
    push(body: { $0.run(connectionGet) }, upvalues: 1)
    rawSet(-2, "__index")
    pop()
    setFunctions([
      "Pipe": { $0.run(pipeMake) },
      "wait": { $0.run(connectionWait) },
    ])
  }

  /// All connections that this process has open, weakly.
  ///
  /// Stack: [] -> [table].
  func pushOpenConnections() { pushWeakTable("multiprocessing.connections", .keys) }

  fileprivate func push(_ connection: Connection) {
    pushOpenConnections()
    push(object: ConnectionHandle(connection: connection), className: "Connection")
    copy(-1)
    push(true)
    rawSet(-4)
    remove(-2)
  }

  /// Runs `body` with the connection that a method is called on, and keeps what it changes.
  ///
  /// What it does not change is not written back: a finalizer that runs while a message is decoded
  /// may have closed the connection.
  fileprivate func withConnection<Result>(
    _ body: (inout Connection) throws(LuaError) -> Result
  ) throws(LuaError) -> Result {
    let given = try object(1, as: ConnectionHandle.self)
    var handle = given
    defer { if handle.connection != given.connection { update(1, handle) } }
    return try body(&handle.connection)
  }

  fileprivate func pipe() throws(LuaError) -> Int32 {
    try refuseModule("Pipe")
    try bind(
      Signature(name: "Pipe", example: "Pipe{duplex = false}", parameters: [Parameter("duplex")]),
      from: 1)
    let isDuplex = try flag(1, "duplex", default: true)
    let place = place(level: 1) ?? ""
    let (first, second) = try openingFiles { () throws(MultiprocessingError) in
      try Pipe.make(isDuplex: isDuplex)
    }
    first.end.place = place
    second.end.place = place
    push(first)
    push(second)
    return 2
  }

  fileprivate func receiveFromConnection(
    asBytes: Bool, limit: Int? = nil, until deadline: Deadline = .never
  ) throws(LuaError) {
    try withConnection { (connection) throws(LuaError) in
      try Messages.receive(
        self, asBytes: asBytes, limit: limit, until: deadline, from: &connection)
    }
  }
}

private let tryReceiveSignature = Signature(
  name: "try_recv", example: "conn:try_recv{timeout = 1}", parameters: [Parameter("timeout")])
private let pollSignature = Signature(
  name: "poll", example: "conn:poll{timeout = 1}", parameters: [Parameter("timeout")])

private func pipeMake(_ state: LuaState) throws(LuaError) -> Int32 { try state.pipe() }

/// Lua: `conn:send(obj)`.
private func connectionSend(_ state: LuaState) throws(LuaError) -> Int32 {
  let connection = try state.object(1, as: ConnectionHandle.self).connection
  try state.bind(
    Signature(name: "send", example: "conn:send(v)", parameters: [Parameter("obj", .value)]),
    from: 2)
  try state.lifting { () throws(MultiprocessingError) in try connection.check(.send) }
  try Messages.send(state, at: 2, through: connection)
  return 0
}

/// Lua: `conn:recv()`.
private func connectionReceive(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.receiveFromConnection(asBytes: false)
  return 1
}

/// Lua: `conn:try_recv([timeout])` gives `true, v`, or false, or `false, err` when nothing can come
/// any more.
private func connectionTryReceive(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: ConnectionHandle.self)
  try state.bind(tryReceiveSignature, from: 2)
  let deadline = try state.deadline(timeout: 2, absent: .now)
  state.push(true)
  do {
    try state.receiveFromConnection(asBytes: false, until: deadline)
    return 2
  } catch .object(.timeoutError, _) {
    state.push(false)
    return 1
  } catch .object(.eofError, let message) {
    state.push(false)
    state.push(.eofError, message)
    return 2
  }
}

/// Lua: `conn:send_bytes(buf [, offset [, size]])`.
///
/// The offset counts bytes to skip.
private func connectionSendBytes(_ state: LuaState) throws(LuaError) -> Int32 {
  let connection = try state.object(1, as: ConnectionHandle.self).connection
  try state.bind(
    Signature(
      name: "send_bytes", example: "conn:send_bytes(s, {offset = 1})",
      parameters: [Parameter("buf", .value), Parameter("offset"), Parameter("size")]),
    from: 2)
  try state.lifting { () throws(MultiprocessingError) in try connection.check(.send) }
  let buffer = state.byteBuffer(2)
  let view = try state.optionalView(2)
  guard buffer != nil || view != nil || state.isString(2) else {
    throw .type(
      "buf must be a string, an array or the buf of a SharedMemory, got \(state.typeName(2)); "
        + "conn:send() sends any value")
  }
  let count = buffer?.count ?? view?.count ?? state.rawLength(2)
  let offset = try state.integer(3, "offset", default: 0)
  if offset < 0 { throw .value("offset is negative") }
  if offset > count { throw .value("buffer length < offset") }
  let size = try state.integer(4, "size", default: count - offset)
  if size < 0 { throw .value("size is negative") }
  if size > count - offset { throw .value("buffer length < offset + size") }
  let range = offset..<(offset + size)
  if let buffer {
    try Messages.send(state, buffer[range], through: connection)
  } else if view != nil {
    try state.reserveMemory(size)
    // Asked again: a finalizer may have closed the memory.
    guard let bytes = try state.optionalView(2) else { return 0 }
    state.push(bytes, range)
    try Messages.send(state, bytesAt: state.top, 0..<size, through: connection)
  } else {
    try Messages.send(state, bytesAt: 2, range, through: connection)
  }
  return 0
}

/// Lua: `conn:recv_bytes([maxlength])`.
private func connectionReceiveBytes(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: ConnectionHandle.self)
  try state.bind(
    Signature(
      name: "recv_bytes", example: "conn:recv_bytes{maxlength = 100}",
      parameters: [Parameter("maxlength")]),
    from: 2)
  let limit = try state.integer(2, "maxlength", default: .max)
  if limit < 0 { throw .value("negative maxlength") }
  try state.receiveFromConnection(asBytes: true, limit: limit == .max ? nil : limit)
  return 1
}

/// Lua: `conn:recv_bytes_into(buf [, offset])` writes a message into an array or the memory of a block,
/// `offset` bytes after its beginning, and gives its length.
///
/// A message that is too long is in the `value` of the error.
private func connectionReceiveBytesInto(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: ConnectionHandle.self)
  try state.bind(
    Signature(
      name: "recv_bytes_into", example: "conn:recv_bytes_into(a, {offset = 8})",
      parameters: [Parameter("buf", .value), Parameter("offset")]),
    from: 2)
  let view = try state.optionalView(2)
  let memory = state.byteBuffer(2)
  guard let size = view?.count ?? memory?.count else {
    throw .type(
      "buf must be an array or the buf of a SharedMemory, got \(state.typeName(2)); "
        + "conn:recv_bytes() gives a string")
  }
  let offset = try state.integer(3, "offset", default: 0)
  if offset < 0 { throw .value("negative offset") }
  if offset > size { throw .value("offset too large") }
  guard let buffer = memory else { return try state.receiveIntoView(from: offset) }
  state.push(
    try state.withConnection { (connection) throws(LuaError) in
      try Messages.receive(state, into: buffer[offset..<buffer.count], from: &connection)
    })
  return 1
}

extension LuaState {
  /// Receives into the view at index 2, from `offset` on.
  fileprivate func receiveIntoView(from offset: Int) throws(LuaError) -> Int32 {
    try receiveFromConnection(asBytes: true)
    let count = rawLength(-1)
    // Asked again: meanwhile the memory may have been closed.
    let view = try optionalView(2) ?? .released
    guard count <= view.count - offset else {
      copy(-1)
      throw Messages.tooLong(self, count, for: view.count - offset)
    }
    copyString(-1, to: view, at: offset)
    push(count)
    return 1
  }
}

/// Lua: `conn:poll([timeout])`; without a timeout it does not wait, with nil as keyword neither.
private func connectionPoll(_ state: LuaState) throws(LuaError) -> Int32 {
  let connection = try state.object(1, as: ConnectionHandle.self).connection
  // `poll(nil)` waits for ever, as Python's poll(None) does; `poll()` does not wait.
  let isForEver = state.top >= 2 && state.isNoneOrNil(2)
  try state.bind(pollSignature, from: 2)
  let deadline = try state.deadline(timeout: 2, absent: isForEver ? .never : .now)
  state.push(
    try state.lifting { () throws(MultiprocessingError) in try connection.poll(until: deadline) })
  return 1
}

private func connectionDescriptor(_ state: LuaState) throws(LuaError) -> Int32 {
  let connection = try state.object(1, as: ConnectionHandle.self).connection
  if connection.isClosed { throw .object(.osError, "handle is closed") }
  connection.escape()
  state.push(Int(connection.descriptor))
  return 1
}

/// Lua: `conn:close()` and the end of its scope.
private func connectionClose(_ state: LuaState) throws(LuaError) -> Int32 {
  var handle = try state.object(1, as: ConnectionHandle.self)
  handle.connection.close()
  state.update(1, handle)
  return 0
}

/// Lua: `conn.closed`, `conn.readable`, `conn.writable`, `conn:method`.
private func connectionGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let connection = try state.object(1, as: ConnectionHandle.self).connection
  state.copy(2)
  if state.rawGet(state.upvalue(1)) != .nil { return 1 }
  switch state.isString(2) ? state.string(2) : "" {
  case "closed": state.push(connection.isClosed)
  case "readable": state.push(connection.isReadable)
  case "writable": state.push(connection.isWritable)
  default: state.pushNil()
  }
  return 1
}

private func connectionToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let connection = try state.object(1, as: ConnectionHandle.self).connection
  let address = String(connection.end.offset, radix: 16)
  state.push("<Connection at 0x\(address)\(connection.isClosed ? " closed" : "")>")
  return 1
}

private func connectionEqual(_ state: LuaState) throws(LuaError) -> Int32 {
  let left = state.optionalObject(1, as: ConnectionHandle.self)
  let right = state.optionalObject(2, as: ConnectionHandle.self)
  state.push(left != nil && left?.connection.end == right?.connection.end)
  return 1
}
