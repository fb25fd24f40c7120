// `mp.Queue`, `mp.JoinableQueue` and `mp.SimpleQueue`. Python: `multiprocessing.queues`.

internal import CLuaBridge
internal import Multiprocessing

/// A queue as a script holds it: the shared queue, and whether this process has closed it.
struct QueueHandle: SharedHandle {
  static let typeName: StaticString = "Queue"
  static let example: StaticString = "q"
  static let magic: UInt64 = 0x51A7_0E4C_93D8_2F6B

  enum Kind: UInt64, BitwiseCopyable {
    case plain, joinable, simple

    var className: String {
      switch self {
      case .plain: "Queue"
      case .joinable: "JoinableQueue"
      case .simple: "SimpleQueue"
      }
    }
  }

  let queue: Queue
  let kind: Kind
  var isClosed = false

  var object: SharedObject { queue.object }
  var details: UInt64 { kind.rawValue }

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    guard let object = references.first, object.kind == .queue, let kind = Kind(rawValue: details)
    else { return false }
    state.push(object: QueueHandle(queue: Queue(object), kind: kind), className: kind.className)
    return true
  }
}

extension LuaState {
  /// Adds the three classes to the module on top of the stack.
  func addQueues() {
    newQueueClass(.plain)
    newQueueClass(.joinable)
    newQueueClass(.simple)
    setFunctions([
      "Queue": { $0.run { (state) throws(LuaError) in try state.makeQueue(.plain) } },
      "JoinableQueue": { $0.run { (state) throws(LuaError) in try state.makeQueue(.joinable) } },
      "SimpleQueue": { $0.run { (state) throws(LuaError) in try state.makeQueue(.simple) } },
    ])
  }

  private func newQueueClass(_ kind: QueueHandle.Kind) {
    newMetatable(className: kind.className)
    setFunctions(QueueMethods.meta)
    newTable(fields: 32)
    setFunctions(QueueMethods.common)
    if kind != .simple { setFunctions(QueueMethods.full) }
    if kind == .joinable { setFunctions(QueueMethods.joinable) }
    refusePositions("a queue has no items by position; write for v in q:iter() do")
    rawSet(-2, "__index")
    pop()
  }

  private func makeQueue(_ kind: QueueHandle.Kind) throws(LuaError) -> Int32 {
    try refuseModule(kind.className)
    let parameters = kind == .simple ? [] : [Parameter("maxsize")]
    try bind(
      Signature(
        name: kind.className, example: "\(kind.className){maxsize = 3}", parameters: parameters),
      from: 1)
    let maxsize = kind == .simple ? 0 : try integer(1, "maxsize", default: 0)
    let place = place(level: 1) ?? ""
    let queue = try lifting { () throws(MultiprocessingError) in try Queue(maxsize: maxsize) }
    queue.object.place = place
    push(object: QueueHandle(queue: queue, kind: kind), className: kind.className)
    return 1
  }

  /// The queue that a method is called on, for putting and getting.
  @inline(__always)
  fileprivate func openQueue() throws(LuaError) -> Queue {
    let handle = try object(1, as: QueueHandle.self)
    if handle.isClosed { throw closedError(handle) }
    return handle.queue
  }

  @inline(never)
  func closedError(_ handle: QueueHandle) -> LuaError {
    handle.kind == .simple
      ? .object(.osError, "handle is closed")
      : .value("Queue \(describe(handle)) is closed")
  }

  fileprivate func describe(_ handle: QueueHandle) -> String {
    "<\(handle.kind.className) at 0x\(String(handle.queue.object.offset, radix: 16))>"
  }
}

private let putSignature = Signature(
  name: "put", example: "q:put(v, {timeout = 1})",
  parameters: [Parameter("obj", .value), Parameter("block"), Parameter("timeout")])
private let getSignature = Signature(
  name: "get", example: "q:get{timeout = 1}",
  parameters: [Parameter("block"), Parameter("timeout")])
private let putNoWaitSignature = Signature(
  name: "put_nowait", example: "q:put_nowait(v)", parameters: [Parameter("obj", .value)])
private let tryGetSignature = Signature(
  name: "try_get", example: "q:try_get{timeout = 1}", parameters: [Parameter("timeout")])
private let tryPutSignature = Signature(
  name: "try_put", example: "q:try_put(v, {timeout = 1})",
  parameters: [Parameter("obj", .value), Parameter("timeout")])

/// Lua: `q:put(obj [, block [, timeout]])`.
private func queuePut(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  var deadline = Deadline.never
  if state.top != 2 {
    try state.bind(putSignature, from: 2)
    deadline = try state.deadline(block: 3, timeout: 4)
  }
  try Messages.put(state, at: 2, into: queue, until: deadline)
  return 0
}

/// Lua: `q:get([block [, timeout]])`.
private func queueGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  var deadline = Deadline.never
  if state.top != 1 {
    try state.bind(getSignature, from: 2)
    deadline = try state.deadline(block: 2, timeout: 3)
  }
  try state.getPumping(from: queue, until: deadline)
  return 1
}

/// Lua: `q:put_nowait(obj)`.
private func queuePutNoWait(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  try state.bind(putNoWaitSignature, from: 2)
  try Messages.put(state, at: 2, into: queue, until: .now)
  return 0
}

/// Lua: `q:get_nowait()`.
private func queueGetNoWait(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  try Messages.get(state, from: queue, until: .now)
  return 1
}

/// Lua: `q:try_get([timeout])` gives `true, v` or `false`; without a timeout it does not wait.
private func queueTryGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  try state.bind(tryGetSignature, from: 2)
  let deadline = try state.deadline(timeout: 2, absent: .now)
  state.push(true)
  do {
    try state.getPumping(from: queue, until: deadline)
    return 2
  } catch .object(.empty, _) {
    state.push(false)
    return 1
  }
}

/// Lua: `q:try_put(obj [, timeout])` gives true or false; without a timeout it does not wait.
private func queueTryPut(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  try state.bind(tryPutSignature, from: 2)
  let deadline = try state.deadline(timeout: 3, absent: .now)
  do {
    try Messages.put(state, at: 2, into: queue, until: deadline)
    state.push(true)
  } catch .object(.full, _) {
    state.push(false)
  }
  return 1
}

/// Lua: `q:put_many(list [, block [, timeout]])`.
///
/// When the time is over, `Full` is raised and its `value` says how many were put.
private func queuePutMany(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  try state.bind(
    Signature(
      name: "put_many", example: "q:put_many(list, {timeout = 1})",
      parameters: [Parameter("list", .value), Parameter("block"), Parameter("timeout")]),
    from: 2)
  let deadline = try state.deadline(block: 3, timeout: 4)
  try Messages.putMany(state, list: 2, into: queue, until: deadline)
  return 0
}

/// Lua: `q:get_many(n [, block [, timeout]])`: waits for one, then takes what else is there.
private func queueGetMany(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.openQueue()
  try state.bind(
    Signature(
      name: "get_many", example: "q:get_many(100, {timeout = 1})",
      parameters: [Parameter("n", .value), Parameter("block"), Parameter("timeout")]),
    from: 2)
  let most = try state.integer(2, "n", default: 0)
  guard most > 0 else { throw .value("n must be at least 1, got \(most)") }
  let deadline = try state.deadline(block: 3, timeout: 4)
  try Messages.getMany(state, most: most, from: queue, until: deadline)
  return 1
}

private func queueSize(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: QueueHandle.self).queue.count)
  return 1
}

private func queueEmpty(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: QueueHandle.self)
  // In Python, closing a queue that was not used yet only forbids its use.
  if handle.isClosed, handle.kind == .simple || handle.queue.wasUsed {
    throw .object(.osError, "handle is closed")
  }
  state.push(handle.queue.isEmpty)
  return 1
}

private func queueFull(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: QueueHandle.self).queue.isFull)
  return 1
}

/// Lua: `q:close()`: this process neither puts nor gets any more.
private func queueClose(_ state: LuaState) throws(LuaError) -> Int32 {
  var handle = try state.object(1, as: QueueHandle.self)
  handle.isClosed = true
  state.update(1, handle)
  return 0
}

/// Lua: `q:join_thread()`.
///
/// A put is complete when it returns, so there is nothing to wait for.
private func queueJoinThread(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: QueueHandle.self)
  guard handle.isClosed else {
    throw .object(.assertionError, "Queue \(state.describe(handle)) not closed")
  }
  return 0
}

/// Lua: `q:cancel_join_thread()`.
///
/// There is no thread to cancel.
private func queueCancelJoinThread(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: QueueHandle.self)
  return 0
}

/// Lua: `q:shutdown([immediate])`.
private func queueShutdown(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: QueueHandle.self)
  try state.bind(
    Signature(
      name: "shutdown", example: "q:shutdown{immediate = true}",
      parameters: [Parameter("immediate")]),
    from: 2)
  let immediate = try state.flag(2, "immediate", default: false)
  try state.lifting { () throws(MultiprocessingError) in
    try handle.queue.shutdown(immediate: immediate)
  }
  return 0
}

/// Lua: `for v in q:iter() do`: ends at a nil, when the queue was shut down, and when nobody is left
/// who could put.
private func queueIterate(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.openQueue()
  state.push(body: { $0.run(queueNext) })
  state.copy(1)
  return 2
}

private func queueNext(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  let queue = try state.openQueue()
  do {
    try state.getPumping(from: queue, until: .never, isLoop: true)
  } catch .object(.shutDown, _), .object(.deadlockError, _) {
    state.pushNil()
  }
  return 1
}

private func queueTaskDone(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.object(1, as: QueueHandle.self).queue
  try state.lifting { () throws(MultiprocessingError) in try queue.taskDone() }
  return 0
}

/// Lua: `q:join()`: waits until `task_done` was called for every message.
private func queueJoin(_ state: LuaState) throws(LuaError) -> Int32 {
  let queue = try state.object(1, as: QueueHandle.self).queue
  try state.lifting { () throws(MultiprocessingError) in try queue.join() }
  return 0
}

private func queueToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let handle = try state.object(1, as: QueueHandle.self)
  state.push(state.describe(handle))
  return 1
}

/// Lua: `pairs(q)`: refused.
private func queueRefuseLoop(_ state: LuaState) throws(LuaError) -> Int32 {
  throw .type("a \(state.typeName(1)) is no list; write for v in q:iter() do")
}

private enum QueueMethods {
  static let common: KeyValuePairs<StaticString, cluabridge_body> = [
    "put": { $0.run(queuePut) },
    "get": { $0.run(queueGet) },
    "empty": { $0.runBare("empty", queueEmpty) },
    "close": { $0.runBare("close", queueClose) },
    "qsize": { $0.runBare("qsize", queueSize) },
    "iter": { $0.runBare("iter", queueIterate) },
    "try_get": { $0.run(queueTryGet) },
    "try_put": { $0.run(queueTryPut) },
    "get_many": { $0.run(queueGetMany) },
    "put_many": { $0.run(queuePutMany) },
  ]

  static let full: KeyValuePairs<StaticString, cluabridge_body> = [
    "put_nowait": { $0.run(queuePutNoWait) },
    "get_nowait": { $0.runBare("get_nowait", queueGetNoWait) },
    "full": { $0.runBare("full", queueFull) },
    "join_thread": { $0.runBare("join_thread", queueJoinThread) },
    "cancel_join_thread": { $0.runBare("cancel_join_thread", queueCancelJoinThread) },
    "shutdown": { $0.run(queueShutdown) },
  ]

  static let joinable: KeyValuePairs<StaticString, cluabridge_body> = [
    "task_done": { $0.runBare("task_done", queueTaskDone) },
    "join": { $0.runBare("join", queueJoin) },
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__len": { $0.run(queueSize) },
    "__pairs": { $0.run(queueRefuseLoop) },
    "__tostring": { $0.run(queueToString) },
    "__eq": { $0.run { (state) throws(LuaError) in try state.equalHandles(QueueHandle.self) } },
    "__gc": { $0.run { (state) throws(LuaError) in try state.collectHandle(QueueHandle.self) } },
    "__close": { $0.run(queueClose) },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
