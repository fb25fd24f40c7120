// The messages of a pool's owner: tasks into their queue, results out of theirs. Python: `Pool._taskqueue`.

extension PoolCore {
  /// Puts a task.
  ///
  /// - Parameters:
  ///   - job: Hears how it ends.
  ///   - index: Its place in the job.
  ///   - header: The head of the message, without the task's number.
  ///   - byteCount: How many bytes follow the head.
  ///   - references: What the message carries.
  ///   - retries: How often it is given to another worker when one ends with it.
  ///   - fill: Writes those bytes.
  /// - Returns: The task.
  /// - Throws: `.valueError` when the pool takes none, `.brokenPool`, and as `Queue.put`.
  @discardableResult
  public func put(
    _ job: any PoolJob, index: Int, _ header: TaskHeader, byteCount: Int,
    carrying references: [SharedObject]?, retries: Int = 0, fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) -> PoolTask {
    guard !hasShutDown, state != .terminated else { throw .valueError("Pool not running") }
    // Nobody would take it.
    if let failure { throw .brokenPool(failure) }
    let task = PoolTask(job, index: index, number: taskCount + 1, header, retries: retries)
    var header = header
    header.number = task.number
    if header.timeout > 0 { task.timeout = UInt64(min(header.timeout, 1e9) * 1e9) }
    let total = TaskHeader.byteCount + byteCount
    if retries > 0 {
      var message = [UInt8](repeating: 0, count: total)
      unsafe message.withUnsafeMutableBytes { bytes in
        guard let place = bytes.baseAddress else { return }
        unsafe header.store(at: place)
        unsafe fill(place + TaskHeader.byteCount)
      }
      task.message = message
      task.references = references
      try putAgain(task)
    } else {
      try unsafe enqueue(task, total, references) { place in
        unsafe header.store(at: place)
        unsafe fill(place + TaskHeader.byteCount)
      }
    }
    if task.isLimited { limitedTasks += 1 }
    taskCount += 1
    return task
  }

  /// Puts a task whose message was kept.
  func putAgain(_ task: PoolTask) throws(MultiprocessingError) {
    let message = task.message ?? []
    try unsafe enqueue(task, message.count, task.references) { place in
      unsafe message.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress {
          unsafe place.copyMemory(from: source, byteCount: bytes.count)
        }
      }
    }
  }

  private func enqueue(
    _ task: PoolTask, _ byteCount: Int, _ references: [SharedObject]?,
    fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    // Nobody else puts, so this is the ordinal that the message will have.
    let ordinal = Ring.ordinal(tasks.header.tail.load())
    try board.clearMark(ordinal)
    try unsafe tasks.put(byteCount: byteCount, carrying: references, until: .never, fill: fill)
    task.ordinal = ordinal
    pending[ordinal] = task
  }

  /// Takes one result out of the queue; nil when none is there, or it is no result.
  func takeResult() -> (ResultHeader, [UInt8], [SharedObject])? {
    var header: ResultHeader?
    var bytes: [UInt8] = []
    do {
      let mark = try unsafe results.get(until: .now) { (message) throws(MultiprocessingError) in
        header = unsafe ResultHeader(message)
        if header != nil {
          bytes = unsafe Array(
            UnsafeRawBufferPointer(rebasing: message[ResultHeader.byteCount...]))
        }
      }
      guard let header else {
        MessageObject.discard(mark: mark)
        return nil
      }
      return (header, bytes, mark == 0 ? [] : MessageObject.accept(mark: mark))
    } catch {
      return nil
    }
  }
}
