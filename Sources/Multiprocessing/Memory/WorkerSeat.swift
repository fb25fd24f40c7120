// The worker's side of a pool. Python: `multiprocessing.pool.worker`, without what runs the tasks.

internal import Glibc

/// A worker's place in a pool: takes tasks, each recorded before it is taken, and returns results.
public struct WorkerSeat: Sendable {
  private let board: PoolBoard
  let cell: PoolBoard.Cell
  private let tasks: Ring
  private let results: Ring

  /// The place of the worker that has a cell of the pool's board.
  ///
  /// - Parameters:
  ///   - pool: Must be of kind `.pool`.
  ///   - position: Which cell, from 0.
  public init(_ pool: SharedObject, position: Int) {
    board = PoolBoard(pool)
    cell = board.cell(position)
    tasks = board.tasks
    results = board.results
  }

  /// The queues of a pool: of tasks and of results.
  public static func queues(of pool: SharedObject) -> [SharedObject] {
    let board = PoolBoard(pool)
    return [board.tasks, board.results].map { SharedObject(number: $0.header.object.value) }
  }

  /// Whether a pool has a place of that number.
  public static func hasPlace(_ pool: SharedObject, position: Int) -> Bool {
    position >= 0 && position < PoolBoard(pool).capacity
  }

  /// Says that the initializer runs.
  public func initialize() { FaultPoint.hit(.poolInitializing) }

  /// Says that the initializer has returned and tasks are served.
  public func serve() {
    cell.isServing.store(1)
    if board.hasToldFailure.value != 0 { board.hasToldFailure.store(0) }
  }

  /// Says that a Ctrl-C has ended the initializer, which has not failed by that.
  public func interrupt() { cell.isServing.store(1) }

  /// Takes the next task, waiting for it.
  ///
  /// - Parameters:
  ///   - buffer: Gets the message.
  ///   - references: Gets what it carries, which this process then holds; left alone for nothing.
  /// - Returns: What names the task.
  /// - Throws: `.shutDown` when there will be no more tasks, `.interrupted`, `.system` when the buffer
  ///   cannot grow.
  public func take(
    into buffer: inout ScratchBuffer, references: inout [SharedObject]?
  ) throws(MultiprocessingError) -> UInt32 {
    var ordinal: UInt32 = 0
    let mark = try unsafe tasks.get(until: .never, for: .poolTask) {
      (bytes) throws(MultiprocessingError) in
      // A Ctrl-C that came before is not for the task.
      if Interruption.isPending() { throw .interrupted }
      try unsafe buffer.store(bytes)
      // The queue's lock is held, so this is the message's own.
      ordinal = Ring.ordinal(tasks.header.head.value)
      FaultPoint.hit(.poolClaiming)
      cell.since.store(Clock.nanoseconds)
      cell.claim.store(PoolBoard.Cell.claim(of: ordinal))
      FaultPoint.hit(.poolClaimed)
    }
    FaultPoint.hit(.poolTaken)
    if mark != 0 { references = MessageObject.accept(mark: mark) }
    return ordinal
  }

  /// Whether the task is not to be run.
  public func isCancelled(_ ordinal: UInt32) -> Bool {
    board.isMarked(ordinal)
      || UInt32(truncatingIfNeeded: cell.stop.load()) == ordinal
        && cell.stop.load() != 0
  }

  /// Says that the task begins.
  public func begin() { FaultPoint.hit(.poolRunning) }

  /// Returns the result of the task and is done with it.
  ///
  /// - Throws: As `Queue.put`; nothing was returned then, and another result may be.
  public func finish(
    _ ordinal: UInt32, _ status: ResultStatus, byteCount: Int,
    carrying references: [SharedObject]? = nil, fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    FaultPoint.hit(.poolReturning)
    try unsafe put(ordinal, status, byteCount: byteCount, carrying: references, fill: fill)
    FaultPoint.hit(.poolReturned)
    cell.doneCount.add(1)
    cell.claim.store(0)
    FaultPoint.hit(.poolCleared)
  }

  /// Whether this worker is the one to print why the initializer failed: those that take its place most
  /// likely fail for the same reason.
  public func claimFailureReport() -> Bool { board.hasToldFailure.exchange(0, for: 1) }

  /// Tells the owner why the initializer failed.
  public func reportFailure(
    byteCount: Int, carrying references: [SharedObject]?, fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    try unsafe put(
      0, .initializerFailed, byteCount: byteCount, carrying: references, fill: fill)
  }

  private func put(
    _ ordinal: UInt32, _ status: ResultStatus, byteCount: Int,
    carrying references: [SharedObject]?, fill: (UnsafeMutableRawPointer) -> Void
  ) throws(MultiprocessingError) {
    try unsafe results.put(
      byteCount: ResultHeader.byteCount + byteCount, carrying: references, until: .never
    ) { place in
      unsafe ResultHeader(ordinal: ordinal, status: status).store(at: place)
      unsafe fill(place + ResultHeader.byteCount)
    }
  }

  /// How much of the machine's memory this process has, in bytes; 0 when that cannot be told.
  public static var memoryInUse: Int {
    guard let text = SmallFile.read("/proc/self/statm") else { return 0 }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
