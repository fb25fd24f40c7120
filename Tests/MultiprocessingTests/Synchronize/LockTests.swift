// Locks within one process; what other processes do to them is simulated by their words.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Lock")
  struct LockTests {
    /// An identity that never lived: its slot's life word has no owner.
    static let dead: UInt32 = 77 << 14 | 60

    @Test("acquire, time out, release, release too often")
    func lockStates() throws {
      let lock = try Lock()
      defer { lock.object.release() }
      #expect(!lock.isLocked)
      #expect(lock.ownerName == nil)
      #expect(try lock.acquire() == .acquired)
      #expect(lock.isLocked && lock.isOwned)
      #expect(lock.ownerName == "MainProcess")
      #expect(try lock.acquire(until: .now) == .timedOut)
      #expect(try lock.acquire(until: Deadline(secondsFromNow: 0.02)) == .timedOut)
      try lock.release()
      #expect(!lock.isLocked)
      #expect(
        throws: MultiprocessingError.valueError("semaphore or lock released too many times")
      ) { try lock.release() }
    }

    @Test("a dead owner's lock is abandoned to the next, and may be released by anybody")
    func abandoned() throws {
      let lock = try Lock()
      defer { lock.object.release() }
      lock.object.word(0).store(Self.dead)
      #expect(!lock.isLocked)
      #expect(lock.ownerName == "SomeOtherProcess")
      #expect(try lock.acquire(until: .now) == .abandoned)
      try lock.release()
      lock.object.word(0).store(Self.dead)
      try lock.release()
      #expect(try lock.acquire() == .acquired)
    }

    @Test("a waiter that gives up leaves its mark for the others")
    func mark() throws {
      let lock = try Lock()
      defer { lock.object.release() }
      _ = try lock.acquire()
      #expect(try lock.acquire(until: Deadline(secondsFromNow: 0.01)) == .timedOut)
      #expect(lock.object.word(0).load() & OwnerWord.waitersBit != 0)
      try lock.release()
      #expect(lock.object.word(0).load() == 0)
    }

    @Test("a recursive lock counts, and only its owner releases it")
    func recursive() throws {
      let lock = try RLock()
      defer { lock.object.release() }
      let refusal = MultiprocessingError.assertion(
        "attempt to release recursive lock not owned by thread")
      #expect(throws: refusal) { try lock.release() }
      #expect(try lock.acquire() == .acquired)
      #expect(try lock.acquire(until: .now) == .acquired)
      #expect(lock.depth == 2)
      try lock.release()
      #expect(lock.depth == 1 && lock.isOwned)
      try lock.release()
      #expect(lock.depth == 0 && !lock.isLocked)
      lock.object.word(0).store(Self.dead)
      lock.object.word(1).store(5)
      #expect(throws: refusal) { try lock.release() }
      #expect(try lock.acquire() == .abandoned)
      #expect(lock.depth == 1)
    }

    @Test("equal handles are the same lock, and an offset finds it again")
    func identity() throws {
      let lock = try Lock()
      let other = try Lock()
      #expect(lock != other)
      let found = try #require(SharedObject(offset: lock.object.offset))
      #expect(Lock(found) == lock)
      #expect(SharedObject(offset: lock.object.offset + 1) == nil)
      #expect(SharedObject(offset: 3) == nil)
      let offset = other.object.offset
      lock.object.release()
      other.object.release()
      #expect(SharedObject(offset: offset) == nil)
    }
  }
}
