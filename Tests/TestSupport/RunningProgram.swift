// Running a program through pipes or on a terminal of its own, never for ever.

import CTestSupport
import Glibc

/// What a program's standard input, output and error are.
public enum Stage: String, Sendable, CaseIterable {
  /// Three pipes.
  case pipes
  /// One terminal, which controls the program's session.
  case terminal
}

/// A program at work, in a session of its own.
///
/// The test process has many threads, so it never forks: programs are started by `posix_spawn`.
public final class RunningProgram {
  let pid: pid_t
  private let descendants: Descendants
  private let stage: Stage
  private let deadline: ContinuousClock.Instant
  private var streams: Streams
  private var status: Int32?
  private var isTimedOut = false

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: What to run.
  ///   - arguments: Its arguments, without its own name.
  ///   - environment: Variables to add to the test process's own; nil takes one away.
  ///   - directory: Where it starts; nil for the test process's own directory.
  ///   - stage: Whether it runs through pipes or on a terminal.
  ///   - timeLimit: When all its processes are killed.
  /// - Throws: `LaunchError` when the program cannot be started.
  public init(
    _ program: Program, _ arguments: [String] = [], environment: [String: String?] = [:],
    directory: String? = nil, on stage: Stage = .pipes, timeLimit: Duration = .seconds(30)
  ) throws(LaunchError) {
    let mark = "\(getpid()).\(UInt64.random(in: 0 ... .max))"
    var environment = environment
    environment[Descendants.variable] = mark
    var (ours, theirs) = try Streams.open(for: stage)
    defer { theirs.close() }
    do throws(LaunchError) {
      pid = try spawn(
        program, arguments, environment: environment, directory: directory, streams: theirs)
    } catch {
      ours.close()
      throw error
    }
    streams = ours
    descendants = Descendants(session: pid, mark: mark)
    self.stage = stage
    deadline = .now + timeLimit
  }

  deinit {
    if status == nil { _ = finish() }
    streams.closeTerminal()
  }

  /// The same as `output`, as the program wrote it.
  var bytes: [UInt8] { streams.output }

  /// The terminal's settings, also after the program has ended; nil when there is none.
  var terminalSettings: TerminalSettings? { TerminalSettings(streams.terminal) }

  /// Changes the terminal's size.
  func resizeTerminal(columns: Int, rows: Int) {
    ctest_resize_terminal(streams.terminal, Int32(columns), Int32(rows))
  }

  /// Reads what comes within a moment.
  ///
  /// - Returns: False when nothing can come any more.
  func advance() -> Bool {
    if isTimedOut || status != nil && streams.areAtEnd { return false }
    step(waiting: 20)
    return true
  }

  /// What has been read so far from standard output or the terminal.
  public var output: String { decoded(streams.output) }

  /// Writes to the program's standard input, as fast as it takes it.
  public func send(_ text: String) {
    streams.pendingInput += Array(text.utf8)
    step(waiting: 0)
  }

  /// Reads until the output that has not been waited for yet holds `text`.
  ///
  /// - Returns: False when the program ended or its time was up before.
  public func wait(for text: String) -> Bool {
    let asWritten = stage == .terminal ? text.replacing("\n", with: "\r\n") : text
    while true {
      if streams.consume(Array(asWritten.utf8)) { return true }
      if status != nil, streams.areAtEnd { return false }
      if isTimedOut { return false }
      step(waiting: 20)
    }
  }

  /// Reads until what came on standard error, however long ago, holds `text`.
  ///
  /// - Returns: As `wait(for:)`.
  public func wait(forError text: String) -> Bool {
    repeat {
      if decoded(streams.errors).contains(text) { return true }
    } while advance()
    return false
  }

  /// Sends a signal to the program alone, as `kill` does.
  public func signal(_ number: Int32) {
    if status == nil { kill(pid, number) }
  }

  /// Ends the input and waits for the program to end.
  ///
  /// A terminal's input ends when Ctrl-D is sent.
  ///
  /// - Returns: What it wrote, how it ended, and which processes it left.
  public func finish() -> Outcome {
    if stage == .pipes { streams.isInputComplete = true }
    var lastChance: ContinuousClock.Instant?
    while status == nil || !streams.areAtEnd {
      step(waiting: 20)
      // A process that was left behind may hold the streams open.
      if status != nil, lastChance == nil { lastChance = .now + .milliseconds(500) }
      if let lastChance, lastChance < .now { break }
    }
    let left = isTimedOut ? [] : descendants.reap(after: .seconds(1))
    streams.close()
    return Outcome(
      output: decoded(streams.output), errors: decoded(streams.errors), ending: ending,
      leftProcesses: left)
  }

  private var ending: Ending {
    guard let status, !isTimedOut else { return .timedOut }
    return status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .signalled(status & 0x7f)
  }

  /// Moves bytes for at most so many milliseconds, and looks after the program's end and the time.
  private func step(waiting milliseconds: Int32) {
    streams.move(waiting: milliseconds)
    if status == nil {
      var raw: Int32 = 0
      if unsafe waitpid(pid, &raw, WNOHANG) == pid { status = raw }
    }
    if status == nil, deadline < .now, !isTimedOut {
      isTimedOut = true
      descendants.killAll()
    }
  }

  /// A terminal ends its lines with two characters.
  private func decoded(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    return stage == .terminal ? text.replacing("\r\n", with: "\n") : text
  }
}

/// Runs a program to its end.
///
/// - Parameters:
///   - program: What to run.
///   - arguments: Its arguments, without its own name.
///   - input: What it can read: through a pipe until the end, on a terminal as if typed.
///   - environment: Variables to add to the test process's own; nil takes one away.
///   - directory: Where it starts; nil for the test process's own directory.
///   - stage: Whether it runs through pipes or on a terminal.
///   - timeLimit: When all its processes are killed.
/// - Returns: What it wrote, how it ended, and which processes it left.
/// - Throws: `LaunchError` when the program cannot be started.
public func run(
  _ program: Program, _ arguments: [String] = [], input: String = "",
  environment: [String: String?] = [:], directory: String? = nil, on stage: Stage = .pipes,
  timeLimit: Duration = .seconds(30)
) throws(LaunchError) -> Outcome {
  let running = try RunningProgram(
    program, arguments, environment: environment, directory: directory, on: stage,
    timeLimit: timeLimit)
  running.send(input)
  return running.finish()
}
