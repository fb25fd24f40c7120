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
  private(set) var outcomes: [Int: TaskOutcome] = [:]
  /// The places of those, as they came.
  private(set) var arrived: [Int] = []
  private var arrivedFirst = 0
  /// The tasks that have not ended.
  private(set) var tasks: [Int: PoolTask] = [:]
  /// Where in the input each task begins, and how many items it has.
  private(set) var spans: [Int: (first: Int, count: Int, number: Int)] = [:]
  /// How many tasks were put.
  var putCount = 0
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
  /// Called when a task has ended.
  var onProgress: ((LuaJob) -> Void)?
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

  /// Notes a task that was put.
  func add(_ task: PoolTask, first: Int, count: Int) {
    tasks[task.index] = task
    spans[task.index] = (first, count, task.number)
    putCount += 1
  }

  func taskEnded(_ task: PoolTask, _ outcome: TaskOutcome) {
    tasks[task.index] = nil
    endedCount += 1
    endedItems += spans[task.index]?.count ?? 1
    if isAbandoned {
      pool?.core.unwanted += outcome.references
      spans[task.index] = nil
    } else {
      ReceivedObjects.keep(outcome.references)
      outcomes[task.index] = outcome
    }
    if kind == .unordered { arrived.append(task.index) }
    onProgress?(self)
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
    function.release()
    onEnd?(self)
    onEnd = nil
  }

  /// Takes the outcome of a task; nil when it has not ended or was taken before.
  func take(_ index: Int) -> TaskOutcome? { outcomes.removeValue(forKey: index) }

  /// Whether `nextIndex` gives one.
  var hasNext: Bool {
    kind == .ordered ? outcomes[givenCount] != nil : arrivedFirst < arrived.count
  }

  /// Forgets where a task was in the input: its outcome was handed out.
  func forgetSpan(_ index: Int) { spans[index] = nil }

  /// Whether the words of an error may still need the job's function and input.
  var needsInput: Bool {
    !isAbandoned
      && outcomes.values.contains {
        switch $0 {
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
    outcomes.keys.filter { outcomes[$0]?.isFailure == true }.min()
  }

  /// Forgets the outcomes: nobody will ask.
  func abandon(_ state: LuaState) {
    isAbandoned = true
    for outcome in outcomes.values { TaskMessages.discard(state, outcome.references) }
    outcomes = [:]
  }
}

extension TaskOutcome {
  var references: [SharedObject] {
    switch self {
    case .value(_, let references), .values(_, let references), .error(_, let references): references
    default: []
    }
  }

  var isFailure: Bool {
    switch self {
    case .value, .values: false
    default: true
    }
  }
}
