// The tasks of one call of a pool's method. Python: `multiprocessing.pool.ApplyResult` and its kin.

internal import CLuaBridge
internal import Multiprocessing

/// One call of `apply_async`, `map_async`, `imap` and so on: its tasks, and how those that have ended
/// did.
///
/// The Lua values that belong to it stand in the pool's table of jobs.
final class LuaJob: PoolJob {
  /// What is asked of the tasks.
  struct Options {
    var timeout = 0.0
    var retries = 0
    var seed: Int?
  }

  /// A task that has ended, and how.
  struct Ended {
    let task: PoolTask
    let outcome: TaskOutcome
  }

  /// How the results are wanted.
  enum Kind {
    /// One call; its values.
    case call
    /// A list of all results.
    case list
    /// One result after the other, in the input's order.
    case ordered
    /// One result after the other, as they come.
    case unordered
  }

  let number: UInt32
  weak var pool: LuaPool?
  let kind: Kind
  let options: Options
  let function: EncodedFunction
  /// How the outcomes that nobody has asked for yet lie: by the task's place in the job.
  private(set) var outcomes: [Int: Ended] = [:]
  /// The places of those, as they came.
  private(set) var arrived: [Int] = []
  private var arrivedFirst = 0
  /// About how much memory those take, in bytes.
  private(set) var keptByteCount = 0
  /// The task of a single call until it has ended.
  private(set) var onlyTask: PoolTask?
  /// How many tasks were put.
  private(set) var putCount = 0
  /// Whether all tasks were put.
  private(set) var isComplete = false
  private var isOpen = false
  /// How many outcomes were given to whoever iterates.
  var givenCount = 0
  /// How many tasks have ended.
  private(set) var endedCount = 0
  /// Whether nobody can ask for the results any more.
  var isAbandoned = false
  var hasCallbacks = false
  /// Called once when the last task has ended.
  var onEnd: ((LuaJob) -> Void)?
  /// Shows how far it is.
  private(set) var progress: ProgressBar?
  /// How many items have ended, and how many there are if that is known.
  private(set) var endedItems = 0
  var itemCount: Int?

  init(
    pool: LuaPool, kind: Kind, function: EncodedFunction, options: Options
  ) {
    number = pool.nextJobNumber()
    self.pool = pool
    self.kind = kind
    self.function = function
    self.options = options
  }

  /// Whether all tasks were put and have ended.
  var hasEnded: Bool { isComplete && endedCount == putCount }

  /// The head of a task's message.
  func header(_ taskKind: TaskHeader.Kind, first: Int, count: Int) -> TaskHeader {
    var header = TaskHeader(job: number, kind: taskKind, first: first, count: count)
    header.timeout = options.timeout
    if let seed = options.seed {
      header.hasSeed = true
      header.seed = seed
    }
    return header
  }

  /// Notes that a task was put.
  func add(_ task: PoolTask) {
    putCount += 1
    if kind == .call { onlyTask = task }
  }

  func taskEnded(_ task: PoolTask, _ outcome: TaskOutcome) {
    onlyTask = nil
    endedCount += 1
    endedItems += task.count
    let references = outcome.references
    if isAbandoned {
      if !references.isEmpty { pool?.core.unwanted += references }
    } else {
      if !references.isEmpty { ReceivedObjects.keep(references) }
      outcomes[task.index] = Ended(task: task, outcome: outcome)
      keptByteCount += outcome.keptByteCount
      if kind == .unordered { arrived.append(task.index) }
    }
    progress?.show(self)
    if hasEnded { finish() }
  }

  /// Says that tasks will be put later too.
  func open() {
    isOpen = true
    pool?.core.openJobs += 1
  }

  /// Says that all tasks were put.
  func complete() {
    if isComplete { return }
    isComplete = true
    if isOpen { pool?.core.openJobs -= 1 }
    if hasEnded { finish() }
  }

  private func finish() {
    endProgress()
    function.release()
    onEnd?(self)
    onEnd = nil
  }

  /// Shows by a bar how far it is.
  func start(_ bar: ProgressBar?) {
    progress = bar
    bar?.show(self)
  }

  /// Leaves the bar as it is: nobody waits for the rest.
  func endProgress() {
    progress?.finish(self)
    progress = nil
  }

  /// Takes the outcome of a task; nil when it has not ended or was taken before.
  func take(_ index: Int) -> Ended? {
    guard let ended = outcomes.removeValue(forKey: index) else { return nil }
    keptByteCount -= ended.outcome.keptByteCount
    return ended
  }

  /// Whether `nextIndex` gives one.
  var hasNext: Bool {
    kind == .ordered ? outcomes[givenCount] != nil : arrivedFirst < arrived.count
  }

  /// Whether the words of an error may still need the job's function and input.
  var needsInput: Bool {
    !isAbandoned
      && outcomes.values.contains {
        switch $0.outcome {
        case .lost, .timedOut: true
        default: false
        }
      }
  }

  /// The place of the next outcome that whoever iterates gets; nil when it is not there yet.
  func nextIndex() -> Int? {
    if kind == .ordered { return outcomes[givenCount] == nil ? nil : givenCount }
    guard arrivedFirst < arrived.count else { return nil }
    let index = arrived[arrivedFirst]
    arrivedFirst += 1
    if arrivedFirst > 1024 {
      arrived.removeFirst(arrivedFirst)
      arrivedFirst = 0
    }
    return index
  }

  /// The first task that did not end well, when all have ended.
  var firstFailure: Int? {
    outcomes.keys.filter { outcomes[$0]?.outcome.isFailure == true }.min()
  }

  /// Forgets the outcomes: nobody will ask.
  func abandon(_ state: LuaState) {
    isAbandoned = true
    endProgress()
    for ended in outcomes.values { TaskMessages.discard(state, ended.outcome.references) }
    outcomes = [:]
    keptByteCount = 0
  }
}

extension TaskOutcome {
  var references: [SharedObject] {
    switch self {
    case .value(_, let references), .values(_, let references), .error(_, let references):
      references
    default: []
    }
  }

  /// About how much memory it takes while nobody has asked for it.
  fileprivate var keptByteCount: Int {
    let overhead = 256
    switch self {
    case .value(let bytes, _), .values(let bytes, _), .error(let bytes, _):
      return bytes.count + overhead
    default: return overhead
    }
  }

  var isFailure: Bool {
    switch self {
    case .value, .values: false
    default: true
    }
  }
}
