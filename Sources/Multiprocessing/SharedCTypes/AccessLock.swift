// The lock that each access to a value takes. Python: `sharedctypes.SynchronizedBase`.

/// The lock of a value or array: a `Lock`, an `RLock`, or none.
public struct AccessLock: BitwiseCopyable, Hashable, Sendable {
  /// The lock's entry; nil for none.
  public let object: SharedObject?
  private let isRecursive: Bool

  /// No lock: each access is a single step of the processor and nothing more.
  public static let none = AccessLock(nil, isRecursive: false)

  private init(_ object: SharedObject?, isRecursive: Bool) {
    self.object = object
    self.isRecursive = isRecursive
  }

  /// A lock that its owner must not take again: an access while this process holds it is a deadlock.
  public init(_ lock: Lock) { self.init(lock.object, isRecursive: false) }

  /// A lock that its owner may take again.
  public init(_ lock: RLock) { self.init(lock.object, isRecursive: true) }

  /// Runs `body` while the lock is held, which survives the death of whoever held it before.
  ///
  /// The body may neither wait nor run code of a script. It may be stopped at any instruction.
  ///
  /// - Throws: `.interrupted` by the interruption handler and `.deadlock` when nobody is left who could
  ///   free the lock, both before `body` has begun.
  @inline(__always)
  func during<Result>(_ body: () -> Result) throws(MultiprocessingError) -> Result {
    guard let object else { return body() }
    let word = OwnerWord(object.word(0))
    // An access within an access: the recursive lock's count need not change, as nothing comes
    // between.
    if isRecursive, word.isOwned { return body() }
    if !word.tryAcquire() { try acquireSlowly(object) }
    FaultPoint.hit(.valueLocked)
    defer { word.releaseOwned() }
    return body()
  }

  @inline(never)
  private func acquireSlowly(_ object: SharedObject) throws(MultiprocessingError) {
    let purpose = WaitPurpose(
      isRecursive ? .recursiveLockAcquire : .lockAcquire, object: object.number)
    if try OwnerWord(object.word(0)).acquire(until: .never, for: purpose) == .abandoned {
      object.warnAbandoned()
    }
  }
}
