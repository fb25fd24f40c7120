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

extension SharedObject {
  /// Logs that the lock came from a dead owner.
  @inline(never)
  public func warnAbandoned() {
    let place = place
    Logger.log(
      .warning,
      "a lock\(place.isEmpty ? "" : " made at \(place)") was abandoned: its owner died holding it")
  }
}
