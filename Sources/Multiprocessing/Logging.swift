// The runtime's logger: one per process, inherited by fork. Python: `multiprocessing.util`'s logger.

internal import Glibc

/// The level of a log message.
///
/// Names and numbers are Python's.
public struct LogLevel: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number, larger for what matters more.
  public let rawValue: Int
  /// Makes the level of a number.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// No level was set.
  public static let notSet = LogLevel(rawValue: 0)
  /// Below DEBUG: the runtime's innermost steps.
  public static let subDebug = LogLevel(rawValue: 5)
  /// DEBUG.
  public static let debug = LogLevel(rawValue: 10)
  /// INFO.
  public static let info = LogLevel(rawValue: 20)
  /// Below WARNING.
  public static let subWarning = LogLevel(rawValue: 25)
  /// WARNING.
  public static let warning = LogLevel(rawValue: 30)
  /// ERROR.
  public static let error = LogLevel(rawValue: 40)
  /// CRITICAL.
  public static let critical = LogLevel(rawValue: 50)

  /// The levels that have a name of their own, lowest first.
  public static let named: [(name: String, level: LogLevel)] = [
    ("NOTSET", .notSet), ("DEBUG", .debug), ("INFO", .info), ("WARNING", .warning),
    ("ERROR", .error), ("CRITICAL", .critical),
  ]

  /// Finds a level by its name in capitals; `WARN` and `FATAL` are Python's other names for two.
  public init?(name: String) {
    let canonical = ["WARN": "WARNING", "FATAL": "CRITICAL"][name] ?? name
    guard let found = LogLevel.named.first(where: { $0.name == canonical }) else { return nil }
    self = found.level
  }

  /// The level's name, or `Level 5` for a number without one.
  public var name: String {
    LogLevel.named.first { $0.level == self }?.name ?? "Level \(rawValue)"
  }

  /// Whether the left level matters less.
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// The logger `multiprocessing`.
///
/// A forked child inherits its level and handlers. Each message is one line written by one `write`,
/// so lines of several processes never mix.
public enum Logger {
  private struct State {
    var level = LogLevel.notSet
    var handlerCount = 0
  }

  private static let state = SingleThreaded(State())

  /// The level set by `setLevel`; `.notSet` means that Python's default, WARNING, applies.
  public static var level: LogLevel {
    get { state.value.level }
    set { state.value.level = newValue }
  }

  /// The level that decides: the one set, or WARNING.
  public static var effectiveLevel: LogLevel { level == .notSet ? .warning : level }

  /// How often `logToStandardError` was called; each call doubles the lines, as in Python.
  public static var handlerCount: Int { state.value.handlerCount }

  /// Adds a handler that writes `[LEVEL/ProcessName] message` to standard error.
  ///
  /// Python: `log_to_stderr`.
  public static func logToStandardError() { state.value.handlerCount += 1 }

  /// Takes over what the process that started this one had set.
  static func adopt(level: Int, handlerCount: Int) {
    state.value = State(level: LogLevel(rawValue: level), handlerCount: handlerCount)
  }

  /// Whether a message of this level would be written.
  @inline(__always)
  public static func isEnabled(for level: LogLevel) -> Bool { level >= effectiveLevel }

  /// Writes a message, once for each handler.
  ///
  /// Without a handler a message of level WARNING or above is written bare, as Python's handler of
  /// last resort does.
  public static func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    guard isEnabled(for: level) else { return }
    log(level, bytes: Array(message().utf8))
  }

  /// The same for a text of any bytes.
  public static func log(_ level: LogLevel, bytes text: [UInt8]) {
    guard isEnabled(for: level) else { return }
    let newline = UInt8(ascii: "\n")
    if handlerCount == 0 {
      if level >= .warning { StandardError.write(text + [newline]) }
      return
    }
    let line = Array("[\(level.name)/\(CurrentProcess.name)] ".utf8) + text + [newline]
    for _ in 0..<handlerCount { StandardError.write(line) }
  }

  static func info(_ message: @autoclosure () -> String) { log(.info, message()) }
  static func debug(_ message: @autoclosure () -> String) { log(.debug, message()) }
}
