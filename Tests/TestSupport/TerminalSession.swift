// A program on a terminal as its user sees it: keys go in, a screen comes out.

import CTestSupport

/// A program at work on a terminal of its own, with the terminal's screen.
public final class TerminalSession {
  /// What the terminal shows, as far as it was read.
  public private(set) var screen: TerminalScreen

  private let program: RunningProgram
  private var shown = 0

  /// Starts a program on a terminal of 120 by 40 characters, which calls itself `xterm`.
  ///
  /// - Parameters:
  ///   - program: What to run.
  ///   - arguments: Its arguments, without its own name.
  ///   - environment: Variables to add to the test process's own; nil takes one away.
  ///   - directory: Where it starts; nil for the test process's own directory.
  ///   - timeLimit: When all its processes are killed.
  /// - Throws: `LaunchError` when the program cannot be started.
  public init(
    _ program: Program, _ arguments: [String] = [], environment: [String: String?] = [:],
    directory: String? = nil, timeLimit: Duration = .seconds(60)
  ) throws(LaunchError) {
    let environment = ["TERM": "xterm"].merging(environment) { _, theirs in theirs }
    self.program = try RunningProgram(
      program, arguments, environment: environment, directory: directory, on: .terminal,
      timeLimit: timeLimit)
    screen = TerminalScreen()
  }

  /// The process that was started.
  public var pid: Int32 { program.pid }

  /// Types; control characters are keys (`\r` is Enter, `\u{3}` Ctrl-C).
  public func type(_ keys: String) { program.send(keys) }

  /// Reads until the screen is as `condition` asks.
  ///
  /// - Returns: False when the program ended or its time was up before.
  public func wait(until condition: (TerminalScreen) -> Bool) -> Bool {
    var isLast = false
    while true {
      refresh()
      if condition(screen) { return true }
      if isLast { return false }
      isLast = !program.advance()
    }
  }

  /// Reads until the last lines of the screen are these; blanks at their ends do not count.
  ///
  /// - Returns: False when the program ended or its time was up before.
  public func wait(forLast lines: String...) -> Bool {
    wait { screen in Array(screen.lines.suffix(lines.count)) == lines }
  }

  /// Reads until the terminal is in such a state: it is set by the program a little before or after
  /// the screen changes.
  ///
  /// - Returns: False when the program ended or its time was up before.
  public func wait(untilCanonical isCanonical: Bool) -> Bool {
    wait { _ in (settings?.isCanonical ?? !isCanonical) == isCanonical }
  }

  /// The terminal's settings; nil when they cannot be read.
  public var settings: TerminalSettings? { program.terminalSettings }

  /// Changes the terminal's size, of which the system tells the program by a signal.
  public func resize(columns: Int, rows: Int) {
    screen.resize(columns: columns, rows: rows)
    program.resizeTerminal(columns: columns, rows: rows)
  }

  /// Sends a signal to the program alone.
  public func signal(_ number: Int32) { program.signal(number) }

  /// Waits for the program to end.
  public func finish() -> Outcome {
    let outcome = program.finish()
    refresh()
    return outcome
  }

  private func refresh() {
    let bytes = program.bytes
    screen.write(bytes[shown...])
    shown = bytes.count
  }
}

/// How a terminal treats what is typed.
public struct TerminalSettings: Equatable, Sendable {
  /// Whether the terminal itself collects lines.
  public var isCanonical: Bool
  /// Whether it shows what is typed.
  public var echoes: Bool
  /// Whether Ctrl-C and its like send signals.
  public var sendsSignals: Bool
  /// Whether Enter gives a newline, and a newline goes to the first column.
  public var translatesNewlines: Bool

  /// Whether a shell would find it as it should be.
  public var isSane: Bool { isCanonical && echoes && sendsSignals && translatesNewlines }

  init?(_ descriptor: Int32) {
    var flags = ctest_terminal()
    guard descriptor >= 0, unsafe ctest_terminal_settings(descriptor, &flags) == 0 else {
      return nil
    }
    isCanonical = flags.canonical
    echoes = flags.echo
    sendsSignals = flags.signals
    translatesNewlines = flags.newlines
  }
}
