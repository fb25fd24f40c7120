// What a pool's worker does from its start to its end. Python: `multiprocessing.pool.worker`.

internal import CLuaBridge
internal import Multiprocessing

/// A worker's place as its process gets it in its arguments.
struct SeatHandle: LuaObject {
  static let typeName: StaticString = "PoolSeat"
  static let example: StaticString = "seat"
  static let magic: UInt64 = 0x7E15_0B9A_C4D2_F863

  let pool: SharedObject
  let position: Int
  /// 0 for no limit.
  let taskLimit: Int
  /// In bytes; 0 for no limit.
  let memoryLimit: Int
}

extension LuaState {
  /// Starts a worker of a pool; called by its `pump`.
  func startWorker(_ pool: LuaPool, _ position: Int) throws(MultiprocessingError) -> Process {
    let base = top
    defer { setTop(base) }
    guard hasStack(20), pushPool(pool), let handle = optionalObject(-1, as: PoolHandle.self) else {
      throw .runtime("the pool was collected")
    }
    let userdata = top
    // Handles of those that have ended are let go.
    if position == 0 || pool.core.startedWorkers >= pool.core.workerCount {
      pushActiveChildren()
      setTop(userdata)
    }
    let process = Process(className: pool.workerClass, isDaemon: true)
    process.kind = .worker
    let processHandle = ProcessHandle()
    processHandle.process = process
    pushBare(object: processHandle, userValues: 1)
    newTable()
    setUserValue(-2)
    pushContext(pool.method)
    rawGet(-1, "Process")
    rawGet(-1, "__instance")
    setMetatable(-4)
    pop(2)
    let index = top
    rawGet(LuaState.registry, "multiprocessing.worker")
    setProcessField(index, "_target")
    newTable(list: 3)
    push(
      object: SeatHandle(
        pool: pool.core.object, position: position, taskLimit: handle.taskLimit,
        memoryLimit: handle.memoryLimit))
    rawSet(-2, 1)
    userValue(userdata, 2)
    rawSet(-2, 2)
    userValue(userdata, 3)
    rawSet(-2, 3)
    push(3)
    rawSet(-2, "n")
    setProcessField(index, "_args")
    do throws(LuaError) {
      try Bootstrap.start(process, at: index, self)
    } catch {
      push(error)
      throw .operation("cannot start a worker of the pool: \((try? text(of: -1)) ?? "")")
    }
    return process
  }

  /// Adds the class of the workers' places, and makes the target of their processes.
  func addPoolSeats() {
    newMetatable(className: "PoolSeat")
    pop()
    push(body: { $0.run(workerMain) })
    rawSet(LuaState.registry, "multiprocessing.worker")
  }
}

extension SeatHandle: Transferable {
  var references: [SharedObject] { [pool] + WorkerSeat.queues(of: pool) }
  var text: [UInt8] { HandleParts.bytes(of: [position, taskLimit, memoryLimit]) }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    guard let pool = parts.references.first, pool.kind == .pool, let numbers = parts.numbers(3),
      WorkerSeat.hasPlace(pool, position: numbers[0])
    else { return false }
    // They are held as long as the worker lives, without userdata.
    ReceivedObjects.keep(parts.references)
    state.push(
      object: SeatHandle(
        pool: pool, position: numbers[0], taskLimit: numbers[1], memoryLimit: numbers[2]))
    return true
  }
}

/// The target of a worker's process.
///
/// Lua: [seat, initializer, initargs] -> [].
private func workerMain(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(3)
  let handle = try state.object(1, as: SeatHandle.self)
  let seat = WorkerSeat(handle.pool, position: handle.position)
  TaskAlarm.install(for: seat) { InterruptSignal.requestTaskStop() }
  try initialize(state, seat)
  seat.serve()
  state.setTop(1)
  var worker = Worker(state: state, seat: seat)
  var count = 0
  while handle.taskLimit == 0 || count < handle.taskLimit {
    guard try worker.serveOne() else {
      Logger.log(.debug, "worker got sentinel -- exiting")
      break
    }
    count += 1
    if handle.memoryLimit > 0, WorkerSeat.memoryInUse > handle.memoryLimit { break }
  }
  Logger.log(.debug, "worker exiting after \(count) tasks")
  return 0
}

/// Stack: [seat, initializer, initargs] -> the same.
private func initialize(_ state: LuaState, _ seat: WorkerSeat) throws(LuaError) {
  seat.initialize()
  guard !state.isNoneOrNil(2) else { return }
  state.copy(2)
  let count = state.isNoneOrNil(3) ? 0 : try state.unpackList(3)
  do throws(LuaError) {
    try state.call(arguments: count, results: 0, handler: { $0.run(taskErrorHandler) })
  } catch {
    state.push(error)
    if Interrupt.isTyped(state) {
      seat.interrupt()
      throw .onTop
    }
    if state.isError(-1, .remoteError) {
      state.rawGet(-1, "message")
    } else {
      state.pushErrorLine(-1)
    }
    let line = state.bytes(-1) ?? []
    state.pop()
    TaskMessages.reportFailure(
      seat,
      Array("\(CurrentProcess.name) (pid \(CurrentProcess.pid)): ".utf8) + line)
    if !seat.claimFailureReport() { Bootstrap.reportNoFurther(state) }
    throw .onTop
  }
}

/// The loop of a worker.
private struct Worker: ~Copyable {
  let state: LuaState
  let seat: WorkerSeat
  private var buffer = ScratchBuffer()
  /// The job whose function is kept, and where in the registry.
  private var job: UInt32?
  private var function: Int32 = 0
  /// The name of its function, once the trace asked for it.
  private var tracedName: (job: UInt32?, text: String)?

  init(state: LuaState, seat: WorkerSeat) {
    self.state = state
    self.seat = seat
  }

  private static let keptByteCount = 1 << 20

  /// Takes a task, runs it and returns its result; false when there will be no more.
  ///
  /// - Throws: What ends the worker: a Ctrl-C.
  mutating func serveOne() throws(LuaError) -> Bool {
    let base = state.top
    do throws(LuaError) {
      let isServed = try serveNext()
      state.setTop(base)
      buffer.trim(to: Self.keptByteCount)
      return isServed
    } catch {
      state.push(error)
      state.setTopKeepingError(base)
      throw .onTop
    }
  }

  /// The same, with values left on the stack.
  private mutating func serveNext() throws(LuaError) -> Bool {
    var references: [SharedObject]?
    let ordinal: UInt32
    do throws(MultiprocessingError) {
      ordinal = try seat.take(into: &buffer, references: &references)
    } catch .shutDown {
      return false
    } catch {
      throw LuaError(error)
    }
    let received = references ?? []
    guard let header = TaskMessages.header(of: buffer) else {
      try ReceivedObjects.use(received, state) {}
      try TaskMessages.finish(state, seat, ordinal, .skipped)
      return true
    }
    let task = TakenTask(ordinal: ordinal, header: header, references: received)
    if seat.isCancelled(ordinal) {
      try ReceivedObjects.use(received, state) {}
      try TaskMessages.finish(state, seat, ordinal, .skipped)
      return true
    }
    TaskAlarm.begin(ordinal, timeout: header.timeout)
    // A wish to stop that came before this was not heard.
    if seat.isCancelled(ordinal) {
      _ = TaskAlarm.end()
      try ReceivedObjects.use(received, state) {}
      try TaskMessages.finish(state, seat, ordinal, .skipped)
      return true
    }
    seat.begin()
    if Trace.isOn { Trace.beginTask(header.number) }
    defer { if Trace.isOn { Trace.endTask() } }
    var hasRun = false
    do throws(LuaError) {
      try load(task)
      if Trace.isOn { Trace.nameTask(functionName()) }
      let status = try run(task)
      if header.hasSeed { try seed(Randomness.integer, Int(CurrentProcess.pid)) }
      hasRun = true
      // Within the time limit: a `__reduce` of the result is the script's code too.
      try TaskMessages.finish(state, seat, ordinal, status, at: state.top)
      _ = TaskAlarm.end()
      InterruptSignal.dropTaskStop()
    } catch {
      state.push(error)
      let reason = TaskAlarm.end()
      InterruptSignal.dropTaskStop()
      if reason == nil, Interrupt.isRaised(state), Interrupt.isSilent { throw .onTop }
      if hasRun, reason == nil {
        try returnUnsendable(task)
      } else {
        try returnError(task)
      }
    }
    return true
  }

  /// Stack: [] -> [function, arguments].
  private mutating func load(_ task: TakenTask) throws(LuaError) {
    let isKept = job == task.header.job
    if !isKept, job != nil {
      state.release(function)
      job = nil
    }
    // In the closure only what does not change the worker.
    let state = state
    if isKept { state.rawGet(LuaState.registry, Int(function)) }
    try use(task) { (buffer) throws(LuaError) in
      if !isKept { try TaskMessages.decodeFunction(state, task, buffer) }
      try TaskMessages.decodeArguments(state, task, buffer)
    }
    if !isKept {
      state.copy(-2)
      function = state.keep()
      job = task.header.job
    }
  }

  /// What the trace calls the task that is loaded.
  ///
  /// Stack: [function, arguments] -> the same.
  private mutating func functionName() -> String {
    if let name = tracedName, name.job == job { return name.text }
    let text = state.nameText(ofFunction: state.top - 1)
    tracedName = (job, text)
    return text
  }

  private borrowing func use(
    _ task: TakenTask, _ body: (borrowing ScratchBuffer) throws(LuaError) -> Void
  ) throws(LuaError) {
    try ReceivedObjects.use(task.references, state) { () throws(LuaError) in try body(buffer) }
  }

  /// Stack: [function, arguments] -> [function, arguments, result].
  private func run(_ task: TakenTask) throws(LuaError) -> ResultStatus {
    let function = state.top - 1
    let arguments = state.top
    switch task.header.kind {
    case .call:
      state.copy(function)
      let count = try state.unpackList(arguments)
      try state.call(
        arguments: count, results: allResults, handler: { $0.run(taskErrorHandler) })
      let results = state.top - arguments
      if results == 1 { return .value }
      try state.reserveStack(4)
      state.newTable(list: results, fields: 1)
      state.insert(arguments + 1)
      for position in stride(from: Int(results), to: 0, by: -1) {
        state.rawSet(arguments + 1, position)
      }
      state.push(Int(results))
      state.rawSet(-2, "n")
      return .values
    case .items, .numbers, .elements, .argumentLists:
      try runItems(task, function, arguments)
      return .value
    }
  }

  private func runItems(
    _ task: TakenTask, _ function: Int32, _ arguments: Int32
  ) throws(LuaError) {
    let count = task.header.count
    // Not for all at once: the first may fail, and a range has as many as one likes.
    state.newTable(list: Int32(min(count, 1 << 16)), fields: 1)
    let results = state.top
    state.push(count)
    state.rawSet(results, "n")
    state.push(body: { $0.run(taskErrorHandler) })
    let handler = state.top
    for position in 0..<count {
      if task.header.hasSeed {
        try seed(task.header.seed, task.header.first + position + 1)
      }
      state.copy(function)
      try pushItem(task, arguments, position)
      var given: Int32 = 1
      if task.header.kind == .argumentLists {
        guard state.isTable(-1) else {
          throw .type(
            "item \(task.header.first + position + 1) must be a list of arguments, got "
              + state.typeName(-1))
        }
        given = try state.unpackList(-1)
        state.remove(-1 - given)
      }
      do throws(LuaError) {
        try state.call(arguments: given, results: 1, handlerAt: handler)
      } catch {
        state.replace(results)
        state.setTop(results)
        noteFailed(position + 1)
        throw error
      }
      state.rawSet(results, position + 1)
    }
    state.setTop(results)
  }

  /// Stack: [] -> [item].
  private func pushItem(
    _ task: TakenTask, _ arguments: Int32, _ position: Int
  ) throws(LuaError) {
    switch task.header.kind {
    case .numbers:
      state.rawGet(arguments, 1)
      state.rawGet(arguments, 2)
      let number = (state.integer(-2) ?? 0) &+ position &* (state.integer(-1) ?? 0)
      state.pop(2)
      state.push(number)
    case .elements:
      state.rawGet(arguments, 1)
      state.rawGet(arguments, 2)
      let first = state.integer(-1) ?? 0
      state.pop()
      let array = state.top
      try state.push(listItem: first + position, of: array)
      state.remove(array)
    default:
      state.rawGet(arguments, position + 1)
    }
  }

  /// Makes the next random numbers follow from two numbers.
  private func seed(_ first: Int, _ second: Int) throws(LuaError) {
    state.pushLoadedModules()
    let base = state.top - 1
    if state.rawGet(-1, "math") == .table, state.rawGet(-1, "randomseed") == .function {
      state.push(first)
      state.push(second)
      try state.call(arguments: 2, results: 0)
    }
    state.setTop(base)
  }

  /// Keeps which item of the task failed, for `returnError`.
  ///
  /// Stack: [error] -> [error].
  private func noteFailed(_ position: Int) {
    guard state.isErrorObject(-1) else { return }
    state.push(position)
    state.rawSet(-2, "_item")
  }

  /// Returns the error on top of the stack.
  ///
  /// Stack: [error] -> [].
  private func returnError(_ task: TakenTask) throws(LuaError) {
    if !state.isErrorObject(-1) {
      state.push(body: { $0.run(taskErrorHandler) })
      state.insert(-2)
      try state.call(arguments: 1, results: 1)
    }
    let call = callText(task)
    let base = state.top
    // The error itself, or what can be sent of it, or its words.
    for detail in [ErrorDetail.whole, .fields, .words] {
      state.copy(base)
      state.pushErrorEnvelope(task: task.header.number, call: call, detail)
      do throws(LuaError) {
        try TaskMessages.finish(state, seat, task.ordinal, .error, at: state.top)
        return
      } catch {
        state.push(error)
        if detail == .words {
          state.setTopKeepingError(base)
          throw .onTop
        }
        state.setTop(base)
      }
    }
  }

  /// The call that failed, in words: decoded once more, as it was before it ran.
  private func callText(_ task: TakenTask) -> String {
    let base = state.top
    defer { state.setTop(base) }
    guard state.hasStack(40) else { return "" }
    state.rawGet(base, "_item")
    let item = state.integer(-1)
    state.pop()
    state.pushNil()
    state.rawSet(base, "_item")
    guard job == task.header.job else { return "" }
    state.rawGet(LuaState.registry, Int(function))
    let function = state.top
    guard task.references.isEmpty,
      (try? TaskMessages.decodeArguments(state, task, buffer)) != nil
    else { return state.callText(function: function, first: 0, count: 0) }
    let arguments = state.top
    guard task.header.kind != .call else {
      let count = (try? state.unpackList(arguments)) ?? 0
      return state.callText(function: function, first: arguments + 1, count: min(count, 8))
    }
    guard let item else { return state.callText(function: function, first: 0, count: 0) }
    guard (try? pushItem(task, arguments, item - 1)) != nil else { return "" }
    return state.callText(function: function, first: state.top, count: 1)
  }

  /// Returns that the result could not be sent.
  ///
  /// Stack: [result, error] -> [].
  private func returnUnsendable(_ task: TakenTask) throws(LuaError) {
    let position = task.header.kind == .call ? nil : pushUnsendable(task)
    let reason = (try? state.text(of: -1)) ?? "error"
    let result = state.shortText(state.top - 1)
    let place = position.map { " of item \(task.header.first + $0)" } ?? ""
    state.push(
      .maybeEncodingError, "Error sending result\(place): '\(result)'. Reason: '\(reason)'")
    state.push(reason)
    state.rawSet(-2, "exc")
    state.push(result)
    state.rawSet(-2, "value")
    if let position { noteFailed(position) }
    try returnError(task)
  }

  /// Finds which item of several has the result that cannot be sent, counted from 1 in the task; nil when
  /// that is none by itself.
  ///
  /// Stack: [results, error] -> [results, error, result, its error] unless the result is nil.
  private func pushUnsendable(_ task: TakenTask) -> Int? {
    let base = state.top
    for position in 0..<task.header.count {
      state.rawGet(base - 1, position + 1)
      do throws(LuaError) {
        _ = try TaskMessages.encode(state, base + 1, root: "result")
      } catch {
        state.push(error)
        return position + 1
      }
      state.setTop(base)
    }
    return nil
  }
}
