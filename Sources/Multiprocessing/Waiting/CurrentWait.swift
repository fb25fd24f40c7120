// What a process waits for, in words. No counterpart in Python.

/// One wait of a process.
public struct CurrentWait: Sendable {
  /// What it does.
  public var operation: WaitOperation
  /// The number of the object in the table; for a join, the identity of the process.
  public var object: UInt32
  /// When it began, on `Clock`.
  public var since: UInt64
  /// In words, with all things that a wait for several is for, where these are known.
  var things: String?

  /// What it waits for, without how long: `get() of the Queue made at jobs.lua:3`.
  package var subject: String {
    things ?? WaitEntry(operation: operation, object: object, word: nil).description
  }
}

extension CurrentWait: CustomStringConvertible {
  /// `get() of the Queue made at jobs.lua:3, for 12.3 s`.
  public var description: String {
    "\(subject), for \(duration(since: since))"
  }
}
