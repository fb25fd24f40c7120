// The heads of a pool's messages. Python: the tuples that `multiprocessing.pool` pickles.

/// What a task's message says before its function and arguments.
public struct TaskHeader: BitwiseCopyable, Sendable {
  /// What the arguments are.
  public enum Kind: UInt32, Sendable {
    /// One call with arguments, and keywords perhaps.
    case call
    /// A list of items, each the argument of a call.
    case items
    /// The first of a row of numbers and their distance; each is the argument of a call.
    case numbers
    /// An array and a place in it, from 0; each element from there on is the argument of a call.
    case elements
    /// A list of lists, each the arguments of a call.
    case argumentLists
  }

  /// Several tasks of a job have one function, which a worker decodes once.
  public var job: UInt32
  private var kindNumber: UInt32
  /// The position of the first item in the job's input, from 0.
  public var first: Int
  /// How many calls the task is.
  public var count: Int
  /// How many bytes the function takes, right after this; 0 when it is the message's first reference.
  public var functionByteCount: UInt32
  /// How many of the message's references are the function's.
  public var functionReferenceCount: UInt32
  /// In seconds; 0 for none.
  public var timeout: Double
  /// What the task's random numbers are made of; they are the worker's own without `hasSeed`.
  public var seed: Int
  /// The number of the task in the pool, from 1.
  public var number: Int
  private var flags: UInt64

  /// Makes the head of a task.
  public init(job: UInt32, kind: Kind, first: Int, count: Int) {
    self.job = job
    kindNumber = kind.rawValue
    self.first = first
    self.count = count
    functionByteCount = 0
    functionReferenceCount = 0
    timeout = 0
    seed = 0
    number = 0
    flags = 0
  }

  /// What the arguments are.
  public var kind: Kind { Kind(rawValue: kindNumber) ?? .call }

  /// Whether the task has random numbers of its own.
  public var hasSeed: Bool {
    get { flags & 1 != 0 }
    set { flags = newValue ? flags | 1 : flags & ~1 }
  }

  /// How many bytes the head has.
  public static var byteCount: Int { MemoryLayout<TaskHeader>.size }

  /// Reads the head of a message; nil when it is too short.
  public init?(_ message: UnsafeRawBufferPointer) {
    guard message.count >= Self.byteCount else { return nil }
    let header = unsafe message.loadUnaligned(as: TaskHeader.self)
    guard Int(header.functionByteCount) <= message.count - Self.byteCount else { return nil }
    self = header
  }

  /// Writes it to memory of at least `byteCount` bytes.
  public func store(at place: UnsafeMutableRawPointer) {
    unsafe place.storeBytes(of: self, as: TaskHeader.self)
  }
}

/// What a result's message says before the value or the error.
struct ResultHeader: BitwiseCopyable {
  var ordinal: UInt32
  var status: UInt32
  static let byteCount = MemoryLayout<ResultHeader>.size

  init(ordinal: UInt32, status: ResultStatus) {
    self.ordinal = ordinal
    self.status = status.rawValue
  }

  init?(_ message: UnsafeRawBufferPointer) {
    guard message.count >= Self.byteCount else { return nil }
    self = unsafe message.loadUnaligned(as: ResultHeader.self)
  }

  func store(at place: UnsafeMutableRawPointer) {
    unsafe place.storeBytes(of: self, as: ResultHeader.self)
  }
}

/// How a task ended in its worker.
public enum ResultStatus: UInt32, Sendable {
  /// The bytes are its value.
  case value
  /// The bytes are the list of its values.
  case values
  /// The bytes are the error that it raised.
  case error
  /// It was not run.
  case skipped
  /// The bytes are the error of the initializer, which belongs to no task.
  case initializerFailed
}
