// References under kills: nothing is freed while held, and nothing leaks.

import Multiprocessing

/// A tree that makes, inherits and drops locks and queues while its processes are killed.
enum ReferencesStorm {
  enum Cell: Int { case created, dropped, violations, failures }

  static func run(seconds: Double) throws(MultiprocessingError) {
    let objectsBefore = try Statistics.afterOpening().liveObjectCount
    let cells = Counters(count: 64)
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
          workers[place] = try ForkPopen.start(name: "references-\(place)") { work(cells, []) }
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
    // Grandchildren die with their parents, but not in the same instant.
    let patience = Deadline(secondsFromNow: 10)
    while Statistics.current.liveObjectCount != objectsBefore, !patience.isPast {
      Board.sweepDead()
      rest(microseconds: 1000)
    }
    let statistics = Statistics.current
    let blocks = try Arena.usedBlockCount()
    print(
      """
      references: \(kills) kills, \(cells[Cell.created.rawValue]) created, \
      \(cells[Cell.dropped.rawValue]) dropped, \(cells[Cell.violations.rawValue]) freed while held, \
      left: \(statistics.liveObjectCount) objects, \(blocks) blocks; \
      \(statistics.deathCount) deaths seen, rebuilds \(statistics.rebuildCount)
      """)
    check(cells[Cell.violations.rawValue] == 0, "an object was freed while held")
    check(cells[Cell.failures.rawValue] == 0, "an operation failed")
    check(statistics.liveObjectCount == objectsBefore, "objects leaked")
    check(blocks == 0, "blocks leaked")
  }

  /// Holds a few objects, makes and drops some, and hands all to a child of its own now and then.
  private static func work(_ cells: Counters, _ inherited: [(SharedObject, UInt32)]) -> Int32 {
    var random = Random(seed: Board.identity)
    var held = inherited
    var child: ChildProcess?
    for _ in 0..<(inherited.isEmpty ? Int.max : 300) {
      for (object, generation) in held where object.kind == nil || object.generation != generation {
        cells.add(Cell.violations.rawValue)
      }
      do throws(MultiprocessingError) {
        switch random.next(below: 32) {
        case 0 where inherited.isEmpty && !held.isEmpty:
          if let before = child {
            if before.poll() != nil { child = nil }
          } else {
            let all = held
            child = try ForkPopen.start(name: "heir", isDaemon: true) { work(cells, all) }
          }
        case 1..<14 where held.count < 40:
          let object = random.next(below: 4) == 0 ? try Queue().object : try Lock().object
          held.append((object, object.generation))
          cells.add(Cell.created.rawValue)
        default:
          guard !held.isEmpty else { continue }
          held.remove(at: random.next(below: held.count)).0.release()
          cells.add(Cell.dropped.rawValue)
        }
      } catch {
        print("references: \(error)")
        cells.add(Cell.failures.rawValue)
        return 3
      }
    }
    for (object, _) in held { object.release() }
    return 0
  }
}
