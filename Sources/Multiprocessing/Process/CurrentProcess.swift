// Who this process is, and its children. Python: `multiprocessing.process`'s current process.

internal import Glibc

/// This process as its own scripts see it.
public enum CurrentProcess {
  /// What a process knows of the one that started it.
  ///
  /// Python: `parent_process()`.
  public struct Parent: Sendable {
    /// Its name when it started this process.
    public let name: String
    /// Its process number.
    public let pid: Int32
    /// Its place on the board.
    public let boardIdentity: UInt32

    /// Whether it still runs.
    public var isAlive: Bool { Board.isAlive(boardIdentity) }

    /// Waits until it has ended or the deadline has passed.
    ///
    /// Python: `parent_process().join(timeout)`.
    public func join(until deadline: Deadline = .never) throws(MultiprocessingError) {
      guard isAlive else { return }
      let descriptor = ProcessCalls.openDescriptor(of: pid)
      defer { ProcessCalls.closeDescriptor(descriptor) }
      // The number may have gone to another process, if ours ended before it was opened.
      guard isAlive else { return }
      _ = try MultipleWait.any(
        of: [.process(identity: boardIdentity, sentinel: descriptor)], until: deadline)
    }
  }

  private struct State {
    var name = "MainProcess"
    var identity: [Int] = []
    var childCount = 0
    var isDaemon = false
    var pid = getpid()
    var children: [Process] = []
    var relays: [OutputRelay] = []
    var parent: Parent?
    var authenticationKey: [UInt8] = []
  }

  private static let state = SingleThreaded(State())

  /// The name, `MainProcess` in the first one.
  ///
  /// Others see a change too.
  public static var name: String {
    get { state.value.name }
    set {
      state.value.name = newValue
      Board.ownName = newValue
      Trace.noteName()
    }
  }

  /// The numbers of this process and its ancestors among their siblings; empty in the first one.
  public static var identity: [Int] { state.value.identity }

  /// Whether the process was started as a daemon.
  public static var isDaemon: Bool { state.value.isDaemon }

  /// The process that started this one; nil in the first one.
  public static var parent: Parent? { state.value.parent }

  /// The process number, kept so that asking costs nothing.
  public static var pid: Int32 { state.value.pid }

  /// The secret with which connections authenticate; 32 random bytes unless it was set.
  public static var authenticationKey: [UInt8] {
    get {
      if state.value.authenticationKey.isEmpty {
        state.value.authenticationKey = Randomness.bytes(32)
      }
      return state.value.authenticationKey
    }
    set { state.value.authenticationKey = newValue }
  }

  /// The children that have not been reaped.
  ///
  /// Python: `active_children()`, which reaps first.
  public static var activeChildren: [Process] {
    reapChildren()
    return state.value.children
  }

  /// Children as last seen; finished ones may be among them.
  static var children: [Process] { state.value.children }

  /// Reaps the children that have finished.
  static func reapChildren() {
    for child in state.value.children { _ = child.poll() }
    reapRelays()
  }

  /// What a sentinel's descriptor stands for: the end of a child, if it is one's.
  public static func waitable(sentinel: Int32) -> Waitable {
    let child = state.value.children.first { $0.openSentinel == sentinel }
    guard let identity = child?.boardIdentity else { return .descriptor(sentinel) }
    return .process(identity: identity, sentinel: sentinel)
  }

  static func adopt(_ child: Process) { state.value.children.append(child) }

  static func adopt(_ relay: OutputRelay) { state.value.relays.append(relay) }

  /// Reaps the relays of children's output that have ended.
  static func reapRelays() {
    let relays = state.value.relays.filter { !$0.poll() }
    state.value.relays = relays
  }

  /// Waits until all output is shown of children that have ended, or the deadline has passed.
  ///
  /// - Throws: `.interrupted`; call it again to go on.
  static func showOutput(until deadline: Deadline) throws(MultiprocessingError) {
    for relay in state.value.relays where relay.isDue { try relay.wait(until: deadline) }
    reapRelays()
  }

  /// Gives the relays until the deadline to show what is left, and kills those that have more than
  /// anybody takes; those whose output it is have ended.
  ///
  /// - Throws: `.interrupted`; call it again to go on.
  static func endRelays(until deadline: Deadline) throws(MultiprocessingError) {
    for relay in state.value.relays { try relay.wait(until: deadline) }
    for relay in state.value.relays where relay.isOpen { relay.kill() }
  }

  static func forget(_ child: Process) { state.value.children.removeAll { $0 === child } }

  /// Whether this is the program's first process and has made no other.
  public static var isAlone: Bool { state.value.identity.isEmpty && state.value.childCount == 0 }

  /// The identity of the next child.
  static func nextIdentity() -> [Int] {
    state.value.childCount += 1
    return state.value.identity + [state.value.childCount]
  }

  /// Lets a process that runs inline be the current one while `body` runs.
  static func lend(to process: Process, _ body: () -> Int32) -> Int32 {
    let before = state.value
    let boardName = Board.ownName
    state.value.name = process.name
    state.value.identity = process.identity
    state.value.childCount = 0
    state.value.isDaemon = process.isDaemon
    state.value.authenticationKey = process.authenticationKey
    Board.ownName = process.name
    defer {
      state.value.name = before.name
      state.value.identity = before.identity
      state.value.childCount = before.childCount
      state.value.isDaemon = before.isDaemon
      state.value.authenticationKey = before.authenticationKey
      Board.ownName = boardName
    }
    return body()
  }

  /// Makes this process the child that `process` describes, right after the fork.
  static func become(_ process: Process, parent: Parent) {
    // These are the parent's children, not ours.
    for child in state.value.children { child.closeDescriptor() }
    for relay in state.value.relays { relay.closeLink() }
    state.value.children = []
    state.value.relays = []
    state.value.childCount = 0
    state.value.name = process.name
    state.value.identity = process.identity
    state.value.isDaemon = process.isDaemon
    state.value.authenticationKey = process.authenticationKey
    state.value.pid = getpid()
    state.value.parent = parent
    ExitSequence.reset()
    TaskAlarm.forget()
  }
}
