// A queue of messages between processes. Python: `multiprocessing.queues`.

/// A first-in, first-out queue that all processes of the tree may put to and get from.
///
/// The handle is one pointer and may be copied freely; equal handles are the same queue. There is no
/// feeder thread: a message is in shared memory when `put` returns, and outlives whoever put it.
public struct Queue: BitwiseCopyable, Hashable, Sendable {
  let ring: Ring

  /// The queue's entry in the arena, for `retain`, `release` and sending.
  public var object: SharedObject { SharedObject(number: ring.header.object.value) }

  /// Makes an empty queue that this process holds.
  ///
  /// - Parameter maxsize: How many messages fit; 0 and less mean no limit.
  /// - Throws: `.system` when the arena cannot be made or is full.
  ///
  /// Python: `multiprocessing.Queue`.
  public init(maxsize: Int = 0) throws(MultiprocessingError) {
    self.init(try Ring.create(maxsize: maxsize))
  }

  /// Makes the handle of a queue that exists.
  ///
  /// - Parameter object: Must be of kind `.queue`.
  public init(_ object: SharedObject) {
    precondition(object.kind == .queue, "the object is not a queue")
    ring = Ring(object)
  }

  /// How many messages are in the queue, exactly.
  ///
  /// Python: `Queue.qsize`.
  public var count: Int { ring.count }

  /// Whether no message is in the queue.
  ///
  /// Python: `Queue.empty`.
  public var isEmpty: Bool { ring.count == 0 }

  /// Whether anybody has begun to put a message so far.
  public var wasUsed: Bool { ring.wasUsed }

  /// Whether no further message fits.
  ///
  /// Python: `Queue.full`.
  public var isFull: Bool { ring.maxsize != 0 && ring.count >= ring.maxsize }

  /// How many messages fit; 0 means no limit.
  public var maxsize: Int { ring.maxsize }

  /// Whether `shutdown` was called.
  public var isShutDown: Bool { ring.isShutDown }

  /// Ends the queue for everybody: puts fail with `.shutDown` at once, gets when it is empty.
  ///
  /// - Parameter immediate: Also throws away what is in the queue; it counts as done.
  /// - Throws: `.interrupted` by the interruption handler.
  ///
  /// Python: `queue.Queue.shutdown`.
  public func shutdown(immediate: Bool = false) throws(MultiprocessingError) {
    try ring.shutdown(immediate: immediate)
  }

  /// How many messages were put and not yet reported by `taskDone`.
  public var unfinishedCount: Int { ring.unfinishedCount }

  /// Says that the work for one message is done.
  ///
  /// - Throws: `.valueError` when that was said for every message already.
  ///
  /// Python: `JoinableQueue.task_done`.
  public func taskDone() throws(MultiprocessingError) { try ring.taskDone() }

  /// Waits until the work for every message is done.
  ///
  /// - Throws: `.timedOut` when the deadline passes first, `.deadlock` when nobody is left who could
  ///   do the work, `.interrupted` by the interruption handler.
  ///
  /// Python: `JoinableQueue.join`.
  public func join(until deadline: Deadline = .never) throws(MultiprocessingError) {
    try ring.join(until: deadline)
  }

  /// How often the queue grew, shrank, and came back from a dead process, in words.
  public var diagnosis: String { ring.diagnosis }

  /// Says that this process holds the queue.
  public func retain() throws(MultiprocessingError) { try object.retain() }

  /// Says that this process does not hold the queue any more.
  public func release() { object.release() }

  /// Whether both are the same queue.
  public static func == (left: Queue, right: Queue) -> Bool { left.object == right.object }

  /// Hashes the queue's entry.
  public func hash(into hasher: inout Hasher) { hasher.combine(object) }
}
