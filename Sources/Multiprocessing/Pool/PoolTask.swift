// A task and how it can end, as the owner of a pool sees it. Python: the entries of `Pool._cache`.

/// How a worker ended with a task in its hands.
public struct WorkerLoss: Sendable, Equatable {
  /// The worker's name.
  public let name: String
  /// Its process number.
  public let pid: Int32
  /// How it ended.
  public let status: ExitStatus
  /// How long it had had the task.
  public let seconds: Double

  /// `worker ForkPoolWorker-3 (pid 71) was killed by SIGKILL`, or `ended with exit code 3`.
  public var summary: String {
    "worker \(name) (pid \(pid)) \(Self.end(status))"
  }

  static func end(_ status: ExitStatus) -> String {
    guard let signal = status.signal else { return "ended with exit code \(status.exitCode)" }
    return "was killed by \(SignalName.of(signal) ?? "signal \(signal)")"
  }
}

/// How a task ended.
public enum TaskOutcome {
  /// It returned; the bytes are its value.
  case value([UInt8], [SharedObject])
  /// It returned several values or none; the bytes are their list.
  case values([UInt8], [SharedObject])
  /// It raised an error; the bytes tell which.
  case error([UInt8], [SharedObject])
  /// Its worker ended: once, or as often as the task was given to another.
  case lost([WorkerLoss])
  /// It was stopped because its time was over, and its worker had to be killed for that.
  case timedOut(WorkerLoss)
  /// It was cancelled; with a loss if its worker had to be killed for that.
  case cancelled(WorkerLoss?)
  /// The pool was terminated before the task had ended.
  case terminated
  /// The pool gave up, and why.
  case broken(String)
}

/// Who wants to hear of the tasks of one job.
public protocol PoolJob: AnyObject {
  /// One of its tasks has ended; called once for each.
  ///
  /// Runs no Lua code and puts no tasks.
  func taskEnded(_ task: PoolTask, _ outcome: TaskOutcome)
}

/// A task that was put and has not ended.
public final class PoolTask {
  /// Whose task it is.
  public let job: any PoolJob
  /// Its place in the job, from 0.
  public let index: Int
  /// Its number in the pool, from 1.
  public let number: Int
  /// The position of its first item in the job's input, from 0.
  public let first: Int
  /// How many calls it is.
  public let count: Int
  /// How often it may still be given to another worker.
  var retriesLeft: Int
  /// The message, if it may be put again.
  var message: [UInt8]?
  /// What that carries: whoever put the task must hold it until the task has ended.
  public internal(set) var references: [SharedObject]?
  /// How long it may take, in nanoseconds; 0 for no limit.
  var timeout: UInt64 = 0
  /// When it was cancelled, by `Clock`; 0 when it was not.
  var cancelTime: UInt64 = 0
  /// The workers that it has lost.
  var losses: [WorkerLoss] = []
  /// Whether its worker may have to be killed for it.
  var isLimited: Bool { timeout > 0 || cancelTime > 0 }
  /// What names it in the queue now.
  var ordinal: UInt32 = 0

  init(_ job: any PoolJob, index: Int, number: Int, _ header: TaskHeader, retries: Int) {
    first = header.first
    count = header.count
    self.job = job
    self.index = index
    self.number = number
    retriesLeft = retries
  }
}
