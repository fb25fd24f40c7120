// One start through the fork server, as it and the process that asked see it. Python: the pipe that
// `forkserver.connect_to_new_process` returns.

internal import Glibc
internal import SystemPackage

/// What the server says of one process that it was asked for.
///
/// The server forks it and so is its parent to the system, which tells the end to nobody else.
struct StartRecord: Equatable {
  /// What the server has done so far.
  enum Phase: UInt32 {
    case requested, started, ending, ended, refused
  }

  let object: SharedObject

  /// Makes a record that this process holds.
  init() throws(MultiprocessingError) { object = try SharedObject.create(.start) }

  /// The record that a request carries; nil for an object of another kind.
  init?(_ object: SharedObject) {
    guard object.kind == .start else { return nil }
    self.object = object
  }

  private var phaseWord: SharedWord { object.word(0) }
  private var pidWord: SharedWord { object.word(1) }
  private var statusWord: SharedWord { object.word(2) }

  var phase: Phase { Phase(rawValue: phaseWord.load()) ?? .requested }
  /// The process's number, once it is started.
  var pid: Int32 { Int32(bitPattern: pidWord.load()) }
  /// Its exit code, once it has ended; why it was refused, if it was.
  var status: Int32 { Int32(bitPattern: statusWord.load()) }

  // MARK: In the server

  func noteStarted(pid: Int32) {
    pidWord.store(UInt32(bitPattern: pid))
    announce(.started)
  }

  /// From now on the number may go to another process at any time.
  func noteEnding() { phaseWord.store(Phase.ending.rawValue) }

  func noteEnded(_ exitCode: Int) {
    statusWord.store(UInt32(truncatingIfNeeded: exitCode))
    announce(.ended)
  }

  func noteRefused(_ reason: Errno) {
    statusWord.store(UInt32(bitPattern: reason.rawValue))
    announce(.refused)
  }

  private func announce(_ phase: Phase) {
    phaseWord.store(phase.rawValue)
    Futex.wakeAll(phaseWord)
  }

  // MARK: In the process that asked

  /// Waits until the server has answered or died, or the process that it was asked for runs.
  ///
  /// - Throws: `.interrupted`; the request stands then.
  func waitForAnswer(
    about child: UInt32, from server: UInt32
  ) throws(MultiprocessingError) {
    var sleep = SlicedSleep(WaitPurpose(.serverStart, object: server))
    // A child that runs is there even if the server was stopped before it could say so.
    while phase == .requested, !Board.isAlive(child), ForkServer.isStartingOrAlive(server) {
      _ = try sleep.sleep(
        on: phaseWord, while: Phase.requested.rawValue, and: [Board.watchStart(of: server)],
        until: .never)
    }
    if !Board.isAlive(server) { Board.passOnDeath(of: server) }
  }

  /// Sleeps once, until the server has gone on from a phase, or has died, or the deadline.
  func sleep(while phase: Phase, server: UInt32, until deadline: Deadline) -> Futex.Wake {
    guard let life = Board.watch(server) else {
      Board.passOnDeath(of: server)
      return .look
    }
    return Futex.wait(on: phaseWord, while: phase.rawValue, and: [life], until: deadline)
  }
}

/// What the server is asked for; the record of the start travels beside it.
struct ForkRequest: Equatable {
  /// The place on the board for the new process.
  var child: UInt32
  /// Whose child it is to be.
  var requester: UInt32
  /// The number of its launch.
  var launch: UInt32
  var isDaemon: Bool

  /// The request as a message.
  var bytes: [UInt8] {
    [child, requester, launch, isDaemon ? 1 : 0].flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
  }
}

extension ForkRequest {
  /// Reads what `bytes` gave; nil for anything else.
  init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    let numbers = (0..<4).map { position in
      bytes[position * 4..<position * 4 + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    guard numbers[3] <= 1 else { return nil }
    self.init(
      child: numbers[0], requester: numbers[1], launch: numbers[2], isDaemon: numbers[3] == 1)
  }
}
