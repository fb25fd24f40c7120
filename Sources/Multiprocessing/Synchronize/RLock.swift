// A lock that its owner may take again. Python: `multiprocessing.synchronize.RLock`.

/// A recursive lock between processes: only its owner releases it, as often as it took it.
///
/// The handle is one pointer. A lock that is held across a fork stays the parent's: the child does
/// not own it, unlike in Python.
public struct RLock: BitwiseCopyable, Hashable, Sendable {
  /// The lock's entry in the arena, for `retain`, `release` and sending.
  public let object: SharedObject

  /// Makes a free lock that this process holds a reference to.
  ///
  /// - Throws: `.system` when the arena cannot be made or is full.
  ///
  /// Python: `multiprocessing.RLock`.
  public init() throws(MultiprocessingError) { object = try SharedObject.create(.recursiveLock) }

  /// Makes the handle of a lock that exists.
  public init(_ object: SharedObject) {
    precondition(object.kind == .recursiveLock, "the object is not a recursive lock")
    self.object = object
  }

  @inline(__always)
  private var word: OwnerWord { OwnerWord(object.word(0)) }

  /// How often the owner took the lock.
  ///
  /// Only the owner changes it.
  @inline(__always)
  private var count: SharedWord { object.word(1) }

  /// Takes the lock, once more if this process has it.
  ///
  /// - Parameter deadline: When to stop waiting.
  /// - Returns: Whether the lock was taken, and from a dead owner.
  /// - Throws: `.interrupted` by the interruption handler, `.deadlock` when nobody is left who could
  ///   free it.
  ///
  /// Python: `RLock.acquire`.
  public func acquire(
    until deadline: Deadline = .never
  ) throws(MultiprocessingError) -> Acquisition {
    if word.isOwned {
      count.value += 1
      return .acquired
    }
    let result = try word.acquire(
      until: deadline, for: WaitPurpose(.recursiveLockAcquire, object: object.number))
    if result != .timedOut { count.value = 1 }
    return result
  }

  /// Gives the lock up once; the last time frees it.
  ///
  /// - Throws: `.assertion` when this process does not have it.
  ///
  /// Python: `RLock.release`.
  public func release() throws(MultiprocessingError) {
    guard word.isOwned else {
      throw .assertion("attempt to release recursive lock not owned by thread")
    }
    let depth = count.value
    if depth > 1 {
      count.value = depth - 1
    } else {
      count.value = 0
      word.releaseOwned()
    }
  }

  /// Gives the lock up, however often this process took it; returns how often that was.
  func releaseFully() -> UInt32 {
    let depth = count.value
    count.value = 0
    word.releaseOwned()
    return depth
  }

  /// Takes the lock as often as it was taken before, whatever signals say.
  func retake(_ depth: UInt32) throws(MultiprocessingError) -> Acquisition {
    let result = try word.acquire(
      until: .never,
      for: WaitPurpose(.recursiveLockAcquire, object: object.number, servesSignals: false))
    count.value = depth
    return result
  }

  /// Whether a living process has the lock.
  public var isLocked: Bool { word.isHeld }

  /// Whether this process has the lock.
  public var isOwned: Bool { word.isOwned }

  /// How often the owner took the lock; 0 when it is free.
  public var depth: Int { word.owner == 0 ? 0 : Int(count.value) }

  /// The identity of who has the lock, dead or alive; 0 when it is free.
  public var owner: UInt32 { word.owner }

  /// The name of the process that has the lock, for `repr`; nil when it is free.
  public var ownerName: String? { word.ownerName }
}
