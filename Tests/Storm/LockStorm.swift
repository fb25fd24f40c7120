// The owner word under kills and stops: mutual exclusion and hand-over.

import Glibc
import Multiprocessing

/// Six processes that count inside one lock while they are killed and stopped.
enum LockStorm {
  static let workerCount = 6

  /// The places of the counters; the first three have cache lines of their own.
  enum Cell: Int {
    case first = 0
    case second = 8
    case inside = 16
    case violations, abandoned, longestWait, failures
  }

  static func run(seconds: Double) throws(MultiprocessingError) {
    let objectsBefore = try Statistics.afterOpening().liveObjectCount
    let cells = Counters(count: 64)
    let lock = try Lock()
    var random = Random(seed: UInt32(truncatingIfNeeded: Clock.nanoseconds))
    var workers: [ChildProcess?] = Array(repeating: nil, count: workerCount)
    var kills = 0
    var stops = 0
    var progress = (count: UInt64(0), time: Clock.nanoseconds, longest: UInt64(0))
    let end = Deadline(secondsFromNow: seconds)
    while !end.isPast {
      for place in workers.indices {
        if let status = workers[place]?.poll() {
          kills += 1
          workers[place] = nil
          check(status.signal == Int(killSignal), "a process ended with \(status.exitCode)")
        }
        if workers[place] == nil {
          workers[place] = try ForkPopen.start(name: "lock-\(place)") { work(lock, cells) }
        }
      }
      rest(microseconds: isInjectingFaults ? 300 : random.next(below: 4000))
      if !isInjectingFaults {
        let victim = workers[random.next(below: workerCount)]
        if random.next(below: 8) == 0 {
          stops += 1
          try victim?.send(signal: SIGSTOP)
          rest(microseconds: random.next(below: 3000))
          try victim?.send(signal: SIGCONT)
        } else {
          try victim?.send(signal: killSignal)
        }
      }
      let count = cells[Cell.first.rawValue]
      if count != progress.count {
        progress.longest = max(progress.longest, Clock.nanoseconds - progress.time)
        progress.count = count
        progress.time = Clock.nanoseconds
      }
    }
    let stuck = Clock.nanoseconds - progress.time
    for worker in workers {
      try worker?.send(signal: killSignal)
      _ = try worker?.wait()
    }
    lock.object.release()
    Board.sweepDead()
    let statistics = Statistics.current
    print(
      """
      lock: \(kills) kills, \(stops) stops, \(cells[Cell.first.rawValue]) acquisitions, \
      \(cells[Cell.abandoned.rawValue]) abandoned, \(cells[Cell.violations.rawValue]) violations, \
      longest wait \(cells[Cell.longestWait.rawValue] / 1000) us, \
      longest stall \(progress.longest / 1000) us, slices found: \
      \(statistics.explainedSlices) explained, \(statistics.unexplainedSlices) not, \
      rebuilds \(statistics.rebuildCount)
      """)
    check(cells[Cell.violations.rawValue] == 0, "two owners at once")
    check(cells[Cell.failures.rawValue] == 0, "acquire or release failed")
    check(stuck < 2_000_000_000, "nobody got the lock for \(stuck / 1_000_000) ms")
    check(statistics.liveObjectCount == objectsBefore, "objects leaked")
  }

  private static func work(_ lock: Lock, _ cells: Counters) -> Int32 {
    var random = Random(seed: Board.identity)
    while true {
      do throws(MultiprocessingError) {
        let start = Clock.nanoseconds
        let result = try lock.acquire()
        let waited = Clock.nanoseconds - start
        if waited > cells[Cell.longestWait.rawValue] { cells[Cell.longestWait.rawValue] = waited }
        if result == .abandoned {
          cells.add(Cell.abandoned.rawValue)
          let inside = UInt32(cells[Cell.inside.rawValue])
          if inside != 0, Board.isAlive(inside) { cells.add(Cell.violations.rawValue) }
          cells[Cell.second.rawValue] = cells[Cell.first.rawValue]
        } else if cells[Cell.inside.rawValue] != 0
          || cells[Cell.first.rawValue] != cells[Cell.second.rawValue]
        {
          cells.add(Cell.violations.rawValue)
        }
        cells[Cell.inside.rawValue] = UInt64(Board.identity)
        cells[Cell.first.rawValue] &+= 1
        pause(random.next(below: 64))
        cells[Cell.second.rawValue] &+= 1
        cells[Cell.inside.rawValue] = 0
        try lock.release()
        pause(random.next(below: 128))
      } catch {
        cells.add(Cell.failures.rawValue)
        return 3
      }
    }
  }

  @inline(never)
  private static func pause(_ rounds: Int) {
    for _ in 0..<rounds { _ = Board.identity }
  }
}
