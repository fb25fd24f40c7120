// A lock that any process may release. Python: `multiprocessing.synchronize.Lock`.

/// A mutual exclusion lock between processes.
///
/// The handle is one pointer and may be copied freely; equal handles are the same lock. A lock that
/// is held across a fork stays the parent's. When its owner dies, the next `acquire` returns
/// `.abandoned`.
public struct Lock: BitwiseCopyable, Hashable, Sendable {
  /// The lock's entry in the arena, for `retain`, `release` and sending.
  public let object: SharedObject

  /// Makes a free lock that this process holds a reference to.
  ///
  /// - Throws: `.system` when the arena cannot be made or is full.
  ///
  /// Python: `multiprocessing.Lock`.
  public init() throws(MultiprocessingError) { object = try SharedObject.create(.lock) }

  /// Makes the handle of a lock that exists.
  public init(_ object: SharedObject) {
    precondition(object.kind == .lock, "the object is not a lock")
    self.object = object
  }

  @inline(__always)
  private var word: OwnerWord { OwnerWord(object.word(0)) }

  /// Takes the lock, waiting for whoever has it, be it this process itself.
  ///
  /// - Parameter deadline: When to stop waiting.
  /// - Returns: Whether the lock was taken, and from a dead owner.
  /// - Throws: `.interrupted` by the interruption handler, `.deadlock` when nobody is left who could
  ///   free it.
  ///
  /// Python: `Lock.acquire`.
  public func acquire(
    until deadline: Deadline = .never
  ) throws(MultiprocessingError) -> Acquisition {
    if word.tryAcquire() { return .acquired }
    return try word.acquire(
      until: deadline, for: WaitPurpose(.lockAcquire, object: object.number))
  }

  /// Frees the lock, whoever holds it.
  ///
  /// - Throws: `.valueError` when it is free.
  ///
  /// Python: `Lock.release`.
  public func release() throws(MultiprocessingError) {
    guard word.release() else {
      throw .valueError("semaphore or lock released too many times")
    }
  }

  /// Frees the lock that this process has.
  func releaseOwned() { word.releaseOwned() }

  /// Takes the lock, whatever signals say.
  func retake() throws(MultiprocessingError) -> Acquisition {
    try word.acquire(
      until: .never, for: WaitPurpose(.lockAcquire, object: object.number, servesSignals: false))
  }

  /// Whether a living process has the lock.
  ///
  /// Python: `Lock.locked`.
  public var isLocked: Bool { word.isHeld }

  /// Whether this process has the lock.
  public var isOwned: Bool { word.isOwned }

  /// The identity of who has the lock, dead or alive; 0 when it is free.
  public var owner: UInt32 { word.owner }

  /// The name of the process that has the lock, for `repr`; nil when it is free.
  public var ownerName: String? { word.ownerName }
}

extension OwnerWord {
  /// The owner's name, "SomeOtherProcess" when it has gone, nil when the word is free.
  var ownerName: String? {
    let owner = owner
    if owner == 0 { return nil }
    return Board.name(of: owner) ?? "SomeOtherProcess"
  }
}
