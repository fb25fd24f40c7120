// What a process waits for, in words. No counterpart in Python.

/// One wait of a process.
public struct CurrentWait: Sendable {
  /// What it does.
  public var operation: WaitOperation
  /// The number of the object in the table; for a join, the identity of the process.
  public var object: UInt32
  /// When it began, on `Clock`.
  public var since: UInt64
}

extension CurrentWait: CustomStringConvertible {
  /// `get() of the Queue made at jobs.lua:3, for 12.3 s`.
  public var description: String {
    let entry = WaitEntry(operation: operation, object: object, word: nil)
    return "\(entry.description), for \(duration(since: since))"
  }
}
