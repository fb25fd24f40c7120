// References under kills: nothing is freed while held or under way, and nothing leaks.

import Multiprocessing

/// A tree that makes, inherits, sends, receives and drops locks and queues while its processes are
/// killed.
///
/// What is sent goes through two queues and a pipe that all share, and through queues that are
/// themselves sent, each into itself now and then.
enum ReferencesStorm {
  enum Cell: Int { case created, dropped, sent, received, violations, failures, piped }

  /// An object that a process holds, as it was when it came.
  struct Held {
    let object: SharedObject
    let generation: UInt32

    init(_ object: SharedObject) {
      self.object = object
      generation = object.generation
    }

    var isRight: Bool { object.kind != nil && object.generation == generation }
  }

  /// What all processes send through.
  struct Ways {
    let queues: [Queue]
    let receiving: Connection
    let sending: Connection
  }

  static func run(seconds: Double) throws(MultiprocessingError) {
    let before = try Statistics.afterOpening()
    let cells = Counters(count: 64)
    let (receiving, sending) = try Pipe.make(isDuplex: false)
    let ways = Ways(
      queues: [try Queue(), try Queue(maxsize: 5)], receiving: receiving, sending: sending)
    let kills = try rage(cells, ways, seconds: seconds)
    // Grandchildren die with their parents, but not in the same instant.
    let patience = Deadline(secondsFromNow: 10)
    while Board.processes.count > 1, !patience.isPast {
      Board.sweepDead()
      rest(microseconds: 1000)
    }
    var ends = [receiving, sending]
    for position in ends.indices { ends[position].close() }
    // Large circles are left to be found later.
    try Arena.freeUnreachable()
    let queued = Statistics.current.liveMessageCount
    let drained = try drain(ways.queues)
    let statistics = Statistics.current
    let blocks = try Arena.usedBlockCount()
    print(
      """
      references: \(kills) kills, \(cells[Cell.created.rawValue]) created, \
      \(cells[Cell.dropped.rawValue]) dropped, \(cells[Cell.sent.rawValue]) sent, \
      \(cells[Cell.received.rawValue]) received, \(cells[Cell.violations.rawValue]) freed while held, \
      queued: \(drained) messages, \(queued) message objects, \
      left: \(statistics.liveObjectCount) objects, \(statistics.liveMessageCount) messages, \
      \(blocks) blocks; \(statistics.deathCount) deaths seen, rebuilds \(statistics.rebuildCount)
      """)
    #if FaultInjection
    if isInjectingFaults { print("hit \(FaultPoint.deathCount) times") }
    #endif
    check(cells[Cell.violations.rawValue] == 0, "an object was freed while held or under way")
    check(cells[Cell.failures.rawValue] == 0, "an operation failed")
    check(queued == drained, "\(queued) message objects for \(drained) messages")
    check(statistics.liveObjectCount == before.liveObjectCount, "objects leaked")
    check(statistics.liveMessageCount == before.liveMessageCount, "messages leaked")
    check(blocks == 0, "blocks leaked")
  }

  /// Lets workers work and die for so long; returns how many died.
  private static func rage(
    _ cells: Counters, _ ways: Ways, seconds: Double
  ) throws(MultiprocessingError) -> Int {
    var random = Random(seed: UInt32(truncatingIfNeeded: Clock.nanoseconds))
    var workers: [ChildProcess?] = Array(repeating: nil, count: 4)
    var kills = 0
    let end = Deadline(secondsFromNow: seconds)
    while !end.isPast {
      for place in workers.indices {
        if workers[place]?.poll() != nil {
          kills += 1
          workers[place] = nil
        }
        if workers[place] == nil {
          workers[place] = try ForkPopen.start(name: "references-\(place)") {
            var worker = Worker(cells: cells, ways: ways, held: [], isHeir: false)
            return worker.work()
          }
        }
      }
      rest(microseconds: isInjectingFaults ? 300 : random.next(below: 5000))
      if !isInjectingFaults {
        try workers[random.next(below: workers.count)]?.send(signal: killSignal)
      }
    }
    for worker in workers {
      try worker?.send(signal: killSignal)
      _ = try worker?.wait()
    }
    return kills
  }

  /// Takes all that is left out of the queues, and out of the queues that come out of them.
  ///
  /// - Returns: How many messages carried something.
  private static func drain(_ queues: [Queue]) throws(MultiprocessingError) -> UInt64 {
    var buffer = ScratchBuffer()
    var count: UInt64 = 0
    var pending = queues
    var held = Set(queues.map { $0.object })
    while let queue = pending.popLast() {
      while !queue.isEmpty {
        var references: [SharedObject]?
        try queue.get(into: &buffer, references: &references, until: .now)
        if references != nil { count += 1 }
        for object in references ?? [] where held.insert(object).inserted {
          check(object.kind != nil, "a queued message refers to a freed object")
          if object.kind == .queue { pending.append(Queue(object)) }
        }
      }
    }
    for object in held { object.release() }
    try Arena.freeUnreachable()
    return count
  }

  /// One process of the storm.
  private struct Worker {
    let cells: Counters
    let ways: Ways
    var held: [Held]
    let isHeir: Bool
    var random = Random(seed: Board.identity)
    var child: ChildProcess?

    /// Holds a few objects, makes, sends, receives and drops some, and hands all to a child of its
    /// own now and then.
    mutating func work() -> Int32 {
      var buffer = ScratchBuffer()
      for _ in 0..<(isHeir ? 300 : Int.max) {
        for one in held where !one.isRight { cells.add(Cell.violations.rawValue) }
        do throws(MultiprocessingError) {
          try step(&buffer)
        } catch {
          print("references: \(error)")
          cells.add(Cell.failures.rawValue)
          return 3
        }
      }
      for one in held { one.object.release() }
      return 0
    }

    private mutating func step(_ buffer: inout ScratchBuffer) throws(MultiprocessingError) {
      switch random.next(below: 64) {
      case 0 where !isHeir && !held.isEmpty: try handOn()
      case 1 where random.next(below: 4) == 0: try makeLarge()
      case 2..<18 where held.count < 40:
        held.append(Held(random.next(below: 4) == 0 ? try Queue().object : try Lock().object))
        cells.add(Cell.created.rawValue)
      case 18..<30 where !held.isEmpty: try put(into: ways.queues[random.next(below: 2)])
      case 30..<34 where !held.isEmpty:
        let queues = held.filter { $0.object.kind == .queue }
        if !queues.isEmpty {
          let queue = Queue(queues[random.next(below: queues.count)].object)
          // Now and then into itself.
          try put(into: queue, queue.object)
        }
      case 34..<46: try get(from: ways.queues[random.next(below: 2)], &buffer)
      case 46..<49:
        let queues = held.filter { $0.object.kind == .queue }
        if !queues.isEmpty {
          try get(from: Queue(queues[random.next(below: queues.count)].object), &buffer)
        }
      case 49..<52 where !held.isEmpty: try send(&buffer)
      case 52..<56: try receive(&buffer)
      default:
        guard !held.isEmpty else { return }
        held.remove(at: random.next(below: held.count)).object.release()
        cells.add(Cell.dropped.rawValue)
      }
    }

    private mutating func handOn() throws(MultiprocessingError) {
      if let before = child {
        if before.poll() != nil { child = nil }
        return
      }
      var heir = Worker(cells: cells, ways: ways, held: held, isHeir: true)
      child = try ForkPopen.start(name: "heir", isDaemon: true) { heir.work() }
    }

    /// A queue of so much memory that it is given back without the arena's word.
    private func makeLarge() throws(MultiprocessingError) {
      let queue = try Queue()
      try unsafe queue.put(byteCount: 3 << 20) { unsafe $0.storeBytes(of: 1, as: UInt8.self) }
      queue.release()
    }

    /// Some of what is held; seldom more than fits into a message's entry.
    private mutating func pick(_ extra: SharedObject? = nil) -> [SharedObject] {
      let count = random.next(below: 16) == 0 ? 20 : 1 + random.next(below: 3)
      var some = (0..<count).map { _ in held[random.next(below: held.count)].object }
      if let extra, random.next(below: 3) == 0 { some.append(extra) }
      return some
    }

    private mutating func put(
      into queue: Queue, _ extra: SharedObject? = nil
    ) throws(MultiprocessingError) {
      // Else they would all end up in the queues.
      guard queue.count < 50 else { return }
      let some = pick(extra)
      do throws(MultiprocessingError) {
        try unsafe queue.put(byteCount: 8, carrying: some, until: .now) {
          unsafe $0.storeBytes(of: some.count, as: Int.self)
        }
        cells.add(Cell.sent.rawValue)
      } catch .full {
      }
    }

    private mutating func get(
      from queue: Queue, _ buffer: inout ScratchBuffer
    ) throws(MultiprocessingError) {
      var references: [SharedObject]?
      do throws(MultiprocessingError) {
        if random.next(below: 4) == 0 {
          // Lets go of what it carries.
          try queue.get(into: &buffer, until: .now)
          return
        }
        try queue.get(into: &buffer, references: &references, until: .now)
      } catch .empty {
        return
      }
      take(references ?? [], buffer)
    }

    private mutating func send(_ buffer: inout ScratchBuffer) throws(MultiprocessingError) {
      guard cells[Cell.piped.rawValue] < 50 else { return }
      let some = pick()
      try buffer.prepare(8)
      buffer.setCount(8)
      unsafe buffer.address?.storeBytes(of: some.count, as: Int.self)
      cells.add(Cell.piped.rawValue)
      try ways.sending.send(buffer, carrying: some)
      cells.add(Cell.sent.rawValue)
    }

    private mutating func receive(_ buffer: inout ScratchBuffer) throws(MultiprocessingError) {
      var references: [SharedObject]?
      var receiving = ways.receiving
      do throws(MultiprocessingError) {
        try receiving.receive(into: &buffer, references: &references, until: .now)
      } catch .timedOut {
        cells[Cell.piped.rawValue] = 0
        return
      }
      take(references ?? [], buffer)
    }

    private mutating func take(
      _ references: [SharedObject], _ buffer: borrowing ScratchBuffer
    ) {
      cells.add(Cell.received.rawValue)
      if unsafe buffer.bytes.load(as: Int.self) != references.count {
        cells.add(Cell.violations.rawValue)
      }
      for object in references {
        if object.kind == nil { cells.add(Cell.violations.rawValue) }
        if !held.contains(where: { $0.object == object }) { held.append(Held(object)) }
      }
    }
  }
}
