// What is known of a program after it has ended.

/// How a program ended.
public enum Ending: Equatable, Sendable {
  /// It ended by itself with this status.
  case exited(Int32)
  /// This signal ended it.
  case signalled(Int32)
  /// It was killed, with all its processes, because its time was up.
  case timedOut
}

/// What a program wrote, how it ended, and what it left behind.
public struct Outcome: Sendable {
  /// What came on standard output; on a terminal, all that came on it.
  public var output = ""
  /// What came on standard error; nothing on a terminal, where it is part of `output`.
  public var errors = ""
  /// How the program ended.
  public var ending = Ending.timedOut
  /// Processes that outlived the program, as `pid command`.
  ///
  /// They have been killed.
  public var leftProcesses: [String] = []

  /// Whether the program ended well and left no process.
  public var isClean: Bool { ending == .exited(0) && leftProcesses.isEmpty }
}

/// Why a program could not be run.
public struct LaunchError: Error, CustomStringConvertible {
  /// What was tried and the system's answer.
  public let description: String
}
