// A child process: its description, start and end. Python: `multiprocessing.process.BaseProcess`.

internal import Glibc
internal import SystemPackage

/// An activity that runs in a process of its own.
///
/// `start`, `join`, `poll` and the signals may be used only by the process that made it.
public final class Process {
  /// Where a process is in its life, as its `repr` says it.
  public enum State: String, Sendable {
    case initial, started, stopped, closed, unknown
  }

  /// The name; free to choose, no meaning to the runtime.
  public var name: String {
    didSet { if isCurrent { CurrentProcess.name = name } }
  }

  /// The numbers of the process and its ancestors among their siblings.
  public let identity: [Int]
  /// The secret that the process gets; its creator's unless it was set.
  public var authenticationKey: [UInt8] {
    didSet { if isCurrent { CurrentProcess.authenticationKey = authenticationKey } }
  }
  /// Whether the process ends with its parent, whatever ends that one.
  public private(set) var isDaemon: Bool
  /// The process that made this description.
  public let creator: Int32
  /// How what it writes is shown; nil when it writes to its parent's standard streams itself.
  public let outputMode: OutputMode?
  private var child: ChildProcess?
  private var relay: OutputRelay?
  private var exitStatus: ExitStatus?
  private var startedPid: Int32?
  private var isClosed = false
  /// Whether it runs, or ran, in the process that made it.
  private var isInline = false
  /// What stands for its end then.
  private var readable: Int32?

  /// Describes a process that is not started yet.
  ///
  /// - Parameters:
  ///   - className: What a default name begins with: `Process` gives `Process-1`, in its second
  ///     child's first child `Process-2:1`.
  ///   - name: The name, or nil for the default.
  ///   - isDaemon: nil inherits from the creator.
  ///   - outputMode: How what it writes is shown; nil to write to its parent's standard streams.
  ///
  /// Python: `Process(name=, daemon=)`.
  public init(
    className: String, name: String? = nil, isDaemon: Bool? = nil, outputMode: OutputMode? = nil
  ) {
    self.outputMode = outputMode
    identity = CurrentProcess.nextIdentity()
    self.name =
      name ?? "\(className)-\(identity.map { String($0) }.joined(separator: ":"))"
    self.isDaemon = isDaemon ?? CurrentProcess.isDaemon
    authenticationKey = CurrentProcess.authenticationKey
    creator = CurrentProcess.pid
  }

  /// Describes a process of which a message tells; it is another process's child.
  ///
  /// Python: none; there a process only travels to itself, at its start.
  public init(
    name: String, identity: [Int], isDaemon: Bool, creator: Int32, pid: Int32?
  ) {
    self.name = name
    self.identity = identity
    self.isDaemon = isDaemon
    self.creator = creator
    startedPid = pid
    authenticationKey = []
    outputMode = nil
  }

  /// Whether both describe the same process.
  public func isSame(as other: Process) -> Bool {
    self === other || creator == other.creator && identity == other.identity
  }

  /// The process that began the tree, as it sees itself.
  ///
  /// Python: `_MainProcess`.
  public static var main: Process { mainProcess.value }
  private static let mainProcess = SingleThreaded(Process(mainPid: CurrentProcess.pid))

  private init(mainPid: Int32) {
    identity = []
    name = CurrentProcess.name
    isDaemon = false
    authenticationKey = CurrentProcess.authenticationKey
    creator = 0
    outputMode = nil
    startedPid = mainPid
  }

  /// This process, which was started as a fresh program.
  init(fresh preparation: PreparationData) {
    identity = preparation.identity
    name = preparation.name
    isDaemon = preparation.isDaemon
    authenticationKey = preparation.authenticationKey
    creator = preparation.parentPid
    outputMode = nil
    startedPid = getpid()
  }

  deinit { closeReadable() }

  /// The process number; nil before the start.
  public var pid: Int32? { startedPid }

  /// Whether this is the process that began the tree, as it sees itself.
  public var isMain: Bool { creator == 0 }

  /// Whether this object describes the process that asks.
  public var isCurrent: Bool {
    startedPid != nil && startedPid == CurrentProcess.pid && !(isInline && exitStatus != nil)
  }

  /// Python's exit code: nil until the process has ended, negative for a signal.
  ///
  /// - Throws: `.valueError` when closed.
  public func exitCode() throws(MultiprocessingError) -> Int? {
    try checkOpen()
    return poll()?.exitCode
  }

  /// Whether the process that asks made this description.
  public var isOwn: Bool { creator == CurrentProcess.pid }

  /// Where the process is in its life.
  public var state: State {
    if isClosed { return .closed }
    if isCurrent { return .started }
    guard startedPid != nil else { return .initial }
    if creator != CurrentProcess.pid { return .unknown }
    return poll() == nil ? .started : .stopped
  }

  /// Sets whether the process is a daemon.
  ///
  /// - Throws: `.assertion` when it has started.
  public func setDaemon(_ isDaemon: Bool) throws(MultiprocessingError) {
    try checkNotStarted()
    self.isDaemon = isDaemon
  }

  /// Checks that what the child begins with can still be changed.
  ///
  /// - Throws: `.assertion` when it has started, `.valueError` when closed.
  public func checkNotStarted() throws(MultiprocessingError) {
    try checkOpen()
    guard startedPid == nil else { throw .assertion("process has already started") }
  }

  /// What others may expect of the process: a pool's worker is one of the runtime's own.
  public var kind = ProcessKind.user

  /// Starts the process; `prepare` and `body` run in it, and the result is the exit code.
  ///
  /// SIGINT, SIGTERM and SIGQUIT come only in `body`.
  ///
  /// Returns when the child exists. What stdio holds is written before. `body` never returns to the
  /// caller's frames: the child ends when it does.
  ///
  /// - Throws: `.assertion` when the process was started before or by another process, `.system`
  ///   when the system refuses another process.
  ///
  /// Python: `Process.start`.
  public func start(
    preparing prepare: () -> Void = {}, _ body: () -> Int32
  ) throws(MultiprocessingError) {
    try checkCanStart()
    CurrentProcess.reapChildren()
    let parent = CurrentProcess.Parent(
      name: CurrentProcess.name, pid: CurrentProcess.pid, boardIdentity: Board.identity)
    try launch { output throws(MultiprocessingError) in
      try ForkPopen.start(
        name: name, kind: kind, isDaemon: isDaemon, output: output,
        prepareChild: {
          self.startedPid = getpid()
          CurrentProcess.become(self, parent: parent)
          prepare()
        }, body: body)
    }
  }

  /// Starts the process as a fresh program, or as a copy of one.
  ///
  /// Returns when the child exists. What it does is in the messages of the launch, all of which have
  /// been put; this process may let go of it afterwards.
  ///
  /// - Throws: As `start(preparing:_:)`; `.runtime` when the fork server ends instead of serving.
  ///
  /// Python: `Process.start` with the methods spawn and forkserver.
  public func start(
    _ launch: Launch, throughServer isServed: Bool
  ) throws(MultiprocessingError) {
    try checkCanStart()
    CurrentProcess.reapChildren()
    try self.launch { output throws(MultiprocessingError) in
      isServed
        ? try ForkServerPopen.start(
          name: name, launch: launch, kind: kind, isDaemon: isDaemon, output: output)
        : try SpawnPopen.start(name: name, launch: launch, kind: kind, output: output)
    }
  }

  /// Starts the child, and the relay of its output before if there is to be one.
  private func launch(
    _ start: (OutputEnds?) throws(MultiprocessingError) -> ChildProcess
  ) throws(MultiprocessingError) {
    guard let outputMode else { return adopt(try start(nil)) }
    let relay = try OutputRelay.start(for: name, outputMode)
    do throws(MultiprocessingError) {
      let started = try start(relay.ends)
      relay.noteStarted(started)
      self.relay = relay
      CurrentProcess.adopt(relay)
      adopt(started)
    } catch {
      relay.abandon()
      throw error
    }
  }

  /// Runs the process's work in the process that made it, at once; its result is the exit code.
  ///
  /// Meanwhile it is the current process.
  ///
  /// - Throws: As `checkCanStart`.
  ///
  /// Python: `multiprocessing.dummy.Process.start`.
  public func runInline(_ body: () -> Int32) throws(MultiprocessingError) {
    try checkCanStart()
    isInline = true
    startedPid = CurrentProcess.pid
    let code = CurrentProcess.lend(to: self, body)
    exitStatus = ExitStatus(exitCode: Int(code & 0xFF))
  }

  /// Checks that the process can be started, by this process and now.
  ///
  /// - Throws: `.assertion` when it was started before or made by another process, `.valueError` when
  ///   closed.
  public func checkCanStart() throws(MultiprocessingError) {
    try checkOpen()
    guard startedPid == nil else { throw .assertion("cannot start a process twice") }
    guard creator == CurrentProcess.pid else {
      throw .assertion("can only start a process object created by current process")
    }
  }

  private func adopt(_ started: ChildProcess) {
    child = started
    startedPid = started.pid
    CurrentProcess.adopt(self)
    Trace.noteStart(of: name)
  }

  /// Reaps the child if it has ended.
  ///
  /// - Returns: How it ended; nil while it runs.
  public func poll() -> ExitStatus? {
    guard exitStatus == nil, creator == CurrentProcess.pid, let child else { return exitStatus }
    guard let status = child.poll() else { return nil }
    exitStatus = status
    relay?.noteEnded()
    CurrentProcess.forget(self)
    Trace.noteEnd(of: name, status)
    return status
  }

  /// Whether the process is known to have ended; the system is not asked.
  public var hasEnded: Bool { exitStatus != nil }

  /// The child's place on the board; nil before the start, and in the child itself.
  public var boardIdentity: UInt32? { child?.identity }

  /// Whether the process runs.
  ///
  /// - Throws: `.assertion` for another process's child, `.valueError` when closed.
  public func isAlive() throws(MultiprocessingError) -> Bool {
    try checkOpen()
    if isCurrent { return true }
    guard creator == CurrentProcess.pid else { throw .assertion("can only test a child process") }
    return child != nil && poll() == nil
  }

  /// Waits until the process has ended, and its output is shown, or the deadline has passed; ask
  /// `exitCode` whether it has ended.
  ///
  /// - Parameters:
  ///   - deadline: When to stop waiting.
  ///   - isExit: As for `ChildProcess.wait`.
  /// - Throws: `.assertion` for another process's child or one not started, `.valueError` when
  ///   closed, `.deadlock` when the process waits for what only this one could do, `.interrupted`.
  public func join(
    until deadline: Deadline = .never, isExit: Bool = false
  ) throws(MultiprocessingError) {
    try checkOpen()
    guard creator == CurrentProcess.pid else { throw .assertion("can only join a child process") }
    if isInline, exitStatus != nil { return }
    guard let child else { throw .assertion("can only join a started process") }
    if poll() == nil {
      _ = try child.wait(until: deadline, isExit: isExit)
      guard poll() != nil else { return }
    }
    try relay?.wait(until: deadline)
    CurrentProcess.reapRelays()
  }

  /// Sends a signal to the process; does nothing when it has ended.
  ///
  /// - Throws: `.assertion` before the start or for another process's child.
  public func send(signal: Int32) throws(MultiprocessingError) {
    try checkOpen()
    guard creator == CurrentProcess.pid else {
      throw .assertion("can only signal a child process")
    }
    if isInline, exitStatus != nil { return }
    guard let child else { throw .assertion("can only signal a started process") }
    if poll() == nil { try child.send(signal: signal) }
  }

  /// Asks the process to end.
  ///
  /// No Lua code of its runs, and its own children are orphaned.
  ///
  /// Python: `Process.terminate`.
  public func terminate() throws(MultiprocessingError) { try send(signal: SIGTERM) }

  /// Ends the process at once.
  ///
  /// Python: `Process.kill`.
  public func kill() throws(MultiprocessingError) { try send(signal: SIGKILL) }

  /// Makes the process raise `KeyboardInterrupt`, which ends it with exit code 1 unless it is caught.
  ///
  /// Python: `Process.interrupt`.
  public func interrupt() throws(MultiprocessingError) {
    if let child, poll() == nil { Board.insert(.interruptRequested, of: child.identity) }
    try send(signal: SIGINT)
  }

  /// The sentinel, if it is open.
  var openSentinel: Int32? { child?.descriptor }

  /// A descriptor that becomes readable when the process has ended.
  ///
  /// - Throws: `.valueError` before the start and after `close`, `.system` when the system has no
  ///   descriptor left for it.
  public func sentinel() throws(MultiprocessingError) -> Int32 {
    try checkOpen()
    guard isOwn || startedPid == nil else { throw .assertion("can only test a child process") }
    if isInline, exitStatus != nil { return try readableSentinel() }
    guard let child else { throw .valueError("process not started") }
    if poll() != nil, child.descriptor < 0 { return try readableSentinel() }
    return try child.openDescriptor()
  }

  /// A descriptor for a process that has ended and has none.
  private func readableSentinel() throws(MultiprocessingError) -> Int32 {
    if let readable { return readable }
    let descriptor = ProcessCalls.openReadable()
    guard descriptor >= 0 else { throw .system(Errno(rawValue: errno), "open a sentinel") }
    readable = descriptor
    return descriptor
  }

  /// Gives the process's descriptor back.
  ///
  /// A second time does nothing, nor does it in the main process.
  ///
  /// - Throws: `.valueError` while the process runs.
  public func close() throws(MultiprocessingError) {
    guard !isClosed, !isMain else { return }
    if isCurrent || creator == CurrentProcess.pid && child != nil && poll() == nil {
      throw .valueError(
        "Cannot close a process while it is still running. "
          + "You should first call join() or terminate().")
    }
    child?.close()
    closeReadable()
    child = nil
    relay = nil
    isClosed = true
  }

  private func closeReadable() {
    if let readable { ProcessCalls.closeDescriptor(readable) }
    readable = nil
  }

  /// The process as Python's `repr` shows it.
  ///
  /// `<Process name='Process-1' pid=12 parent=7 stopped exitcode=-SIGTERM daemon>`
  public func description(className: String) -> String {
    if isMain { return "<_MainProcess name=\(Self.quoted(name)) parent=None started>" }
    var parts = ["\(className) name=\(Self.quoted(name))"]
    if let pid = startedPid { parts.append("pid=\(pid)") }
    parts.append("parent=\(creator)")
    parts.append(state.rawValue)
    if state == .stopped, let status = exitStatus { parts.append("exitcode=\(status.description)") }
    if isDaemon { parts.append("daemon") }
    return "<\(parts.joined(separator: " "))>"
  }

  /// A name as Python's `repr` writes it: in quotes, so that no name can break the form.
  public static func quoted(_ name: String) -> String {
    let quote: Unicode.Scalar = name.contains("'") && !name.contains("\"") ? "\"" : "'"
    var text = ""
    text.unicodeScalars.append(quote)
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case quote, "\\":
        text += "\\"
        text.unicodeScalars.append(scalar)
      case "\0"..<" ", "\u{7F}"..<"\u{A0}":
        let digits = String(scalar.value, radix: 16)
        text += digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
      default: text.unicodeScalars.append(scalar)
      }
    }
    text.unicodeScalars.append(quote)
    return text
  }

  /// Keeps the descriptor beyond the process's end, until `closeDescriptor`.
  func keepDescriptor() { child?.keepsDescriptor = true }

  /// Gives the descriptor back; what else is known of the process can still be asked for.
  func closeDescriptor() { child?.close() }

  /// - Throws: `.valueError` after `close`.
  public func checkOpen() throws(MultiprocessingError) {
    if isClosed { throw .valueError("process object is closed") }
  }
}
