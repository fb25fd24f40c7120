// How fast the core is on this machine.

import Multiprocessing

/// Medians are the reader's business: each line is one run.
enum Bench {
  static func run() throws(MultiprocessingError) {
    try Arena.open()
    try lockPair()
    try queueAlone()
    for _ in 0..<3 { try oneToOne(count: 5_000_000, byteCount: 8) }
    try oneToOne(count: 5000, byteCount: 1 << 20)
    try roundTrip(count: 20_000)
    try handover()
    try start()
  }

  private static func time(
    _ body: () throws(MultiprocessingError) -> Void
  ) throws(MultiprocessingError) -> Double {
    let start = Clock.nanoseconds
    try body()
    return Double(Clock.nanoseconds - start)
  }

  private static func lockPair() throws(MultiprocessingError) {
    let lock = try Lock()
    let count = 20_000_000
    let spent = try time { () throws(MultiprocessingError) in
      for _ in 0..<count {
        _ = try lock.acquire()
        try lock.release()
      }
    }
    print("lock pair: \(rounded(spent / Double(count))) ns")
    lock.object.release()
  }

  private static func queueAlone() throws(MultiprocessingError) {
    let queue = try Queue()
    let count = 3_000_000
    var buffer = ScratchBuffer()
    let spent = try time { () throws(MultiprocessingError) in
      for _ in 0..<count {
        try putWord(queue, 7)
        try queue.get(into: &buffer)
      }
    }
    print("put + get, one process: \(rounded(spent / Double(count))) ns")
    queue.release()
  }

  private static func oneToOne(count: Int, byteCount: Int) throws(MultiprocessingError) {
    let queue = try Queue()
    let child = try ForkPopen.start(name: "getter") {
      var buffer = ScratchBuffer()
      for _ in 0..<count { if (try? queue.get(into: &buffer)) == nil { return 1 } }
      return 0
    }
    let message = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 8)
    unsafe message.initializeMemory(as: UInt8.self, repeating: 1)
    let spent = try time { () throws(MultiprocessingError) in
      for _ in 0..<count { try unsafe queue.put(UnsafeRawBufferPointer(message)) }
      _ = try child.wait()
    }
    print(
      "1 -> 1, \(byteCount) bytes: \(rounded(Double(count) / spent * 1e3)) M messages/s, "
        + "\(rounded(Double(count) * Double(byteCount) / spent / 1.073)) GiB/s, \(queue.diagnosis)")
    unsafe message.deallocate()
    queue.release()
  }

  private static func roundTrip(count: Int) throws(MultiprocessingError) {
    let there = try Queue()
    let back = try Queue()
    let child = try ForkPopen.start(name: "echo") {
      var buffer = ScratchBuffer()
      for _ in 0..<count {
        if (try? there.get(into: &buffer)) == nil { return 1 }
        unsafe (try? back.put(buffer.bytes)) ?? ()
      }
      return 0
    }
    var buffer = ScratchBuffer()
    let spent = try time { () throws(MultiprocessingError) in
      for _ in 0..<count {
        try putWord(there, 7)
        try back.get(into: &buffer)
      }
    }
    _ = try child.wait()
    print("round trip: \(rounded(spent / Double(count) / 1000)) us")
    there.release()
    back.release()
  }

  /// From the kill of the holder to the waiter's having the lock.
  private static func handover() throws(MultiprocessingError) {
    let cells = Counters(count: 8)
    var sum = 0.0
    var longest = 0.0
    let rounds = 200
    var random = Random(seed: 1)
    for _ in 0..<rounds {
      let lock = try Lock()
      let ready = try Queue()
      let holder = try ForkPopen.start(name: "holder") {
        guard (try? lock.acquire()) == .acquired else { return 1 }
        (try? putWord(ready, 1)) ?? ()
        while true { rest(microseconds: 100_000) }
      }
      var buffer = ScratchBuffer()
      try ready.get(into: &buffer)
      let waiter = try ForkPopen.start(name: "waiter") {
        let result = try? lock.acquire()
        cells[0] = Clock.nanoseconds
        return result == .abandoned ? 0 : 1
      }
      rest(microseconds: 5000 + random.next(below: 5000))
      let killed = Clock.nanoseconds
      try holder.send(signal: killSignal)
      check(try waiter.wait()?.exitCode == 0, "the hand-over was not marked abandoned")
      _ = try holder.wait()
      let spent = Double(cells[0] &- killed)
      sum += spent
      longest = max(longest, spent)
      lock.object.release()
      ready.release()
    }
    let mean = rounded(sum / Double(rounds) / 1000)
    print("hand-over after kill -9: mean \(mean) us, longest \(rounded(longest / 1000)) us")
  }

  private static func start() throws(MultiprocessingError) {
    let count = 500
    let spent = try time { () throws(MultiprocessingError) in
      for _ in 0..<count {
        let child = try ForkPopen.start(name: "empty") { 0 }
        _ = try child.wait()
      }
    }
    print("start + join: \(rounded(spent / Double(count) / 1000)) us")
    let locks = 100_000
    let made = try time { () throws(MultiprocessingError) in
      for _ in 0..<locks { try Lock().object.release() }
    }
    print("make + drop a lock: \(rounded(made / Double(locks))) ns")
    let queues = 2000
    let queued = try time { () throws(MultiprocessingError) in
      for _ in 0..<queues { try Queue().release() }
    }
    print("make + drop a queue: \(rounded(queued / Double(queues) / 1000)) us")
  }

  private static func putWord(_ queue: Queue, _ word: UInt64) throws(MultiprocessingError) {
    try unsafe queue.put(byteCount: 8) { unsafe $0.storeBytes(of: word, as: UInt64.self) }
  }

  private static func rounded(_ value: Double) -> String {
    "\((value * 100).rounded() / 100)"
  }
}
