// What a fresh process is given by the one that starts it. Python: the pipe of
// `multiprocessing.popen_spawn_posix`.

/// The messages for a process that is not a copy of its parent.
///
/// They are put into a queue of the arena before anything is started. The process that starts and the
/// place on the board for the new one hold the queue, so whoever is killed at whatever step, what the
/// messages carry is freed with the last of both and not before: a process on its way has references
/// to what it was given and to nothing else.
public struct Launch {
  /// Where the script's own messages are put and taken.
  public let queue: Queue

  /// Makes the launch of the process that `process` describes, which starts others by `method`.
  ///
  /// - Throws: `.system` when the arena is full.
  public init(for process: Process, method: StartMethod) throws(MultiprocessingError) {
    try self.init(
      PreparationData(of: process, method: method),
      lock: process.outputMode == nil ? Output.lockObject : nil)
  }

  /// Makes the launch of something that no script described.
  init(_ preparation: PreparationData) throws(MultiprocessingError) {
    try self.init(preparation, lock: Output.lockObject)
  }

  /// Makes the launch of a process that writes its lines under `lock`, together with this one.
  private init(
    _ preparation: PreparationData, lock: SharedObject?
  ) throws(MultiprocessingError) {
    queue = try Queue()
    do throws(MultiprocessingError) {
      try queue.put(bytes: preparation.bytes, carrying: lock.map { [$0] })
    } catch {
      queue.release()
      throw error
    }
  }

  /// Finds the launch of this process; nil when there is none of that number.
  init?(number: UInt32) {
    guard number > 0, number < Arena.header.objectHighWater.load() else { return nil }
    let object = SharedObject(number: number)
    guard object.kind == .queue, object.isRetained else { return nil }
    queue = Queue(object)
  }

  /// How many bytes the messages take.
  public var byteCount: Int { queue.ring.usedByteCount }

  var number: UInt32 { queue.object.number }

  /// Takes what the runtime must know and puts it in force.
  ///
  /// - Returns: The data; nil when it is none of ours.
  func takePreparation() -> PreparationData? {
    guard let message = queue.takeBytes() else { return nil }
    if let lock = message.references.first { Output.adopt(lock) }
    return PreparationData(bytes: message.bytes)
  }

  /// Says that this process does not need the messages any more.
  public func release() { queue.release() }
}
