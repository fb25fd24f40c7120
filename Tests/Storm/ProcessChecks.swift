// Starting, ending and watching processes: what can only be checked with real forks.

import Glibc
import Multiprocessing

/// Checks of `ForkPopen` and `ChildProcess`, and of waits that a signal interrupts.
enum ProcessChecks {
  static func run() throws(MultiprocessingError) {
    try Arena.open()
    try endings()
    try inheritance()
    try daemons()
    try interruptions()
    try foreignFork()
    try manyMessages()
    print("process: done")
  }

  /// A putter that dies between its commit and its wake, while nobody else is left to put that
  /// right: the sleeper's slice finds the message.
  ///
  /// Needs `MPLUA_FAULT=ringCommitted:1`.
  static func late() throws(MultiprocessingError) {
    try Arena.open()
    let me = Board.identity
    var longest = 0.0
    for round in 1...10 {
      let queue = try Queue()
      let child = try ForkPopen.start(name: "putter") {
        while Board.processes.first(where: { $0.identity == me })?.wait == nil {
          rest(microseconds: 100)
        }
        try? unsafe queue.put(byteCount: 0) { _ in }
        return 0
      }
      var buffer = ScratchBuffer()
      let start = Clock.nanoseconds
      try queue.get(into: &buffer, until: Deadline(secondsFromNow: 5))
      longest = max(longest, Double(Clock.nanoseconds - start) / 1e6)
      check(try child.wait()?.exitCode == -9, "the putter died")
      check(Statistics.current.explainedSlices == UInt64(round), "the find is counted, explained")
      queue.release()
    }
    let statistics = Statistics.current
    check(statistics.unexplainedSlices == 0, "and nothing else")
    print("late: 10 deaths between commit and wake, longest wait \(longest.rounded()) ms")
  }

  /// One message of 3 GiB, of which only the ends are touched by the test itself.
  static func large() throws(MultiprocessingError) {
    let queue = try Queue()
    let byteCount = 3 << 30
    try unsafe queue.put(byteCount: byteCount) { place in
      unsafe place.storeBytes(of: 11, as: Int.self)
      unsafe place.storeBytes(of: 22, toByteOffset: byteCount - 8, as: Int.self)
    }
    let child = try ForkPopen.start(name: "taker") {
      var isRight = false
      try? unsafe queue.get { bytes in
        isRight = bytes.count == byteCount
        if unsafe bytes.load(as: Int.self) != 11 { isRight = false }
        if unsafe bytes.load(fromByteOffset: byteCount - 8, as: Int.self) != 22 { isRight = false }
      }
      return isRight ? 0 : 1
    }
    check(try child.wait()?.exitCode == 0, "a message of 3 GiB arrives")
    check(queue.isEmpty, "and is gone")
    print("large: \(queue.diagnosis)")
    queue.release()
  }

  private static func endings() throws(MultiprocessingError) {
    let child = try ForkPopen.start(name: "three") { 3 }
    check(Board.name(of: child.identity) == "three", "the child's name")
    check(try child.wait()?.exitCode == 3, "exit code 3")
    check(child.poll()?.exitCode == 3, "the status stays")
    let queue = try Queue()
    let sleeper = try ForkPopen.start(name: "sleeper") {
      var buffer = ScratchBuffer()
      return (try? queue.get(into: &buffer)) == nil ? 1 : 0
    }
    check(try sleeper.wait(until: Deadline(secondsFromNow: 0.05)) == nil, "wait times out")
    let record = Board.processes.first { $0.identity == sleeper.identity }
    check(record?.wait?.operation == .queueGet, "the record says what it waits for")
    check(record?.wait?.object == queue.object.number, "and for which queue")
    try sleeper.send(signal: SIGTERM)
    check(try sleeper.wait()?.exitCode == -15, "minus the signal")
    check(!Board.processes.contains { $0.identity == sleeper.identity }, "the slot was swept")
    let reader = try ForkPopen.start(name: "reader") { Int32(getchar() == EOF ? 0 : 1) }
    check(try reader.wait()?.exitCode == 0, "standard input is empty")
    let grandparent = try ForkPopen.start(name: "grandparent") {
      (try? sleeper.wait()) == nil ? 0 : 1
    }
    check(try grandparent.wait()?.exitCode == 1, "a known status may be read by a child")
    queue.release()
  }

  private static func inheritance() throws(MultiprocessingError) {
    let lock = try RLock()
    _ = try lock.acquire()
    let child = try ForkPopen.start(name: "heir") {
      if lock.isOwned || !lock.isLocked || lock.ownerName != "MainProcess" { return 1 }
      guard (try? lock.acquire(until: .now)) == .timedOut else { return 2 }
      let own = try? Lock()
      guard let own, (try? own.acquire()) == .acquired else { return 3 }
      return Board.depth == 1 ? 0 : 4
    }
    check(try child.wait()?.exitCode == 0, "an inherited lock stays the parent's")
    try lock.release()
    lock.object.release()
    check(Statistics.current.liveObjectCount == 0, "a dead child's lock is freed")
  }

  private static func daemons() throws(MultiprocessingError) {
    let alive = try Lock()
    let ready = try Queue()
    let parent = try ForkPopen.start(name: "parent") {
      let daemon = try? ForkPopen.start(name: "daemon", isDaemon: true) {
        _ = try? alive.acquire()
        try? unsafe ready.put(byteCount: 0) { _ in }
        while true { rest(microseconds: 100_000) }
      }
      return daemon == nil ? 1 : (try? daemon?.wait()) == nil ? 2 : 3
    }
    var buffer = ScratchBuffer()
    try ready.get(into: &buffer)
    check(alive.ownerName == "daemon", "the daemon holds the lock")
    try parent.send(signal: killSignal)
    check(
      try alive.acquire(until: Deadline(secondsFromNow: 5)) == .abandoned,
      "a daemon dies with its killed parent")
    _ = try parent.wait()
    alive.object.release()
    ready.release()
  }

  private static func interruptions() throws(MultiprocessingError) {
    let queue = try Queue()
    let me = getpid()
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in }
    _ = unsafe sigaction(SIGUSR1, &action, nil)
    let child = try ForkPopen.start(name: "signaller") {
      for _ in 0..<3 {
        rest(microseconds: 20_000)
        kill(me, SIGUSR1)
      }
      return 0
    }
    var calls = 0
    Interruption.handler = { (_) throws(MultiprocessingError) in
      calls += 1
      if calls == 3 { throw .interrupted }
    }
    var caught: MultiprocessingError?
    var buffer = ScratchBuffer()
    do { try queue.get(into: &buffer) } catch { caught = error }
    Interruption.handler = nil
    check(caught == .interrupted && calls == 3, "a signal interrupts a wait: \(calls) calls")
    let lock = try Lock()
    _ = try lock.acquire()
    let start = Clock.nanoseconds
    let result = try lock.acquire(until: Deadline(secondsFromNow: 0.3))
    let spent = Double(Clock.nanoseconds - start) / 1e9
    check(result == .timedOut && spent >= 0.3 && spent < 0.5, "a wait of 0.3 s took \(spent)")
    _ = try child.wait()
    lock.object.release()
    queue.release()
  }

  private static func foreignFork() throws(MultiprocessingError) {
    let lock = try Lock()
    let pid = foreign()
    if pid == 0 {
      do throws(MultiprocessingError) {
        _ = try lock.acquire()
        _exit(1)
      } catch .runtime {
        _exit(0)
      } catch {
        _exit(2)
      }
    }
    var status: Int32 = 0
    unsafe waitpid(pid, &status, 0)
    check(status == 0, "a child of a foreign fork must be refused: \(status)")
    check(try lock.acquire(until: .now) == .acquired, "and leaves the locks alone")
    lock.object.release()
  }

  /// A fork that the runtime does not know of, as a C module may make one.
  private static func foreign() -> Int32 {
    let name = "fork"
    let address = unsafe dlsym(nil, name)
    return unsafe unsafeBitCast(address, to: (@convention(c) () -> Int32).self)()
  }

  private static func manyMessages() throws(MultiprocessingError) {
    let queue = try Queue()
    for value in 0..<1_000_000 {
      try unsafe queue.put(byteCount: 8) { unsafe $0.storeBytes(of: value, as: Int.self) }
    }
    check(queue.count == 1_000_000, "a million messages wait")
    let child = try ForkPopen.start(name: "taker") {
      var expected = 0
      while expected < 1_000_000 {
        let count = try? unsafe queue.getMany(max: 1000) { bytes throws(MultiprocessingError) in
          guard unsafe bytes.load(as: Int.self) == expected else { throw .brokenPipe }
          expected += 1
        }
        if count == nil { return 1 }
      }
      return 0
    }
    check(try child.wait()?.exitCode == 0, "a million messages in order")
    queue.release()
    let locks = 100_000
    var held: [Lock] = []
    for _ in 0..<locks { held.append(try Lock()) }
    let heir = try ForkPopen.start(name: "heir") { held.allSatisfy { !$0.isLocked } ? 0 : 1 }
    check(try heir.wait()?.exitCode == 0, "a child holds \(locks) locks")
    for lock in held { lock.object.release() }
    check(Statistics.current.liveObjectCount == 0, "\(Statistics.current.liveObjectCount) leaked")
  }
}
