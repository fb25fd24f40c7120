// How an attempt to take a lock ended. Python: the result of `Lock.acquire`.

/// The result of taking a lock.
public enum Acquisition: Sendable {
  /// The lock is held now.
  case acquired
  /// The lock is held now, and its last owner died with it: what it protects may be half changed.
  case abandoned
  /// The deadline passed first.
  case timedOut
}
