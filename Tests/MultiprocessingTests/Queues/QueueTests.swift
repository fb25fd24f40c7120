// Queues within one process: order, limits, growth, shutdown, and what a dead process leaves.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Queue")
  struct QueueTests {
    private func put(
      _ queue: Queue, _ value: Int, byteCount: Int = 8, until deadline: Deadline = .now
    ) throws {
      try unsafe queue.put(byteCount: byteCount, until: deadline) { place in
        unsafe UnsafeMutableRawBufferPointer(start: place, count: byteCount)
          .initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: value))
        if byteCount >= 8 { unsafe place.storeBytes(of: value, as: Int.self) }
      }
    }

    /// The value of the next message; checks that every byte arrived.
    private func get(_ queue: Queue, byteCount: Int = 8) throws -> Int {
      var value = 0
      var isWhole = true
      try unsafe queue.get(until: .now) { bytes in
        isWhole = bytes.count == byteCount
        if bytes.count >= 8 { value = unsafe bytes.load(as: Int.self) }
        let mark = UInt8(truncatingIfNeeded: value)
        for position in stride(from: 8, to: bytes.count, by: bytes.count > 4096 ? 4099 : 7) {
          if unsafe bytes[position] != mark { isWhole = false }
        }
      }
      #expect(isWhole)
      return value
    }

    @Test("messages come out in order, whatever their sizes")
    func order() throws {
      let queue = try Queue()
      defer { queue.release() }
      for value in 0..<20_000 { try put(queue, value, byteCount: 8 + value % 300) }
      #expect(queue.count == 20_000)
      for value in 0..<20_000 { #expect(try get(queue, byteCount: 8 + value % 300) == value) }
      #expect(queue.isEmpty)
      #expect(throws: MultiprocessingError.empty) { try get(queue) }
      #expect(throws: MultiprocessingError.empty) {
        try unsafe queue.get(until: Deadline(secondsFromNow: 0.01)) { _ in }
      }
    }

    @Test("a ring that wraps around keeps its size")
    func gaps() throws {
      let queue = try Queue()
      defer { queue.release() }
      for value in 0..<10_000 {
        try put(queue, value, byteCount: 8 + value * 7919 % 9000)
        if value >= 2 {
          let expected = value - 2
          #expect(try get(queue, byteCount: 8 + expected * 7919 % 9000) == expected)
        }
      }
      #expect(queue.ring.header.growCount.value == 0)
    }

    @Test("a queue grows without copying and gives its memory back when drained")
    func growth() throws {
      let queue = try Queue()
      defer { queue.release() }
      for value in 0..<40 { try put(queue, value, byteCount: 1 << 20) }
      #expect(queue.ring.header.growCount.value > 2)
      for value in 0..<40 { #expect(try get(queue, byteCount: 1 << 20) == value) }
      #expect(queue.ring.header.shrinkCount.value == 1)
      for value in 0..<1000 { try put(queue, value) }
      for value in 0..<1000 { #expect(try get(queue) == value) }
    }

    @Test("a bounded ring grows once, to what it may hold")
    func boundedGrowth() throws {
      let queue = try Queue(maxsize: 16)
      defer { queue.release() }
      for value in 0..<16 { try put(queue, value, byteCount: 1 << 20) }
      #expect(queue.ring.header.growCount.value == 1)
      for value in 0..<16 { #expect(try get(queue, byteCount: 1 << 20) == value) }
      #expect(queue.ring.header.shrinkCount.value == 1)
    }

    @Test("a segment lives on when positions have come round")
    func laps() throws {
      let queue = try Queue()
      defer { queue.release() }
      let header = queue.ring.header
      var value = 0
      for _ in 0..<20 {
        for _ in 0..<3 {
          try put(queue, value, byteCount: 40_000)
          #expect(try get(queue, byteCount: 40_000) == value)
          value += 1
        }
        // As if so much had gone through: a multiple of every segment's size.
        let mark = header.tail.load()
        let later = Ring.mark(
          ordinal: Ring.ordinal(mark), position: Ring.position(mark) &+ 1 << 29)
        header.tail.store(later)
        header.head.store(later)
      }
      #expect(header.growCount.value == 0)
    }

    @Test("empty messages, and one larger than any segment so far")
    func sizes() throws {
      let queue = try Queue()
      defer { queue.release() }
      try put(queue, 0, byteCount: 0)
      try put(queue, 5, byteCount: 30_000_000)
      #expect(try get(queue, byteCount: 0) == 0)
      #expect(try get(queue, byteCount: 30_000_000) == 5)
      #expect(throws: MultiprocessingError.self) {
        try unsafe queue.put(byteCount: 1 << 33, until: .now) { _ in }
      }
      try put(queue, 6)
      #expect(try get(queue) == 6)
    }

    @Test("a full queue refuses, and takes again after a get")
    func limit() throws {
      let queue = try Queue(maxsize: 3)
      defer { queue.release() }
      for value in 0..<3 { try put(queue, value) }
      #expect(queue.isFull)
      #expect(throws: MultiprocessingError.full) { try put(queue, 3) }
      #expect(throws: MultiprocessingError.full) {
        try put(queue, 3, until: Deadline(secondsFromNow: 0.01))
      }
      #expect(try get(queue) == 0)
      try put(queue, 3)
      for value in 1...3 { #expect(try get(queue) == value) }
    }

    @Test("many at once: as many as fit, and as many as there are")
    func many() throws {
      let queue = try Queue(maxsize: 5)
      defer { queue.release() }
      let put = try unsafe queue.putMany(
        count: 9, until: .now, byteCount: { _ in 8 },
        fill: { unsafe $1.storeBytes(of: $0, as: Int.self) })
      #expect(put == 5)
      var values: [Int] = []
      let got = try unsafe queue.getMany(max: 9, until: .now) {
        values.append(unsafe $0.load(as: Int.self))
      }
      #expect(got == 5)
      #expect(values == [0, 1, 2, 3, 4])
    }

    @Test("a message that cannot be taken stays")
    func refusal() throws {
      let queue = try Queue()
      defer { queue.release() }
      try put(queue, 9)
      #expect(throws: MultiprocessingError.brokenPipe) {
        try unsafe queue.get(until: .now) { _ throws(MultiprocessingError) in throw .brokenPipe }
      }
      #expect(try get(queue) == 9)
    }

    @Test("shutdown lets what is in come out, and at once throws it away")
    func shutdown() throws {
      let queue = try Queue()
      defer { queue.release() }
      for value in 0..<3 { try put(queue, value) }
      try queue.shutdown()
      #expect(throws: MultiprocessingError.shutDown) { try put(queue, 3) }
      #expect(try get(queue) == 0)
      try queue.taskDone()
      #expect(queue.unfinishedCount == 2)
      try queue.shutdown(immediate: true)
      #expect(throws: MultiprocessingError.shutDown) { try get(queue) }
      #expect(queue.isEmpty)
      #expect(queue.unfinishedCount == 0)
      try queue.join()
    }

    @Test("join waits for as many reports as there were messages")
    func tasks() throws {
      let queue = try Queue()
      defer { queue.release() }
      try queue.join()
      let refusal = MultiprocessingError.valueError("task_done() called too many times")
      #expect(throws: refusal) { try queue.taskDone() }
      try put(queue, 1)
      try put(queue, 2)
      _ = try get(queue)
      #expect(throws: MultiprocessingError.timedOut) { try queue.join(until: .now) }
      try queue.taskDone()
      try queue.taskDone()
      try queue.join()
      #expect(throws: refusal) { try queue.taskDone() }
    }

    @Test("a putter that died after publishing a segment is put right")
    func recoverGrow() throws {
      let queue = try Queue()
      defer { queue.release() }
      for value in 0..<5000 { try put(queue, value) }
      let header = queue.ring.header
      // As if it had died between the publication and the step to the new segment.
      header.putSegment.value -= 1
      header.putWord.word.store(LockTests.dead)
      for value in 5000..<6000 { try put(queue, value) }
      #expect(header.abandonedCount.value == 1)
      for value in 0..<6000 { #expect(try get(queue) == value) }
    }

    @Test("a getter that died while shrinking is put right")
    func recoverShrink() throws {
      let queue = try Queue()
      defer { queue.release() }
      for value in 0..<20 { try put(queue, value, byteCount: 1 << 20) }
      for _ in 0..<20 { _ = try get(queue, byteCount: 1 << 20) }
      let header = queue.ring.header
      #expect(header.shrinkCount.value == 1)
      header.getSegment.value -= 1
      header.putSegment.value -= 1
      header.putWord.word.store(LockTests.dead)
      header.getWord.word.store(LockTests.dead)
      // The put side comes first and grows into the class that the shrink had left.
      for value in 0..<20 { try put(queue, value, byteCount: 1 << 20) }
      for value in 0..<20 { #expect(try get(queue, byteCount: 1 << 20) == value) }
    }

    @Test("a put-side lock that somebody else holds is given up after a while")
    func heldLock() throws {
      let queue = try Queue()
      defer { queue.release() }
      #expect(queue.ring.header.putWord.tryAcquire())
      #expect(throws: MultiprocessingError.full) { try put(queue, 1) }
      queue.ring.header.putWord.releaseOwned()
      try put(queue, 1)
      #expect(try get(queue) == 1)
    }
  }
}
