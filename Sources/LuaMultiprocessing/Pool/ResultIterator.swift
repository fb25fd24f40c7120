// What `imap` and `imap_unordered` give. Python: `multiprocessing.pool.IMapIterator`.

internal import CLuaBridge
internal import Multiprocessing

/// Where an iteration is.
final class Iteration {
  let job: LuaJob
  let input: TaskInput
  let chunkSize: Int
  let isStar: Bool
  /// How many tasks may be put whose results were not handed out.
  var window: Int
  var widestWindow: Int
  /// How many items were drawn.
  var drawn = 0
  /// Whether an item is being drawn: what the script does for that may come here again.
  var isDrawing = false
  /// The error of an input that failed, in the registry.
  var failure: Int32?
  /// The results that are being handed out.
  var first = 0
  var count = 0
  var position = 0

  /// How much memory results that nobody takes may fill while the pool is joined.
  static let mostUnreadBytes = 64 << 20

  init(_ job: LuaJob, _ input: TaskInput, chunkSize: Int, isStar: Bool, workers: Int) {
    self.job = job
    self.input = input
    self.chunkSize = chunkSize
    self.isStar = isStar
    widestWindow = 16 * workers
    // Drawing from a function may have effects that are not wanted early; a list is there anyway.
    window = input.count == nil ? 2 * workers : widestWindow
  }
}

/// An iterator as a script holds it; calling it gives the next result and its place in the input.
///
/// User values: the pool, and the results of the task that is being handed out.
struct IteratorHandle: LuaObject {
  static let typeName: StaticString = "IMapIterator"
  static let example: StaticString = "iterator"
  static let magic: UInt64 = 0x2F8B_D50A_9E63_C174

  private struct Table {
    var iterations: [Int: Iteration] = [:]
    var last = 0
  }
  private static let table = SingleThreaded(Table())

  private let number: Int

  init(_ iteration: Iteration) {
    Self.table.value.last += 1
    number = Self.table.value.last
    Self.table.value.iterations[number] = iteration
  }

  var iteration: Iteration? { Self.table.value.iterations[number] }

  func forget() { Self.table.value.iterations[number] = nil }
}

func iterateSignature(_ name: String) -> Signature {
  Signature(
    name: name, example: "pool:\(name)(f, list, {chunksize = 10})",
    parameters: [
      Parameter("func", .required), Parameter("iterable", .value), Parameter("chunksize"),
      Parameter("buffersize", .keywordOnly), Parameter("timeout", .keywordOnly),
      Parameter("retries", .keywordOnly), Parameter("seed", .keywordOnly),
      Parameter("progress", .keywordOnly),
    ])
}

private let imapSignature = iterateSignature("imap")
private let imapUnorderedSignature = iterateSignature("imap_unordered")
private let istarmapSignature = iterateSignature("istarmap")
private let istarmapUnorderedSignature = iterateSignature("istarmap_unordered")

/// Lua: `for r, i in pool:imap(f, iterable [, chunksize]) do`.
func poolIterate(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.makeIterator(imapSignature, .ordered, isStar: false)
}

/// Lua: `for r, i in pool:imap_unordered(f, iterable [, chunksize]) do`.
func poolIterateUnordered(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.makeIterator(imapUnorderedSignature, .unordered, isStar: false)
}

/// Lua: `for r, i in pool:istarmap(f, iterable [, chunksize]) do`.
func poolIterateStar(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.makeIterator(istarmapSignature, .ordered, isStar: true)
}

/// Lua: `for r, i in pool:istarmap_unordered(f, iterable [, chunksize]) do`.
func poolIterateStarUnordered(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.makeIterator(istarmapUnorderedSignature, .unordered, isStar: true)
}

extension LuaState {
  func addResultIterators() {
    newMetatable(className: "IMapIterator")
    setFunctions(IteratorMethods.meta)
    newTable(fields: 2)
    setFunctions(IteratorMethods.all)
    refusePositions(
      "what imap gives has no items by position; write for r, i in pool:imap(f, list) do")
    rawSet(-2, "__index")
    pop()
  }

  fileprivate func makeIterator(
    _ signature: Signature, _ kind: LuaJob.Kind, isStar: Bool
  ) throws(LuaError) -> Int32 {
    let pool = try runningPool()
    try bindList(signature)
    let chunkSize = try integer(4, "chunksize", default: 1)
    guard chunkSize >= 1 else { throw .value("Chunksize must be 1+, not \(chunkSize)") }
    let input = try TaskInput(self, 3, signature.name)
    let options = try taskOptions(6, hasSeed: true)
    let window = isNoneOrNil(5) ? nil : try integer(5, "buffersize", default: 0)
    guard window ?? 1 >= 1 else { throw .value("buffersize must be None or > 0") }
    let progress = try progressBar(9)
    let function = try EncodedFunction(self, 2)
    let job = LuaJob(pool: pool, kind: kind, function: function, options: options)
    job.itemCount = input.count
    job.start(progress)
    let iteration = Iteration(
      job, input, chunkSize: chunkSize, isStar: isStar, workers: pool.core.workerCount)
    if let window {
      iteration.window = window
      iteration.widestWindow = window
    }
    job.open()
    pool.add(job)
    pool.iterations[job.number] = iteration
    keepJob(pool, job, input: 3, callback: nil)
    push(object: IteratorHandle(iteration), userValues: 2)
    copy(1)
    setUserValue(-2)
    try refill(iteration, pool)
    guard job.progress != nil else { return 1 }
    // The loop closes the fourth value when it is left, however that happens.
    pushNil()
    pushNil()
    copy(-3)
    return 4
  }

  /// Puts as many tasks as the window allows, or as many as may be unread.
  func refill(
    _ iteration: Iteration, _ pool: LuaPool, mostUnread: Int? = nil
  ) throws(LuaError) {
    let job = iteration.job
    guard !job.isComplete, !iteration.isDrawing else { return }
    let underWay = job.putCount - job.givenCount
    if iteration.input.count == nil, underWay > 0, pool.core.waitingCount == 0,
      iteration.window < iteration.widestWindow, job.givenCount >= iteration.window
    {
      // The workers are quicker than this loop: without tasks at hand they would sleep.
      iteration.window = min(2 * iteration.window, iteration.widestWindow)
    }
    // Several at once: each time a sleeping worker may have to be woken.
    guard mostUnread != nil || underWay <= iteration.window - max(1, iteration.window / 4) else {
      return
    }
    let base = top
    guard pushJob(pool, job.number) else { return complete(iteration, pool) }
    iteration.isDrawing = true
    defer { iteration.isDrawing = false }
    rawGet(-1, "input")
    let input = top
    while job.putCount - job.givenCount < mostUnread ?? iteration.window {
      do throws(LuaError) {
        let count = try putChunk(
          pool, job, iteration.input, at: input, first: iteration.drawn,
          count: iteration.chunkSize, isStar: iteration.isStar)
        iteration.drawn += count
        if count < iteration.chunkSize {
          complete(iteration, pool)
          break
        }
      } catch {
        push(error)
        if Interrupt.isRaised(self) {
          setTopKeepingError(base)
          throw .onTop
        }
        // What came before is handed out first.
        iteration.failure = keep()
        complete(iteration, pool)
        break
      }
    }
    setTop(base)
  }

  func complete(_ iteration: Iteration, _ pool: LuaPool) {
    pool.iterations[iteration.job.number] = nil
    iteration.job.complete()
  }

  /// Draws what is left of the inputs of all iterations: nobody may take results while the pool is
  /// joined.
  ///
  /// - Throws: `RuntimeError` when the results of a function's items fill `Iteration.mostUnreadBytes`:
  ///   it may never end, and nobody takes them.
  func drawAll(_ pool: LuaPool) throws(LuaError) {
    for iteration in pool.iterations.values.sorted(by: { $0.job.number < $1.job.number }) {
      try refuse(iteration, "join")
      if iteration.input.count == nil {
        try drawFunction(iteration, pool, for: "join", of: "an imap", orCall: "pool:terminate()")
      } else {
        try refill(iteration, pool, mostUnread: .max)
      }
    }
  }

  /// Refuses to wait in the input of an iteration for its end.
  private func refuse(_ iteration: Iteration, _ method: String) throws(LuaError) {
    if iteration.isDrawing {
      throw .runtime("\(method)() cannot end: it was called in the input of what it waits for")
    }
  }

  /// Draws what is left of an input that is a function; `method`, what gave the iteration, and what else
  /// ends it are for the error.
  ///
  /// - Throws: `RuntimeError` as for `drawAll`; what a signal raises in the function.
  func drawFunction(
    _ iteration: Iteration, _ pool: LuaPool, for method: String, of iterator: String,
    orCall remedy: String
  ) throws(LuaError) {
    let job = iteration.job
    try refuse(iteration, method)
    while !job.isComplete {
      guard job.keptByteCount < Iteration.mostUnreadBytes else {
        throw .runtime(
          "\(method)() cannot end: the input of \(iterator) is a function that has given "
            + "\(iteration.drawn) items and goes on, and nobody takes the results: take them first, "
            + "or call \(remedy)")
      }
      let unread = job.putCount - job.givenCount
      try refill(iteration, pool, mostUnread: unread + iteration.widestWindow)
      _ = try wait(for: pool, until: .never) {
        job.isComplete || job.putCount - job.endedCount < iteration.widestWindow
      }
    }
  }

  /// Pushes the next result and its place; nil at the end.
  fileprivate func nextResult(
    _ index: Int32, until deadline: Deadline
  ) throws(LuaError) -> Int32 {
    guard let iteration = try object(index, as: IteratorHandle.self).iteration,
      let pool = iteration.job.pool
    else { throw .value("the pool of the iterator was collected") }
    guard pool.core.isOwn else {
      throw .runtime(
        "this iterator belongs to the process with pid \(pool.core.ownerPid): iterate there")
    }
    let job = iteration.job
    while iteration.position == iteration.count {
      try refill(iteration, pool)
      if job.isComplete, job.givenCount == job.putCount {
        guard let failure = iteration.failure else {
          pushNil()
          return 1
        }
        iteration.failure = nil
        rawGet(LuaState.registry, Int(failure))
        release(failure)
        throw .onTop
      }
      if iteration.isDrawing, job.givenCount == job.putCount {
        throw .value("the iterator was called in its own input, and has no result left")
      }
      guard try wait(for: pool, until: deadline, { job.nextIndex != nil }) else {
        throw .object(.timeoutError, "the next result is not there yet")
      }
      try takeNext(iteration, index)
    }
    userValue(index, 2)
    iteration.position += 1
    rawGet(-1, iteration.position)
    let place = iteration.first + iteration.position
    guard type(-1) != .nil else {
      throw .value(
        "the result for item \(place) is nil, which would end the loop: let the function return "
          + "false, or use map")
    }
    push(place)
    return 2
  }

  private func takeNext(
    _ iteration: Iteration, _ index: Int32
  ) throws(LuaError) {
    let job = iteration.job
    guard let next = job.nextIndex, let ended = job.outcome(next) else { return }
    do throws(LuaError) {
      if case .value(let bytes, let references) = ended.outcome {
        try TaskMessages.decode(self, bytes, references)
        setUserValue(index, 2)
        iteration.first = ended.task.first
        iteration.count = ended.task.count
        iteration.position = 0
        return job.advance(self)
      }
      try pushError(of: ended, job)
    } catch {
      push(error)
      // It stays the next one.
      if Interrupt.isRaised(self) { throw .onTop }
    }
    job.advance(self)
    throw .onTop
  }
}

private let nextSignature = Signature(
  name: "next", example: "iterator:next{timeout = 1}", parameters: [Parameter("timeout")])

/// Lua: `iterator:next([timeout])`.
private func iteratorNext(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: IteratorHandle.self)
  try state.bind(nextSignature, from: 2)
  let deadline = try state.deadline(timeout: 2)
  state.setTop(1)
  return try state.nextResult(1, until: deadline)
}

/// Lua: `iterator()`.
private func iteratorCall(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  return try state.nextResult(1, until: .never)
}

/// Lua: a loop over the results is left: its bar stays as it is.
private func iteratorLeaveLoop(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.object(1, as: IteratorHandle.self).iteration?.job.endProgress()
  return 0
}

private func iteratorCollect(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let handle = state.take(1, as: IteratorHandle.self) else { return 0 }
  if let iteration = handle.iteration {
    iteration.job.pool?.iterations[iteration.job.number] = nil
    iteration.job.complete()
    iteration.job.abandon(state)
    if let failure = iteration.failure { state.release(failure) }
  }
  handle.forget()
  return 0
}

private func iteratorToString(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: IteratorHandle.self)
  state.push(
    "<multiprocessing.pool.IMapIterator object at 0x\(String(state.address(1), radix: 16))>")
  return 1
}

private enum IteratorMethods {
  static let all: KeyValuePairs<StaticString, cluabridge_body> = [
    "next": { $0.run(iteratorNext) }
  ]

  static let meta: KeyValuePairs<StaticString, cluabridge_body> = [
    "__call": { $0.run(iteratorCall) },
    "__close": { $0.run(iteratorLeaveLoop) },
    "__gc": { $0.run(iteratorCollect) },
    "__tostring": { $0.run(iteratorToString) },
    "__newindex": { $0.run(refuseNewField) },
  ]
}
