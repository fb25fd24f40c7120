// The owner's side of a pool: workers, tasks and results. Python: `multiprocessing.pool.Pool`,
// without its three threads.

/// A pool of workers as the process that made it sees it.
///
/// There is no thread: who waits for something calls `pump` before and after, which takes results out
/// of the queue, finds workers that have ended, and starts others.
///
/// A task is in exactly one of these states: in the queue, claimed by one worker, or ended. When a
/// worker has died, its claim and the head of the queue say what became of the task: if the head has
/// not passed it, it is still in the queue; if a later claim of it exists, another worker took it; if
/// its result has come, it has ended; else it was lost with this worker.
public final class PoolCore {
  /// Where a pool is in its life.
  public enum State: BitwiseCopyable, Sendable {
    /// Takes tasks.
    case running
    /// Takes no more tasks; workers end when all are done.
    case closed
    /// The workers were ended.
    case terminated

    /// Python's name, for messages: `CLOSE`.
    public var name: String {
      switch self {
      case .running: "RUN"
      case .closed: "CLOSE"
      case .terminated: "TERMINATE"
      }
    }
  }

  struct Worker {
    let process: Process
    let startTime: UInt64
    var identity: UInt32 { process.boardIdentity ?? 0 }
  }

  /// How many workers there are at once.
  public let workerCount: Int
  /// Where it is in its life.
  public internal(set) var state = State.running
  /// Why the pool has given up; nil while it works.
  public internal(set) var failure: String?
  /// The process that owns the pool.
  public let ownerPid: Int32

  let board: PoolBoard
  let tasks: Ring
  let results: Ring
  var workers: [Worker?]
  var pending: [UInt32: PoolTask] = [:]
  var taskCount = 0
  var hasShutDown = false
  /// Whether a worker is being started.
  var isStarting = false
  /// How many tasks are pending that have a time limit or were cancelled.
  var limitedTasks = 0
  /// How many workers in a row have ended before they served.
  var failedStarts = 0
  /// What the last of them said or how it ended.
  var lastStartFailure = ""

  /// Whether `release` was called: nothing else may be then.
  public private(set) var isReleased = false
  /// How many jobs will put more tasks: until they have, a closed pool keeps its workers.
  public var openJobs = 0
  /// Told what came with a result that no task is there for any more.
  public var onUnwanted: ([SharedObject]) -> Void = { _ in }

  /// Counts, for `stats`.
  public internal(set) var startedWorkers = 0
  /// How many tasks have ended.
  public internal(set) var endedTasks = 0
  /// How many workers have ended with a task in their hands.
  public internal(set) var lostWorkers = 0
  /// How many tasks were given to another worker.
  public internal(set) var retriedTasks = 0

  /// Starts a worker for a cell of the board; the process is a daemon of kind `.worker`.
  public typealias Starter = (Int) throws(MultiprocessingError) -> Process

  /// Makes a pool without workers yet: `pump` starts them.
  ///
  /// - Throws: `.system` when there is no room, `.valueError` for a wrong count.
  public init(workers count: Int) throws(MultiprocessingError) {
    guard count >= 1 else { throw .valueError("Number of processes must be at least 1") }
    guard count <= PoolBoard.workerLimit else {
      throw .valueError("Number of processes must be at most \(PoolBoard.workerLimit)")
    }
    let tasks = try Ring.create(maxsize: 0)
    let results: SharedObject
    do throws(MultiprocessingError) {
      results = try Ring.create(maxsize: 0)
    } catch {
      tasks.release()
      throw error
    }
    do throws(MultiprocessingError) {
      board = try PoolBoard.create(workers: count, tasks: tasks, results: results)
    } catch {
      tasks.release()
      results.release()
      throw error
    }
    self.tasks = Ring(tasks)
    self.results = Ring(results)
    workerCount = count
    workers = Array(repeating: nil, count: count)
    ownerPid = CurrentProcess.pid
  }

  /// The pool's entry in the arena, which workers are given.
  public var object: SharedObject { board.object }

  /// What a worker must hold besides: the queues of tasks and of results.
  public var queues: [SharedObject] {
    [tasks, results].map { SharedObject(number: $0.header.object.value) }
  }

  /// Where the pool was made, for messages.
  public var place: String {
    get { object.place }
    set {
      object.place = newValue
      // The queue of tasks is the pool's to whoever looks at it from outside.
      SharedObject(number: tasks.header.object.value).place = newValue
    }
  }

  /// Whether this process owns the pool, and not one that it has started.
  public var isOwn: Bool { ownerPid == CurrentProcess.pid }

  /// How many tasks were put and have not ended.
  public var pendingCount: Int { pending.count }

  /// How many tasks no worker has taken yet.
  public var waitingCount: Int { tasks.count }

  /// The workers that live.
  public var processes: [Process] { workers.compactMap { $0?.process } }

  /// How many workers have a task now.
  public var busyCount: Int { board.cells.count { $0.claimed != nil } }

  /// Gives the shared memory back; the pool is not used any more.
  public func release() {
    if isReleased { return }
    isReleased = true
    for queue in queues { queue.release() }
    object.release()
  }
}
