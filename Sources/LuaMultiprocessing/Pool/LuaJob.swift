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
  private(set) var givenCount = 0
  /// The list of results, in the registry, if a signal came before all were in it.
  var unfinishedList: Int32?
  /// Whether there is a nil in that list.
  var hasNil = false
  /// How many tasks have ended.
  private(set) var endedCount = 0
  /// Whether nobody can ask for the results any more.
  var isAbandoned = false
  var hasCallbacks = false
  /// Whether a callback may be called a second time if a signal interrupted it: it does nothing then.
  var callsBackAgain = false
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
    if let references = task.references { ReceivedObjects.keep(references) }
    if kind == .call { onlyTask = task }
  }

  func taskEnded(_ task: PoolTask, _ outcome: TaskOutcome) {
    onlyTask = nil
    endedCount += 1
    endedItems += task.count
    if let references = task.references { pool?.unwanted += references }
    let references = outcome.references
    ReceivedObjects.keep(references)
    if isAbandoned {
      pool?.unwanted += references
    } else {
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

  /// The outcome of a task; nil when it has not ended or was forgotten.
  func outcome(_ index: Int) -> Ended? { outcomes[index] }

  /// Forgets the outcome of a task, which somebody has, and lets go of what came with it and is not in use.
  func forget(_ index: Int, _ state: LuaState) {
    guard let ended = outcomes.removeValue(forKey: index) else { return }
    keptByteCount -= ended.outcome.keptByteCount
    TaskMessages.discard(state, ended.outcome.references)
  }

  /// The place of the next outcome for whoever iterates; nil when it is not there yet.
  var nextIndex: Int? {
    if kind == .ordered { return outcomes[givenCount] == nil ? nil : givenCount }
    return arrivedFirst < arrived.count ? arrived[arrivedFirst] : nil
  }

  /// Goes on to the one after that.
  func advance(_ state: LuaState) {
    guard let index = nextIndex else { return }
    forget(index, state)
    givenCount += 1
    guard kind == .unordered else { return }
    arrivedFirst += 1
    if arrivedFirst > 1024 {
      arrived.removeFirst(arrivedFirst)
      arrivedFirst = 0
    }
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
    if let list = unfinishedList { state.release(list) }
    unfinishedList = nil
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
