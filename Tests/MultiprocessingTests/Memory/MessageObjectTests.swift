// Messages that carry references: what they keep alive, who gives it up, and what the dead leave.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Messages that carry references", .serialized)
  struct MessageObjectTests {
    /// Live objects, messages and blocks; a test that leaks leaves more than it found.
    private struct Count: Equatable {
      let objects: UInt64
      let messages: UInt64
      let blocks: Int

      init() throws {
        try Arena.open()
        objects = Statistics.current.liveObjectCount
        messages = Statistics.current.liveMessageCount
        blocks = try Arena.usedBlockCount()
      }
    }

    private func put(
      _ objects: [SharedObject], into queue: Queue, until deadline: Deadline = .now
    ) throws {
      try unsafe queue.put(byteCount: 8, carrying: objects, until: deadline) {
        unsafe $0.storeBytes(of: objects.count, as: Int.self)
      }
    }

    private func get(from queue: Queue) throws -> [SharedObject] {
      var buffer = ScratchBuffer()
      var references: [SharedObject]?
      try queue.get(into: &buffer, references: &references, until: .now)
      #expect(buffer.count == 8)
      let came = try #require(references)
      #expect(unsafe buffer.bytes.load(as: Int.self) == came.count)
      return came
    }

    private func dropAll(_ objects: [SharedObject]) {
      for object in Set(objects) { object.release() }
    }

    @Test("an object outlives who sent it, in order and with others", arguments: [1, 7, 8, 3000])
    func carry(count: Int) throws {
      let before = try Count()
      let queue = try Queue()
      let locks = try (0..<count).map { _ in try Lock().object }
      try put(locks + [locks[0], queue.object], into: queue)
      dropAll(locks)
      #expect(locks.allSatisfy { $0.kind == .lock && !$0.isRetained })
      let came = try get(from: queue)
      #expect(came == locks + [locks[0], queue.object])
      #expect(locks.allSatisfy { $0.isRetained })
      dropAll(came)
      #expect(try Count() == before)
    }

    @Test("whoever takes the bytes only lets go of the objects")
    func bytesOnly() throws {
      let before = try Count()
      let queue = try Queue()
      let lock = try Lock().object
      try put([lock], into: queue)
      try put([lock], into: queue)
      lock.release()
      #expect(lock.kind == .lock)
      var buffer = ScratchBuffer()
      try queue.get(into: &buffer, until: .now)
      #expect(lock.kind == .lock)
      #expect(try unsafe queue.getMany(max: 5, until: .now) { _ in } == 1)
      #expect(lock.kind == nil)
      queue.release()
      #expect(try Count() == before)
    }

    @Test("a message that does not get into the queue leaves nothing")
    func refused() throws {
      let before = try Count()
      let queue = try Queue(maxsize: 1)
      let lock = try Lock().object
      try put([lock], into: queue)
      #expect(throws: MultiprocessingError.full) { try put([lock], into: queue) }
      let strange = try Lock().object
      strange.release()
      _ = try get(from: queue)
      #expect(throws: MultiprocessingError.self) { try put([strange], into: queue) }
      try queue.shutdown()
      #expect(throws: MultiprocessingError.shutDown) { try put([lock], into: queue) }
      #expect(Statistics.current.liveMessageCount == before.messages)
      #expect(queue.isEmpty)
      lock.release()
      queue.release()
      #expect(try Count() == before)
    }

    @Test("an end of a pipe in messages has one descriptor kept, until the last of them goes")
    func ends() throws {
      let before = try Count()
      let queue = try Queue()
      var (one, other) = try Pipe.make()
      try put([other.end, other.end], into: queue)
      try put([other.end], into: queue)
      #expect(Statistics.current.depotCount == 1)
      other.close()
      #expect(try !one.poll(until: .now))
      #expect(try get(from: queue) == [other.end, other.end])
      #expect(Statistics.current.depotCount == 1)
      let received = Connection(received: other.end, direction: .both)
      var again = try #require(received)
      #expect(again.peer == one.end && again.end == other.end)
      #expect(Connection(received: queue.object, direction: .both) == nil)
      try again.send(ScratchBuffer())
      again.close()
      #expect(Connection(received: other.end, direction: .both) == nil)
      queue.release()
      #expect(Statistics.current.depotCount == 0)
      var buffer = ScratchBuffer()
      var references: [SharedObject]?
      try one.receive(into: &buffer, references: &references)
      #expect(throws: MultiprocessingError.endOfFile) {
        try one.receive(into: &buffer, references: &references)
      }
      one.close()
      #expect(try Count() == before)
    }

    @Test("ends beyond the depot's room are refused with their message; what stays keeps its order")
    func fullDepot() throws {
      let before = try Count()
      let queue = try Queue()
      let pipes = try (0..<Depot.capacity).map { _ in try Pipe.make() }
      for pipe in pipes.dropLast() { try put([pipe.0.end], into: queue) }
      let last = try #require(pipes.last)
      #expect(throws: MultiprocessingError.self) {
        try put([pipes[0].0.end, last.0.end, last.1.end], into: queue)
      }
      #expect(Statistics.current.depotCount == UInt64(Depot.capacity - 1))
      // From the middle, so that others move to the end.
      let second = try Queue()
      try put([last.0.end], into: second)
      _ = try get(from: second)
      #expect(Statistics.current.depotCount == UInt64(Depot.capacity - 1))
      for pipe in pipes.dropLast() { #expect(try get(from: queue) == [pipe.0.end]) }
      #expect(Statistics.current.depotCount == 0)
      for var pipe in pipes {
        pipe.0.close()
        pipe.1.close()
      }
      queue.release()
      second.release()
      #expect(try Count() == before)
    }

    @Test("an immediate shutdown lets go of what it throws away")
    func shutdown() throws {
      let before = try Count()
      let queue = try Queue()
      let lock = try Lock().object
      for _ in 0..<5 { try put([lock], into: queue) }
      lock.release()
      #expect(lock.kind == .lock)
      try queue.shutdown(immediate: true)
      #expect(lock.kind == nil)
      queue.release()
      #expect(try Count() == before)
    }

    @Test("a queue that goes takes along what is in it, however deep")
    func nested() throws {
      let before = try Count()
      var outer = try Queue()
      for _ in 0..<3000 {
        let next = try Queue()
        try put([outer.object], into: next)
        outer.release()
        outer = next
      }
      outer.release()
      #expect(try Count() == before)
    }

    @Test("circles of queues go when nobody holds one of them, and not before")
    func circles() throws {
      let before = try Count()
      let own = try Queue()
      try put([own.object, own.object], into: own)
      own.release()
      #expect(try Count() == before)

      let queues = try (0..<4).map { _ in try Queue() }
      let lock = try Lock().object
      for position in 0..<3 { try put([queues[(position + 1) % 3].object], into: queues[position]) }
      try put([lock], into: queues[1])
      try put([queues[0].object], into: queues[3])
      lock.release()
      for queue in queues[..<3] { queue.release() }
      #expect(queues.allSatisfy { $0.object.kind == .queue })
      #expect(lock.kind == .lock)
      // The last way to them.
      let came = try get(from: queues[3])
      queues[3].release()
      #expect(lock.kind == .lock)
      dropAll(came)
      #expect(lock.kind == nil)
      #expect(try Count() == before)
    }

    @Test("circles of many queues go when more have been dropped")
    func largeCircles() throws {
      let before = try Count()
      for _ in 0..<10 {
        let queues = try (0..<300).map { _ in try Queue() }
        for (position, queue) in queues.enumerated() {
          try put([queues[(position + 1) % queues.count].object], into: queue)
        }
        for queue in queues { queue.release() }
        #expect(Statistics.current.liveObjectCount < before.objects + 1000)
      }
      try Arena.withLock { () throws(MultiprocessingError) in References.freeUnreachable() }
      #expect(try Count() == before)
    }

    @Test("a circle goes with the dead process that held it, and in a rebuild")
    func circlesOfTheDead() throws {
      let before = try Count()
      for isRebuild in [false, true] {
        let (one, other) = (try Queue(), try Queue())
        try put([one.object], into: other)
        try put([other.object], into: one)
        try Arena.withLock { () throws(MultiprocessingError) in
          References.markInUse(40, true)
          References.insert(one.object.number, slot: 40)
        }
        one.release()
        other.release()
        #expect(other.object.kind == .queue)
        if isRebuild {
          // The slot is free, so its row is empty for the rebuild.
          try rebuild()
        } else {
          try Arena.withLock { () throws(MultiprocessingError) in References.clearRow(40) }
        }
        #expect(other.object.kind == nil)
        #expect(try Count() == before)
      }
    }

    /// As if a process had died with the arena's word.
    private func rebuild() throws {
      Arena.header.lock.word.store(LockTests.dead)
      try Lock().object.release()
    }

    @Test("a rebuild counts again what is under way")
    func counts() throws {
      let before = try Count()
      let queue = try Queue()
      let locks = try (0..<10).map { _ in try Lock().object }
      try put(locks + [locks[3]], into: queue)
      dropAll(locks)
      for lock in locks { lock.inFlight.value = 9 }
      try rebuild()
      #expect(locks.map(\.inFlight.value) == [1, 1, 1, 2, 1, 1, 1, 1, 1, 1])
      let came = try get(from: queue)
      #expect(came.dropLast() == locks[...])
      dropAll(came)
      queue.release()
      #expect(try Count() == before)
    }

    @Test("what a dead sender put stays, what it did not put goes")
    func deadSender() throws {
      let before = try Count()
      let queue = try Queue()
      let lock = try Lock().object
      try put([lock], into: queue)
      let inside = MessageObject(number: queue.object.firstMessage.value)
      // Made, but its frame was never committed; another message has the place.
      let mark = try MessageObject.create(
        carrying: [lock], in: queue.object, ordinal: inside.ordinal.value,
        position: inside.position.value)
      let outside = try #require(MessageObject.find(mark))
      lock.release()
      inside.owner.value = Slot(40).identity
      outside.owner.value = Slot(40).identity
      try Arena.withLock { () throws(MultiprocessingError) in MessageObject.sweep(Slot(40)) }
      #expect(inside.owner.value == MessageObject.ownedByQueue)
      #expect(MessageObject.find(mark) == nil)
      #expect(Statistics.current.liveMessageCount == before.messages + 1)
      dropAll(try get(from: queue))
      queue.release()
      #expect(try Count() == before)
    }

    @Test("what a dead getter had taken goes, unless a living one has it too")
    func deadGetter() throws {
      let before = try Count()
      let queue = try Queue()
      let lock = try Lock().object
      try put([lock], into: queue)
      let dead = Slot(40)
      func sweep() throws {
        try Arena.withLock { () throws(MultiprocessingError) in MessageObject.sweep(dead) }
        #expect(dead.taking.value == 0)
      }
      // Before its commit: the message is still in the queue.
      let first = MessageObject(number: queue.object.firstMessage.value)
      dead.taking.value = first.mark
      try sweep()
      #expect(first.isUsed)
      // This process takes it too.
      dead.taking.value = first.mark
      let mark = try unsafe queue.ring.get(until: .now) { _ in }
      #expect(mark == first.mark && Board.ownSlot.taking.value == mark)
      try sweep()
      #expect(MessageObject.accept(mark: mark) == [lock])
      #expect(Board.ownSlot.taking.value == 0)
      // A mark from before says nothing of the entry's next message.
      try put([lock], into: queue)
      let second = MessageObject(number: queue.object.firstMessage.value)
      #expect(second == first && second.mark != mark)
      let secondMark = try unsafe queue.ring.get(until: .now) { _ in }
      Board.ownSlot.taking.value = 0
      dead.taking.value = mark
      try sweep()
      #expect(MessageObject.find(secondMark) != nil)
      // After its commit: nobody has it.
      dead.taking.value = secondMark
      try sweep()
      #expect(MessageObject.find(secondMark) == nil)
      #expect(MessageObject.accept(mark: secondMark).isEmpty)
      lock.release()
      queue.release()
      #expect(try Count() == before)
    }

    @Test("a message is in the ring from its put to its get, wherever the ring grows and shrinks")
    func contains() throws {
      let before = try Count()
      let queue = try Queue()
      let lock = try Lock().object
      var buffer = ScratchBuffer()
      for round in 0..<300 {
        let filler = 8 + round * 7919 % 70_000
        try put([lock], into: queue)
        let message = MessageObject(number: queue.object.firstMessage.value)
        let mark = message.mark
        #expect(queue.ring.contains(message))
        try unsafe queue.put(byteCount: filler) { unsafe $0.storeBytes(of: 1, as: Int.self) }
        #expect(queue.ring.contains(message))
        if round % 3 == 2 {
          var references: [SharedObject]?
          while !queue.isEmpty {
            try queue.get(into: &buffer, references: &references, until: .now)
          }
          #expect(MessageObject.find(mark) == nil)
          #expect(!queue.ring.contains(message))
        }
      }
      queue.release()
      lock.release()
      #expect(try Count() == before)
    }

    @Test("a pipe's messages go with its receiving end, and lost ones when a later one comes")
    func pipe() throws {
      let before = try Count()
      var (one, other) = try Pipe.make()
      let lock = try Lock().object
      var bytes = ScratchBuffer()
      try bytes.prepare(8)
      bytes.setCount(8)
      // Lost: its sender died before the first packet.
      _ = try MessageObject.create(carrying: [lock], in: other.end, ordinal: 0)
      try one.send(bytes, carrying: [lock, lock])
      var references: [SharedObject]?
      try other.receive(into: &bytes, references: &references, until: .now)
      #expect(references == [lock, lock])
      #expect(Statistics.current.liveMessageCount == before.messages)
      try one.send(bytes, carrying: [lock])
      try other.send(bytes, carrying: [lock])
      lock.release()
      #expect(lock.kind == .lock)
      other.close()
      #expect(Statistics.current.liveMessageCount == before.messages + 1)
      #expect(throws: MultiprocessingError.brokenPipe) { try one.send(bytes, carrying: [one.end]) }
      one.close()
      #expect(lock.kind == nil)
      #expect(try Count() == before)
    }

    @Test("a mark from outside names nothing but a message to this end")
    func forged() throws {
      let before = try Count()
      var (one, other) = try Pipe.make()
      let queue = try Queue()
      let lock = try Lock().object
      try put([lock], into: queue)
      let mark = MessageObject(number: queue.object.firstMessage.value).mark
      var bytes = ScratchBuffer()
      try bytes.prepare(8)
      bytes.setCount(8)
      for forged in [mark, mark + 1, mark &+ 1 << 32, .max, 1] {
        _ = PacketSocket.send(
          PacketSocket.Header(messageByteCount: 8, offset: 0, carrier: forged), bytes, 8,
          to: one.descriptor)
        var references: [SharedObject]?
        try other.receive(into: &bytes, references: &references, until: .now)
        #expect(references?.isEmpty != false)
      }
      #expect(try get(from: queue) == [lock])
      one.close()
      other.close()
      lock.release()
      queue.release()
      #expect(try Count() == before)
    }
  }
}
