// The search for deadlocks beside processes that wait for each other all the time.

import Multiprocessing

/// A token that goes round in a circle of processes.
///
/// Exactly one can go on at any time, and all others wait for it. Somebody who looks at any instant
/// must never call one of them hopeless, until the token is lost.
enum DeadlockStorm {
  static let workerCount = 5

  static func run(seconds: Double) throws(MultiprocessingError) {
    var queues: [Queue] = []
    for _ in 0..<workerCount { queues.append(try Queue()) }
    let lock = try Lock()
    // The workers are to stay in a deadlock until it was seen.
    DeadlockDetection.isEnabled = false
    let cells = Counters(count: 16)
    var workers: [ChildProcess] = []
    for place in 0..<workerCount {
      workers.append(
        try ForkPopen.start(name: "ring-\(place)", isDaemon: true) {
          pass(from: queues[place], to: queues[(place + 1) % workerCount], lock, cells)
        })
    }
    try put(queues[0])
    // Who looks could end the waits as long as it holds the objects.
    for queue in queues { queue.release() }
    lock.object.release()
    var looks = 0
    var alarms = 0
    let end = Deadline(secondsFromNow: seconds)
    while !end.isPast {
      for worker in workers {
        looks += 1
        if DeadlockDetection.isHopeless(worker.identity) { alarms += 1 }
      }
    }
    let turns = cells[0]
    cells[1] = 1
    let patience = Deadline(secondsFromNow: 10)
    let lost = Clock.nanoseconds
    while !DeadlockDetection.isHopeless(workers[0].identity), !patience.isPast {}
    let delay = Clock.nanoseconds - lost
    print(
      "deadlock: \(turns) turns, \(looks) looks, \(alarms) false alarms; "
        + "the deadlock seen after \(delay / 1000) us")
    check(alarms == 0, "\(alarms) false alarms in \(looks) looks")
    check(turns > 1000, "the token went round only \(turns) times")
    check(!patience.isPast, "the deadlock was not seen")
    for worker in workers {
      try worker.send(signal: killSignal)
      _ = try worker.wait()
    }
  }

  /// Takes the token, holds the lock for a moment and passes the token on; drops it in the end.
  private static func pass(
    from source: Queue, to target: Queue, _ lock: Lock, _ cells: Counters
  ) -> Int32 {
    var buffer = ScratchBuffer()
    do {
      while true {
        try source.get(into: &buffer)
        _ = try lock.acquire()
        cells.add(0)
        try lock.release()
        if cells[1] == 0 { try put(target) }
      }
    } catch {
      fail("\(error)")
      return 1
    }
  }

  private static func put(_ queue: Queue) throws(MultiprocessingError) {
    try unsafe queue.put(byteCount: 8) { place in unsafe place.storeBytes(of: 1, as: Int.self) }
  }
}
