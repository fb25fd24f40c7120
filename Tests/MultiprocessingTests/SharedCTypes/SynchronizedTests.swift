// Values and arrays within one process: where their memory lies and comes from.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Synchronized")
  struct SynchronizedTests {
    @Test("a small one lies in its entry, a larger one takes a block and gives it back")
    func memory() throws {
      try Arena.open()
      let before = try Arena.usedBlockCount()
      for (count, blocks) in [(1, 0), (4, 0), (5, 1), (512, 1), (513, 1), (1 << 20, 1)] {
        let array = try Synchronized.makeArray(.double, count: count)
        #expect(try Arena.usedBlockCount() - before == blocks)
        #expect(array.elements.byteCount == count * 8)
        #expect(try array.store(.float(2.5), at: count - 1) == .stored)
        #expect(try array.load(count - 1) == .float(2.5))
        array.object.release()
        #expect(try Arena.usedBlockCount() == before)
      }
    }

    @Test("what is made is zero, also where something was freed")
    func zero() throws {
      for _ in 0..<3 {
        for count in [4, 1000] {
          let array = try Synchronized.makeArray(.int64, count: count)
          #expect(array.elements.sum() == .integer(0))
          #expect(array.elements.fill(.integer(-1)) == .stored)
          array.object.release()
        }
      }
    }

    @Test("another handle of the object finds type, count and contents")
    func handle() throws {
      let array = try Synchronized.makeArray(.uint16, count: 100)
      defer { array.object.release() }
      _ = try array.store(.integer(65_535), at: 99)
      let other = Synchronized(array.object)
      #expect(other == array)
      #expect(try other.load(99) == .integer(65_535))
      #expect(try array.store(.integer(65_536), at: 99) == .outOfRange)
      #expect(try array.store(.float(0.5), at: 99) == .notWhole)
      #expect(try other[98..<100].load(1) == .integer(65_535))
    }

    @Test("lack of memory is an error where the array is made")
    func tooLarge() throws {
      for count in [Int.max, 1 << 33] {
        #expect(throws: MultiprocessingError.self) {
          try Synchronized.makeArray(.double, count: count)
        }
      }
    }

    @Test("an access takes the lock from a dead owner and leaves it free")
    func abandoned() throws {
      let lock = try RLock()
      let value = try Synchronized.makeValue(.int32).with(AccessLock(lock))
      defer {
        value.object.release()
        lock.object.release()
      }
      lock.object.word(0).store(LockTests.dead)
      #expect(try value.add(.integer(5), at: 0).before == .integer(0))
      #expect(!lock.isLocked)
      _ = try lock.acquire()
      #expect(try value.load(0) == .integer(5))
      #expect(lock.depth == 1)
      try lock.release()
      #expect(!lock.isLocked)
    }
  }
}
