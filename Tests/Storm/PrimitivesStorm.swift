// Semaphores, conditions, events and barriers under kills and stops.

import Glibc
import Multiprocessing

/// Sixteen processes that use every primitive while they are killed and stopped; each promise is
/// checked where it could be broken.
struct PrimitivesStorm {
  // The C library has one too.
  private typealias Semaphore = Multiprocessing.Semaphore

  /// The places of the counters.
  private enum Cell {
    /// Which token workers are inside, one bit each; one word for each semaphore.
    static let inside = 0
    static let produced = 8, consumed = 16, owner = 24, acting = 32
    /// How often each arrival number came.
    static let passed = 40
    static let violations = 48, failures = 49, abandoned = 50, taken = 51, heard = 52, broken = 53
    /// A heartbeat for each worker, and who it is.
    static let beats = 64, identities = 96
  }

  private enum Role { case tokens, producer, consumer, setter, listener, party }

  private static let roles: [Role] = [
    .tokens, .tokens, .tokens, .tokens, .tokens, .tokens, .producer, .producer, .consumer,
    .consumer, .setter, .listener, .listener, .party, .party, .party,
  ]
  private static let room = 4

  private let cells = Counters(count: 128)
  private let semaphore: Semaphore
  private let bounded: Semaphore
  private let lock: RLock
  private let notEmpty: Condition
  private let notFull: Condition
  private let event: Event
  private let barrier: Barrier

  static func run(seconds: Double) throws(MultiprocessingError) {
    let before = try Statistics.afterOpening().liveObjectCount
    let storm = try PrimitivesStorm()
    try storm.rage(seconds: seconds)
    for object in [
      storm.semaphore.object, storm.bounded.object, storm.notEmpty.object, storm.notFull.object,
      storm.lock.object, storm.event.object, storm.barrier.object,
    ] { object.release() }
    check(Statistics.current.liveObjectCount == before, "objects leaked")
    check(try Arena.usedBlockCount() == 0, "blocks leaked")
  }

  private init() throws(MultiprocessingError) {
    semaphore = try Semaphore(value: 5)
    bounded = try Semaphore(value: 2, isBounded: true)
    lock = try RLock()
    notEmpty = try Condition(lock: .recursive(lock))
    notFull = try Condition(lock: .recursive(lock))
    event = try Event()
    barrier = try Barrier(parties: 3)
  }

  // MARK: The one who kills

  private func rage(seconds: Double) throws(MultiprocessingError) {
    var random = Random(seed: UInt32(truncatingIfNeeded: Clock.nanoseconds))
    var workers: [ChildProcess?] = Array(repeating: nil, count: Self.roles.count)
    var beats = Array(repeating: (count: UInt64(0), time: Clock.nanoseconds), count: workers.count)
    var kills = 0
    var stops = 0
    var longest: UInt64 = 0
    let end = Deadline(secondsFromNow: seconds)
    let latest = Deadline(secondsFromNow: seconds + 20)
    // A step that was asked for and not reached yet gets more time.
    while !end.isPast || isInjectingFaults && faultCount == 0 && !latest.isPast {
      for place in workers.indices {
        if let status = workers[place]?.poll() {
          kills += 1
          workers[place] = nil
          check(status.signal == Int(killSignal), "\(place) ended with \(status.exitCode)")
        }
        if workers[place] == nil {
          workers[place] = try ForkPopen.start(name: "primitives-\(place)") { work(place) }
          beats[place].time = Clock.nanoseconds
        }
        let count = cells[Cell.beats + place]
        let idle = Clock.nanoseconds &- beats[place].time
        if count != beats[place].count {
          longest = max(longest, idle)
          beats[place] = (count, Clock.nanoseconds)
        } else if idle > 10_000_000_000 {
          describe(place)
          hang(workers)
        }
      }
      if barrier.isBroken { try barrier.reset() }
      try event.set()
      rest(microseconds: isInjectingFaults ? 300 : random.next(below: 4000))
      // Some steps are only reached after a death.
      if isInjectingFaults, random.next(below: 30) > 0 { continue }
      let victim = workers[random.next(below: workers.count)]
      if random.next(below: 8) == 0 {
        stops += 1
        try victim?.send(signal: SIGSTOP)
        rest(microseconds: random.next(below: 3000))
        try victim?.send(signal: SIGCONT)
      } else {
        try victim?.send(signal: killSignal)
      }
    }
    for worker in workers {
      try worker?.send(signal: killSignal)
      _ = try worker?.wait()
    }
    Board.sweepDead()
    report(kills: kills, stops: stops, longest: longest)
  }

  private func report(kills: Int, stops: Int, longest: UInt64) {
    let passed = (0..<3).map { cells[Cell.passed + $0] }
    let statistics = Statistics.current
    let hit = isInjectingFaults ? ", \(faultName) hit \(faultCount) times" : ""
    print(
      """
      primitives: \(kills) kills, \(stops) stops\(hit), \(cells[Cell.taken]) tokens taken, \
      \(cells[Cell.consumed]) of \(cells[Cell.produced]) consumed, \(cells[Cell.heard]) events heard, \
      \(passed[0]) rounds and \(cells[Cell.broken]) broken waits, \
      \(cells[Cell.abandoned]) abandoned, \(cells[Cell.violations]) violations, \
      longest stall \(longest / 1_000_000) ms, slices found: \
      \(statistics.explainedSlices) explained, \(statistics.unexplainedSlices) not, \
      rebuilds \(statistics.rebuildCount)
      """)
    check(cells[Cell.violations] == 0, "a promise was broken")
    check(cells[Cell.failures] == 0, "an operation failed")
    check(semaphore.value == 5, "the semaphore has \(semaphore.value) of 5 tokens at the end")
    check(bounded.value == 2, "the bounded semaphore has \(bounded.value) of 2 tokens at the end")
    check(semaphore.holders.isEmpty && bounded.holders.isEmpty, "the dead still hold tokens")
    check(notEmpty.waiterCount == 0 && notFull.waiterCount == 0, "the dead still wait")
    for number in passed.indices {
      // Who is killed after it has passed did not count itself.
      let difference =
        passed[number] > passed[0] ? passed[number] - passed[0] : passed[0] - passed[number]
      check(difference <= kills + Self.roles.count, "arrival numbers: \(passed)")
    }
    check(!passed.contains(0) && cells[Cell.consumed] > 0 && cells[Cell.heard] > 0, "no progress")
    check(statistics.unexplainedSlices == 0, "slices found something that no death explains")
  }

  private func describe(_ place: Int) {
    fail("worker \(place), \(Self.roles[place]), did nothing for 10 s")
    for process in Board.processes {
      print("  \(process.pid) \(process.name) \(String(describing: process.wait))")
    }
    print(
      "  semaphores: \(semaphore.value) \(semaphore.holders), \(bounded.value) \(bounded.holders)")
    print("  conditions: \(notEmpty.waiterCount) \(notFull.waiterCount), lock \(lock.owner)")
    print("  barrier: \(barrier.waiterCount) \(barrier.isBroken), event \(event.isSet)")
  }

  private func hang(_ workers: [ChildProcess?]) -> Never {
    for worker in workers { try? worker?.send(signal: killSignal) }
    ProcessEnd.exit(1)
  }

  // MARK: The ones who are killed

  private func work(_ place: Int) -> Int32 {
    var random = Random(seed: Board.identity)
    // The marks of who stood here before go first, then others may believe those of this process.
    for position in 0..<2 { cells.remove(Cell.inside + position, 1 << UInt64(place)) }
    cells[Cell.identities + place] = UInt64(Board.identity)
    do throws(MultiprocessingError) {
      while true {
        switch Self.roles[place] {
        case .tokens:
          try take(semaphore, 0, limit: 5, place, &random)
          try take(bounded, 1, limit: 2, place, &random)
        case .producer: try produce(&random)
        case .consumer: try consume(&random)
        case .setter:
          try event.set()
          if random.next(below: 2) == 0 { try event.clear() }
          pause(random.next(below: 1000))
        case .listener: try listen(&random)
        case .party: try meet(&random)
        }
        cells.add(Cell.beats + place)
      }
    } catch {
      cells.add(Cell.failures)
      print("worker \(place), \(Self.roles[place]): \(error)")
      return 3
    }
  }

  /// A deadline that is near, far or never.
  private func someDeadline(_ random: inout Random) -> Deadline {
    switch random.next(below: 4) {
    case 0: Deadline(secondsFromNow: Double(random.next(below: 1000)) / 1e6)
    case 1: Deadline(secondsFromNow: 5)
    default: .never
    }
  }

  private func take(
    _ semaphore: Semaphore, _ position: Int, limit: Int, _ place: Int, _ random: inout Random
  ) throws(MultiprocessingError) {
    guard try semaphore.acquire(until: someDeadline(&random)) == .acquired else { return }
    let own = UInt64(1) << UInt64(place)
    // Who they are before the look: a mark is then that of whoever lives still, or of a dead one.
    let identities = Self.roles.indices.map { UInt32(cells[Cell.identities + $0]) }
    let seen = cells.insert(Cell.inside + position, own) | own
    if seen.nonzeroBitCount > limit {
      let living = Self.roles.indices.filter {
        seen >> UInt64($0) & 1 == 1 && Board.isAlive(identities[$0])
      }
      if living.count > limit { cells.add(Cell.violations) }
    }
    cells.add(Cell.taken)
    pause(random.next(below: 64))
    cells.remove(Cell.inside + position, own)
    try semaphore.release()
  }

  /// Takes the conditions' lock, once or twice; who died with it may have owed a notice.
  private func enter(_ random: inout Random) throws(MultiprocessingError) -> Int {
    let depth = 1 + random.next(below: 2)
    for _ in 0..<depth where try lock.acquire() == .abandoned { try recover() }
    occupy()
    return depth
  }

  private func recover() throws(MultiprocessingError) {
    cells.add(Cell.abandoned)
    try notEmpty.notifyAll()
    try notFull.notifyAll()
  }

  private func occupy() {
    let other = UInt32(cells[Cell.owner])
    if other != 0, Board.isAlive(other) { cells.add(Cell.violations) }
    cells[Cell.owner] = UInt64(Board.identity)
  }

  private func leave(_ depth: Int) throws(MultiprocessingError) {
    if lock.depth != depth { cells.add(Cell.violations) }
    cells[Cell.owner] = 0
    for _ in 0..<depth { try lock.release() }
  }

  private func wait(
    on condition: Condition, _ random: inout Random
  ) throws(MultiprocessingError) {
    cells[Cell.owner] = 0
    let outcome = try condition.wait(until: someDeadline(&random))
    if outcome.isAbandoned { try recover() }
    occupy()
  }

  private func produce(_ random: inout Random) throws(MultiprocessingError) {
    let depth = try enter(&random)
    while cells[Cell.produced] &- cells[Cell.consumed] >= Self.room {
      try wait(on: notFull, &random)
    }
    cells[Cell.produced] &+= 1
    try notEmpty.notify()
    try leave(depth)
  }

  private func consume(_ random: inout Random) throws(MultiprocessingError) {
    let depth = try enter(&random)
    while cells[Cell.produced] == cells[Cell.consumed] { try wait(on: notEmpty, &random) }
    cells[Cell.consumed] &+= 1
    try notFull.notify()
    try leave(depth)
  }

  private func listen(_ random: inout Random) throws(MultiprocessingError) {
    if try event.wait(until: someDeadline(&random)) { cells.add(Cell.heard) }
    if random.next(below: 2) == 0 { try event.clear() }
  }

  private func meet(_ random: inout Random) throws(MultiprocessingError) {
    do throws(MultiprocessingError) {
      let number: Int
      switch try barrier.wait(until: someDeadline(&random), hasAction: random.next(below: 2) == 0) {
      case .passed(let place): number = place
      case .mustAct(let place):
        number = place
        cells[Cell.acting] = UInt64(Board.identity)
        pause(random.next(below: 1000))
        cells[Cell.acting] = 0
        try barrier.finishAction()
      }
      cells.add(Cell.passed + number)
      let actor = UInt32(cells[Cell.acting])
      if actor != 0, Board.isAlive(actor) { cells.add(Cell.violations) }
    } catch .brokenBarrier {
      cells.add(Cell.broken)
      if random.next(below: 4) == 0 { try barrier.reset() }
      rest(microseconds: 100)
    }
  }

  @inline(never)
  private func pause(_ rounds: Int) {
    for _ in 0..<rounds { _ = Board.identity }
  }
}
