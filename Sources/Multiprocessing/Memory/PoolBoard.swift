// Where the workers of a pool say what they do. No counterpart in Python, where nobody knows which
// worker has which task.

internal import SystemPackage

/// A pool's block in shared memory: its two queues, a cell for each worker, and marks of tasks that
/// are not to be run.
///
/// Only the owner of the pool puts tasks, so the ordinal of a task in their queue names it. A worker
/// writes the ordinal into its cell before it takes the task out of the queue, under the queue's lock,
/// and clears it after the result was put.
// Safe because the memory is shared between processes anyway, and its fields are atomic words.
@safe struct PoolBoard: @unchecked Sendable {
  let object: SharedObject
  private let base: UnsafeMutableRawPointer

  /// How many tasks that wait have a mark each; a power of two.
  static let markCount: UInt32 = 1 << 22
  private static let headByteCount = 128
  private static let cellByteCount = 128
  /// How much of the largest board says what its workers do.
  static var cellsByteCount: Int { headByteCount + workerLimit * cellByteCount }
  /// The most workers that a pool can have.
  static let workerLimit = 4096

  init(_ object: SharedObject) {
    self.object = object
    unsafe base = Block(number: object.payload.value).address
  }

  /// Makes the board of a pool; this process holds it and owns the pool.
  static func create(
    workers: Int, tasks: SharedObject, results: SharedObject
  ) throws(MultiprocessingError) -> PoolBoard {
    let cellsEnd = headByteCount + workers * cellByteCount
    let byteCount = ((cellsEnd + 4095) & ~4095) + Int(markCount / 8)
    let blockClass = Int.bitWidth - (byteCount - 1).leadingZeroBitCount
    let object = try SharedObject.create(.pool, payloadClass: blockClass)
    do throws(MultiprocessingError) {
      try Block(number: object.payload.value).reserve(from: 0, to: (cellsEnd + 4095) & ~4095)
    } catch {
      object.release()
      throw error
    }
    let board = PoolBoard(object)
    board.tasksNumber.value = tasks.number
    board.resultsNumber.value = results.number
    board.workerCount.value = UInt32(workers)
    return board
  }

  var tasksNumber: SharedWord { unsafe SharedWord(at: base) }
  var resultsNumber: SharedWord { unsafe SharedWord(at: base + 4) }
  private var workerCount: SharedWord { unsafe SharedWord(at: base + 8) }
  /// Whether any task was ever marked.
  private var hasMarks: SharedWord { unsafe SharedWord(at: base + 12) }

  /// Whether a worker has printed why its initializer failed, and none has got further since.
  var hasToldFailure: SharedWord { unsafe SharedWord(at: base + 16) }

  /// Whether the number of workers is one that a board can have.
  var isSound: Bool {
    Int(workerCount.value) <= Self.workerLimit
      && Self.headByteCount
        + Int(workerCount.value) * Self.cellByteCount
        <= Block(number: object.payload.value).byteCount
  }

  /// How many workers there may be at once.
  var capacity: Int { Int(workerCount.value) }

  var tasks: Ring { Ring(SharedObject(number: tasksNumber.value)) }
  var results: Ring { Ring(SharedObject(number: resultsNumber.value)) }

  /// The cells of all workers that the pool may have at once.
  var cells: some Sequence<Cell> { (0..<Int(workerCount.value)).lazy.map { cell($0) } }

  func cell(_ position: Int) -> Cell {
    precondition(position >= 0 && position < Int(workerCount.value))
    return unsafe Cell(base: base + Self.headByteCount + position * Self.cellByteCount)
  }

  /// What one worker does.
  // Safe because the memory is shared between processes anyway, and its fields are atomic words.
  @safe struct Cell: @unchecked Sendable {
    fileprivate let base: UnsafeMutableRawPointer

    /// The task that the worker takes or has: its ordinal and bit 32; 0 for none.
    var claim: SharedLong { unsafe SharedLong(at: base) }
    /// When it claimed that task, by `Clock`.
    ///
    /// Claims are made under the lock of the tasks' queue: of several for one task, all but the last are
    /// those of processes that died before they had taken it.
    var since: SharedLong { unsafe SharedLong(at: base + 8) }
    /// The task that is to be stopped, and why: a reason in the upper half, the ordinal in the lower.
    var stop: SharedLong { unsafe SharedLong(at: base + 16) }
    /// The same once the worker has killed itself because the task would not stop.
    var killed: SharedLong { unsafe SharedLong(at: base + 24) }
    /// How many tasks the worker has done.
    var doneCount: SharedWord { unsafe SharedWord(at: base + 32) }
    /// 1 once the initializer has returned, or was interrupted.
    var isServing: SharedWord { unsafe SharedWord(at: base + 36) }
    /// The worker's identity; 0 while there is none.
    var identity: SharedWord { unsafe SharedWord(at: base + 40) }

    static func claim(of ordinal: UInt32) -> UInt64 { 1 << 32 | UInt64(ordinal) }

    /// The task that the worker has claimed.
    var claimed: UInt32? {
      let claim = claim.load()
      return claim == 0 ? nil : UInt32(truncatingIfNeeded: claim)
    }

    /// Makes the cell ready for another worker.
    func clear() {
      identity.store(0)
      claim.store(0)
      stop.store(0)
      killed.store(0)
      doneCount.store(0)
      isServing.store(0)
    }
  }
}

// MARK: - Tasks that are not to be run

extension PoolBoard {
  private func markWord(_ ordinal: UInt32) -> SharedLong {
    let marks = (Self.headByteCount + Int(workerCount.value) * Self.cellByteCount + 4095) & ~4095
    return unsafe SharedLong(at: base + marks + Int(ordinal % Self.markCount / 64) * 8)
  }

  private static func bit(_ ordinal: UInt32) -> UInt64 { 1 << UInt64(ordinal % 64) }

  /// Says that whoever takes the task is not to run it.
  ///
  /// - Throws: `.system` when there is no memory for the mark, or so many wait that two share one.
  func mark(_ ordinal: UInt32) throws(MultiprocessingError) {
    guard tasks.count <= Int(Self.markCount) else {
      throw .system(.noMemory, "cancel a task while more than \(Self.markCount) wait")
    }
    if hasMarks.value == 0 {
      let block = Block(number: object.payload.value)
      let start = (Self.headByteCount + Int(workerCount.value) * Self.cellByteCount + 4095) & ~4095
      try block.reserve(from: start, to: start + Int(Self.markCount / 8))
      hasMarks.store(1)
    }
    let word = markWord(ordinal)
    word.store(word.load() | Self.bit(ordinal))
  }

  /// Makes the mark of an ordinal that is used for a new task nobody's; only the owner does.
  ///
  /// - Throws: `.system` when it is that of a cancelled task that still waits.
  func clearMark(_ ordinal: UInt32) throws(MultiprocessingError) {
    guard isMarked(ordinal) else { return }
    guard tasks.count < Int(Self.markCount) else {
      throw .system(
        .noMemory, "put a task while \(Self.markCount) wait behind one that was cancelled")
    }
    let word = markWord(ordinal)
    word.store(word.load() & ~Self.bit(ordinal))
  }

  func isMarked(_ ordinal: UInt32) -> Bool {
    hasMarks.load() != 0 && markWord(ordinal).load() & Self.bit(ordinal) != 0
  }
}

// MARK: - For the search for deadlocks

extension PoolBoard {
  /// Whether a process is one of the pool's workers.
  func hasWorker(_ process: UInt32) -> Bool {
    cells.contains { $0.identity.load() == process }
  }

  /// Whether the owner, who waits for a result, has something to do, or a worker has.
  ///
  /// Says yes when in doubt: a task that nobody has taken yet, or a dead worker that the owner will
  /// find.
  var isOwnerAble: Bool {
    if results.count > 0 || tasks.count > 0 { return true }
    return cells.contains {
      let identity = $0.identity.load()
      return identity == 0 || !Board.isAlive(identity)
    }
  }
}
