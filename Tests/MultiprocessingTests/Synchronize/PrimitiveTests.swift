// What a death in the middle of a change leaves, and how it is put right. Other processes are
// simulated by their records.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Primitives")
  struct PrimitiveTests {
    // The C library has one too.
    private typealias Semaphore = Multiprocessing.Semaphore

    private static let dead = LockTests.dead

    /// Another process that never lived.
    private static func dead(_ index: UInt32) -> UInt32 { 78 << 14 | 100 + index }

    /// Leaves the object's lock as a process does that dies with it.
    private static func die(in object: SharedObject) { object.word(0).store(dead) }

    private static func table(_ object: SharedObject) -> ProcessTable { ProcessTable(object) }

    @Test("a table takes many processes, gives places again, and its block goes with the object")
    func processTable() throws {
      try Arena.open()
      let blocks = try Arena.usedBlockCount()
      let semaphore = try Semaphore(value: 5000)
      let table = ProcessTable(semaphore.object)
      #expect(table.count == 3)
      for index in 1...2000 as ClosedRange<UInt32> {
        _ = try table.insert(index, note: index &* 7)
      }
      #expect(table.count == 2000)
      #expect(try Arena.usedBlockCount() == blocks + 1)
      for index in 1...2000 as ClosedRange<UInt32> {
        #expect(table.entry(of: index)?.note.value == index &* 7)
      }
      table.entry(of: 1)?.remove()
      table.entry(of: 1999)?.remove()
      #expect(table.entry(of: 1999) == nil)
      _ = try table.insert(3001, note: 1)
      _ = try table.insert(3002, note: 2)
      #expect(table.count == 2000)
      #expect(table.entry(of: 3001)?.note.value == 1 && table.entry(of: 3002)?.note.value == 2)
      semaphore.object.release()
      #expect(try Arena.usedBlockCount() == blocks)
    }

    @Test("a token that was recorded but not yet taken comes back once")
    func tokenRecorded() throws {
      let semaphore = try Semaphore(value: 2, isBounded: true)
      defer { semaphore.object.release() }
      _ = try Self.table(semaphore.object).insert(Self.dead, note: 1)
      Self.die(in: semaphore.object)
      #expect(semaphore.isReady)
      #expect(try semaphore.acquire(until: .now) == .acquired)
      #expect(semaphore.value == 1)
      #expect(semaphore.holders.map(\.identity) == [Board.identity])
      try semaphore.release()
      #expect(semaphore.value == 2 && semaphore.holders.isEmpty)
    }

    @Test("a token that was struck off but not yet given back is given back")
    func tokenStruck() throws {
      let semaphore = try Semaphore(value: 2)
      defer { semaphore.object.release() }
      #expect(try semaphore.acquire() == .acquired)
      #expect(try semaphore.acquire() == .acquired)
      Self.table(semaphore.object).entry(of: Board.identity)?.note.value = 1
      Self.die(in: semaphore.object)
      #expect(try semaphore.acquire(until: .now) == .acquired)
      #expect(try semaphore.acquire(until: .now) == .timedOut)
      #expect(semaphore.holders.map(\.count) == [2])
    }

    @Test("a wake leaves the words behind the sequence and the tickets alone")
    func wakeLine() throws {
      let semaphore = try Semaphore(value: 0)
      defer { semaphore.object.release() }
      // As if all were known to be awake, and one drew a ticket since.
      semaphore.object.word(4).value = 8
      semaphore.object.word(5).value = 7
      WakeLine(semaphore.object, at: 3).wakeAll()
      #expect(semaphore.object.word(3).value == 1)
      #expect((4..<12).map { semaphore.object.word($0).value } == [8, 7, 0, 0, 0, 0, 0, 0])
      // Nobody sleeps: after the wake that is known.
      try semaphore.release()
      #expect(semaphore.object.word(3).value == 2 && semaphore.object.word(5).value == 8)
    }

    @Test("what is above the initial value belongs to nobody and stays")
    func signals() throws {
      let semaphore = try Semaphore(value: 0)
      defer { semaphore.object.release() }
      #expect(!semaphore.isReady)
      for _ in 0..<3 { try semaphore.release() }
      #expect(try semaphore.acquire() == .acquired)
      #expect(semaphore.holders.isEmpty)
      Self.die(in: semaphore.object)
      try semaphore.release()
      #expect(semaphore.value == 3)
    }

    @Test("the tokens of the dead wait for whoever asks")
    func tokensOfTheDead() throws {
      let semaphore = try Semaphore(value: 9)
      defer { semaphore.object.release() }
      for index in 0..<8 as Range<UInt32> {
        _ = try Self.table(semaphore.object).insert(Self.dead(index), note: 1)
      }
      semaphore.object.word(1).value = 1
      #expect(semaphore.value == 9)
      #expect(semaphore.holders.isEmpty)
    }

    @Test("a dead waiter's grant goes to the oldest living one, in every order of dying")
    func grants() throws {
      let lock = try RLock()
      let condition = try Condition(lock: .recursive(lock))
      defer {
        condition.object.release()
        lock.object.release()
      }
      let table = Self.table(condition.object)
      let living = Board.identity
      _ = try table.insert(Self.dead(1), note: 1)
      _ = try table.insert(Self.dead(2), note: 2)
      let own = try table.insert(living, note: 4)
      #expect(condition.waiterCount == 1)
      #expect(condition.isReady(for: living))
      _ = try lock.acquire()
      Self.die(in: condition.object)
      try condition.notify(0)
      #expect(own.note.value == 1 && condition.waiterCount == 0)
      #expect(table.entry(of: Self.dead(1)) == nil && table.entry(of: Self.dead(2)) == nil)
      own.remove()
      // Nobody waits: the next notification is for nobody.
      try condition.notifyAll()
      #expect(
        try condition.wait(until: .now) == Condition.Outcome(isNotified: false, isAbandoned: false))
      #expect(lock.depth == 1)
      try lock.release()
    }

    @Test("the oldest waiter comes first, also when the tickets begin anew")
    func oldest() throws {
      let lock = try Lock()
      let condition = try Condition(lock: .plain(lock))
      defer {
        condition.object.release()
        lock.object.release()
      }
      let table = Self.table(condition.object)
      // All of them are this process, which lives.
      condition.object.word(2).value = 2
      let notes = (0..<3).map { table[$0].note }
      for (place, note) in [UInt32(2), 0xFFFF_FFFC, 0].enumerated() {
        table[place].note.value = note
        table[place].process.value = Board.identity
      }
      _ = try lock.acquire()
      try condition.notify()
      #expect(notes.map(\.value) == [2, 1, 0])
      try condition.notify()
      #expect(notes.map(\.value) == [2, 1, 1])
      try condition.notify()
      #expect(notes.map(\.value) == [1, 1, 1])
      try lock.release()
    }

    @Test("a round that a dead process had begun to end goes on to its end", arguments: [2, 3])
    func rounds(phase: UInt32) throws {
      let barrier = try Barrier(parties: 3)
      defer { barrier.object.release() }
      let table = Self.table(barrier.object)
      let own = try table.insert(Board.identity, note: 1)
      _ = try table.insert(Self.dead, note: 3)
      barrier.object.word(2).value = phase
      Self.die(in: barrier.object)
      #expect(barrier.isReady(for: Board.identity))
      #expect(barrier.waiterCount == 0 && !barrier.isBroken)
      // Passed, or broken by a reset.
      #expect(own.note.value == (phase == 2 ? 3 : 18))
      #expect(table.entry(of: Self.dead) == nil)
    }

    @Test("a barrier is broken by the death of one that waits, and not of one that has passed")
    func partyDies() throws {
      let barrier = try Barrier(parties: 3)
      defer { barrier.object.release() }
      let table = Self.table(barrier.object)
      _ = try table.insert(Self.dead, note: 3)
      let own = try table.insert(Board.identity, note: 1)
      #expect(barrier.waiterCount == 1)
      #expect(!barrier.isBroken)
      #expect(!barrier.isReady(for: Board.identity))
      _ = try table.insert(Self.dead(1), note: 1)
      #expect(barrier.isReady(for: Board.identity))
      #expect(barrier.isBroken && barrier.waiterCount == 0)
      #expect(own.note.value == 19)
      own.remove()
      #expect(
        throws: MultiprocessingError.brokenBarrier(
          "the barrier is broken: a process died while waiting")
      ) { try barrier.wait() }
      try barrier.reset()
      #expect(throws: MultiprocessingError.self) { try barrier.wait(until: .now) }
      #expect(barrier.isBroken)
    }

    @Test("an event tells of every set since")
    func event() throws {
      let event = try Event()
      defer { event.object.release() }
      let before = event.object.word(0).load()
      #expect(!event.isReady(expected: before))
      try event.set()
      #expect(event.isReady(expected: before))
      try event.clear()
      #expect(event.isReady(expected: before) && !event.isSet)
      #expect(try event.wait(until: Deadline(secondsFromNow: 0.01)) == false)
    }
  }
}
