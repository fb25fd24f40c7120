// The ring under kills: every message is checked.

import Multiprocessing

/// Two putters and two getters that die and are replaced, and a count of every message.
enum RingStorm {
  static let mostPutters = 20_000
  static let mostMessages = 65_536
  static let putterCount = 2, getterCount = 2

  // Counters: totals first, then for each putter how many it put and how many were got.
  enum Total: Int { case messages, bytes, duplicates, damaged, stop, failures }
  static func put(_ id: Int) -> Int { 16 + id }
  static func got(_ id: Int) -> Int { 16 + mostPutters + id }
  static func seen(_ id: Int, _ serial: Int) -> Int {
    16 + 2 * mostPutters + id * (mostMessages / 64) + serial / 64
  }

  static func run(seconds: Double, maxsize: Int, biggest: Int) throws(MultiprocessingError) {
    let counters = Counters(count: 16 + 2 * mostPutters + mostPutters * (mostMessages / 64))
    let objectsBefore = try Statistics.afterOpening().liveObjectCount
    let queue = try Queue(maxsize: maxsize)
    var random = Random(seed: UInt32(truncatingIfNeeded: Clock.nanoseconds))
    var children: [ChildProcess?] = Array(repeating: nil, count: putterCount + getterCount)
    var nextId = 1
    var kills = 0
    var getterDeaths = 0
    var progress = (messages: UInt64(0), time: Clock.nanoseconds, longest: UInt64(0))
    let end = Deadline(secondsFromNow: seconds)
    while !end.isPast, nextId < mostPutters - 1 {
      for place in children.indices {
        if let status = children[place]?.poll() {
          children[place]?.close()
          children[place] = nil
          if status.signal != nil {
            kills += 1
            if place >= putterCount { getterDeaths += 1 }
          }
          let isExpected = status.signal == Int(killSignal) || status.isSuccess
          check(isExpected, "a process ended with \(status.exitCode)")
        }
        if children[place] == nil {
          let id = nextId
          nextId += 1
          children[place] = try ForkPopen.start(name: "storm-\(place)") {
            place < putterCount
              ? putAll(queue, counters, id, biggest) : getAll(queue, counters, biggest)
          }
        }
      }
      let messages = counters[Total.messages.rawValue]
      if messages != progress.messages {
        progress.longest = max(progress.longest, Clock.nanoseconds - progress.time)
        progress.messages = messages
        progress.time = Clock.nanoseconds
      }
      if isInjectingFaults {
        rest(microseconds: 300)
      } else {
        rest(microseconds: random.next(below: 6000))
        try children[random.next(below: children.count)]?.send(signal: killSignal)
      }
    }
    for place in children.indices {
      try children[place]?.send(signal: killSignal)
      if try children[place]?.wait()?.signal != nil, place >= putterCount { getterDeaths += 1 }
    }
    let left = queue.count
    let hung = try drain(queue, counters, biggest)
    report(
      queue, counters, ids: nextId, kills: kills, getterDeaths: getterDeaths, left: left,
      hung: hung, longestStall: progress.longest)
    queue.release()
    Board.sweepDead()
    let after = Statistics.current
    check(after.liveObjectCount == objectsBefore, "\(after.liveObjectCount) objects leaked")
    let blocks = try Arena.usedBlockCount()
    check(blocks == 0, "\(blocks) blocks leaked")
  }

  /// Fresh getters take the rest; returns how many of them hung.
  private static func drain(
    _ queue: Queue, _ counters: Counters, _ biggest: Int
  ) throws(MultiprocessingError) -> Int {
    counters[Total.stop.rawValue] = 1
    var hung = 0
    var getters: [ChildProcess] = []
    for _ in 0..<getterCount {
      getters.append(
        try ForkPopen.start(name: "drain") {
          FaultPoint.setArmed(false)
          return getAll(queue, counters, biggest)
        })
    }
    for getter in getters {
      if try getter.wait(until: Deadline(secondsFromNow: 20)) == nil {
        hung += 1
        try getter.send(signal: killSignal)
        _ = try getter.wait()
      }
    }
    return hung
  }

  private static func putAll(
    _ queue: Queue, _ counters: Counters, _ id: Int, _ biggest: Int
  ) -> Int32 {
    var random = Random(seed: UInt32(id))
    var message = [UInt8](repeating: 0, count: biggest + 16)
    for serial in 0..<(mostMessages - 1) {
      let most = random.next(below: 64) == 0 ? biggest : 100
      let count = 12 + random.next(below: max(1, most))
      unsafe message.withUnsafeMutableBytes { bytes in
        unsafe bytes.storeBytes(of: UInt32(id), as: UInt32.self)
        unsafe bytes.storeBytes(of: UInt32(serial), toByteOffset: 4, as: UInt32.self)
        unsafe bytes.storeBytes(of: UInt32(count), toByteOffset: 8, as: UInt32.self)
        let mark = UInt8(truncatingIfNeeded: id &+ serial)
        for position in 12..<count { unsafe bytes[position] = mark }
      }
      do throws(MultiprocessingError) {
        var failure: MultiprocessingError?
        unsafe message.withUnsafeBytes { bytes in
          do throws(MultiprocessingError) {
            try unsafe queue.put(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
          } catch { failure = error }
        }
        if let failure { throw failure }
      } catch {
        print("put: \(error)")
        return 3
      }
      counters[put(id)] = UInt64(serial + 1)
    }
    return 0
  }

  private static func getAll(_ queue: Queue, _ counters: Counters, _ biggest: Int) -> Int32 {
    var buffer = ScratchBuffer()
    while true {
      do throws(MultiprocessingError) {
        try queue.get(into: &buffer, until: Deadline(secondsFromNow: 0.2))
      } catch .empty {
        if counters[Total.stop.rawValue] != 0, queue.isEmpty { return 0 }
        continue
      } catch {
        print("get: \(error)")
        return 3
      }
      unsafe examine(buffer.bytes, counters)
    }
  }

  private static func examine(_ bytes: UnsafeRawBufferPointer, _ counters: Counters) {
    guard bytes.count >= 12 else { return counters.add(Total.damaged.rawValue) }
    let id = Int(unsafe bytes.load(as: UInt32.self))
    let serial = Int(unsafe bytes.load(fromByteOffset: 4, as: UInt32.self))
    let count = Int(unsafe bytes.load(fromByteOffset: 8, as: UInt32.self))
    guard id < mostPutters, serial < mostMessages, count == bytes.count else {
      return counters.add(Total.damaged.rawValue)
    }
    let mark = UInt8(truncatingIfNeeded: id &+ serial)
    for position in stride(from: 12, to: count, by: count > 4096 ? 997 : 1) {
      guard unsafe bytes[position] == mark else { return counters.add(Total.damaged.rawValue) }
    }
    let bit = UInt64(1) << UInt64(serial & 63)
    if counters.insert(seen(id, serial), bit) & bit != 0 { counters.add(Total.duplicates.rawValue) }
    counters.add(Total.messages.rawValue)
    counters.add(Total.bytes.rawValue, UInt64(count))
    counters.add(got(id))
  }

  private static func report(
    _ queue: Queue, _ counters: Counters, ids: Int, kills: Int, getterDeaths: Int, left: Int,
    hung: Int, longestStall: UInt64
  ) {
    var lost = 0
    for id in 0..<ids where counters[put(id)] > counters[got(id)] {
      lost += Int(counters[put(id)] - counters[got(id)])
    }
    let duplicates = counters[Total.duplicates.rawValue]
    let damaged = counters[Total.damaged.rawValue]
    let statistics = Statistics.current
    print(
      """
      ring: \(kills) kills, \(counters[Total.messages.rawValue]) messages, \
      \(counters[Total.bytes.rawValue] >> 20) MiB, damaged \(damaged), duplicated \(duplicates), \
      put but not got \(lost) (getters dead: \(getterDeaths)), left before drain \(left), \
      \(queue.diagnosis), longest stall \(longestStall / 1_000_000) ms, hung \(hung), \
      slices found: \(statistics.explainedSlices) explained, \
      \(statistics.unexplainedSlices) not, rebuilds \(statistics.rebuildCount)
      """)
    check(duplicates == 0, "duplicated messages")
    check(damaged == 0, "damaged messages")
    check(lost <= getterDeaths, "\(lost) messages lost by \(getterDeaths) dead getters")
    check(hung == 0, "\(hung) getters hung")
    check(queue.isEmpty, "count is \(queue.count) after the drain")
    check(statistics.unexplainedSlices == 0, "slices found something without a kill")
    check(longestStall < 2_000_000_000, "no progress for \(longestStall / 1_000_000) ms")
  }
}

extension Statistics {
  /// The present numbers; makes the arena first.
  static func afterOpening() throws(MultiprocessingError) -> Statistics {
    try Arena.open()
    return current
  }
}
