// The small process from which others are forked, as those see it that use it. Python:
// `multiprocessing.forkserver`.

internal import Glibc
internal import SystemPackage

/// The fork server of the program tree.
///
/// It is a fresh program that has loaded some modules and waits for requests. They come in a queue of
/// the arena, so any process of the tree may ask, and what a killed server left undone the next one
/// finds. A process that it forks belongs to the one that asked: it is its parent on the board, and a
/// daemon is killed when that one ends, or when the server is killed, who could not do it then.
///
/// The server ends with the process that began the tree, however that happens, once none of the
/// others waits for the end of a process of its.
public enum ForkServer {
  private struct State {
    /// The server, if this process started it.
    var child: ChildProcess?
    var childOwner: UInt32 = 0
  }

  private static let state = SingleThreaded(State())

  /// What a fresh program is given that is to be the server; the first of its messages is made.
  ///
  /// Set by whoever knows what the server's interpreter needs.
  public static var fillLaunch: (Launch) throws(MultiprocessingError) -> Void {
    get { filler.value.fill }
    set { filler.value.fill = newValue }
  }

  private struct Filler {
    var fill: (Launch) throws(MultiprocessingError) -> Void = { _ throws(MultiprocessingError) in }
  }

  private static let filler = SingleThreaded(Filler())

  /// The name of the server on the board.
  static let name = "ForkServer"

  /// The living server; 0 when there is none.
  static var identity: UInt32 {
    guard Arena.isOpen else { return 0 }
    let identity = Arena.header.forkServer.load()
    return identity != 0 && isStartingOrAlive(identity) ? identity : 0
  }

  /// Starts the server if there is none, without waiting until it can serve.
  ///
  /// - Throws: `.system` when it cannot be started, `.runtime` when the program would not know that it
  ///   is to be the server, `.interrupted` while another process is about to start it.
  public static func begin() throws(MultiprocessingError) {
    try Arena.open()
    guard identity == 0 else { return }
    try FreshProcess.checkCanRun()
    let lock = Arena.header.forkServerLock
    _ = try lock.acquire(until: .never, for: WaitPurpose(.serverStart, object: 0))
    defer { lock.releaseOwned() }
    if identity == 0 { try start() }
  }

  private static func start() throws(MultiprocessingError) {
    try makeRequests()
    let launch = try Launch(PreparationData(helper: name))
    defer { launch.release() }
    try filler.value.fill(launch)
    Arena.header.forkServerUse.store(0)
    Arena.header.isForkServerRelayed.store(Output.isRelayed ? 1 : 0)
    let child = try SpawnPopen.start(name: name, launch: launch, kind: .helper)
    state.value.child = child
    state.value.childOwner = Board.identity
    Arena.header.forkServer.store(child.identity)
  }

  private static func makeRequests() throws(MultiprocessingError) {
    let word = Arena.header.forkServerRequests
    guard word.load() == 0 else { return }
    let queue = try Queue()
    try Arena.withLock { () throws(MultiprocessingError) in
      References.keepForTree(queue.object.number)
    }
    word.store(queue.object.number)
    queue.release()
  }

  /// Whether the server was started by a process whose output goes to a relay: then nothing that it
  /// starts may write there but what that process asks for.
  static var isRelayed: Bool { Arena.header.isForkServerRelayed.load() != 0 }

  static var requests: Queue? {
    let number = Arena.header.forkServerRequests.load()
    return number == 0 ? nil : Queue(SharedObject(number: number))
  }

  /// Whether a process lives, or is on its way to that.
  static func isStartingOrAlive(_ identity: UInt32) -> Bool {
    let slot = Board.slot(of: identity)
    let state = slot.state.load()
    guard slot.generation.load() & 0xFFFF == identity >> 14 & 0xFFFF, state != SlotState.free,
      !SlotState.isDead(state)
    else { return false }
    if SlotState.isRunning(state) { return Board.isAlive(identity) }
    // Only who started it hears of the end of a process that is not running yet.
    if let child = ownChild, child.identity == identity { return child.poll() == nil }
    return true
  }

  private static var ownChild: ChildProcess? {
    state.value.childOwner == Board.identity ? state.value.child : nil
  }

  /// How a dead server ended; nil when another process started it.
  static func exitStatus(of server: UInt32) -> ExitStatus? {
    guard let child = ownChild, child.identity == server else { return nil }
    // The system says that it is dead a moment before it says how it died.
    while child.poll() == nil {
      _ = ProcessCalls.waitForEnd(descriptor: child.descriptor, until: .never)
    }
    return child.exitStatus
  }

  /// Ends the server if nothing was started through it yet: the next start makes a new one.
  static func dropUnused() {
    guard identity != 0, Arena.header.forkServerUse.load() == 0 else { return }
    stop()
  }

  /// Lets the server go on if a signal has stopped it: only it hears how its children end.
  ///
  /// For those who wait until they have ended, whatever comes.
  static func resume() {
    let server = identity
    if server != 0, Board.isAlive(server) {
      kill(Int32(bitPattern: Board.slot(of: server).pid.load()), SIGCONT)
    }
  }

  /// Ends the server with the program.
  ///
  /// Called at the end of the process that began the tree. While others live that may have processes
  /// of the server's, it stays for them, and ends by itself.
  static func endWithProgram() {
    guard Board.isRoot, identity != 0 else { return }
    let server = identity
    let hasOthers = Board.processes.contains { record in
      record.identity != server && record.identity != Board.identity && record.state != .dead
        && record.kind != .relay
    }
    if !hasOthers { stop() }
  }

  private static func stop() {
    let server = identity
    guard server != 0 else { return }
    let slot = Board.slot(of: server)
    if let child = ownChild, child.identity == server {
      try? child.send(signal: SIGKILL)
      while child.poll() == nil {
        _ = ProcessCalls.waitForEnd(descriptor: child.descriptor, until: .never)
      }
      child.close()
      state.value.child = nil
    } else {
      let pid = Int32(bitPattern: slot.pid.load())
      let descriptor = ProcessCalls.openDescriptor(of: pid)
      guard descriptor >= 0 else { return }
      defer { ProcessCalls.closeDescriptor(descriptor) }
      guard Board.isAlive(server) else { return }
      try? ProcessCalls.send(SIGKILL, to: pid, descriptor: descriptor)
      while Board.isAlive(server) {
        _ = ProcessCalls.waitForEnd(descriptor: descriptor, until: .never)
      }
      Board.sweepDead()
    }
  }
}
