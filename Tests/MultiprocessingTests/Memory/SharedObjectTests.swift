// References, blocks, and what a rebuild makes of half-done work.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Shared objects")
  struct SharedObjectTests {
    @Test("the last release frees the object and its blocks, and entries are used again")
    func release() throws {
      try Arena.open()
      let objects = Statistics.current.liveObjectCount
      let blocks = try Arena.usedBlockCount()
      for _ in 0..<1000 {
        let queue = try Queue()
        let lock = try Lock()
        #expect(queue.object.isRetained)
        queue.release()
        lock.object.release()
      }
      #expect(Statistics.current.liveObjectCount == objects)
      #expect(try Arena.usedBlockCount() == blocks)
      let highWater = Arena.header.objectHighWater.load()
      for _ in 0..<10_000 { try Lock().object.release() }
      #expect(Arena.header.objectHighWater.load() <= highWater + 1)
    }

    @Test("an object stays while another process holds it, and goes with that process")
    func otherHolder() throws {
      let lock = try Lock()
      let number = lock.object.number
      // As if a child had inherited it.
      Board.ownSlot.forkCount.add(1)
      try Arena.withLock { () throws(MultiprocessingError) in
        References.markInUse(40, true)
        References.insert(number, slot: 40)
      }
      lock.object.release()
      #expect(lock.object.kind == .lock)
      try Arena.withLock { () throws(MultiprocessingError) in References.clearRow(40) }
      #expect(lock.object.kind == nil)
    }

    @Test("a child's row is its parent's, over many groups of objects")
    func copyRow() throws {
      let locks = try (0..<5000).map { _ in try Lock() }
      try Arena.withLock { () throws(MultiprocessingError) in
        References.copyRow(from: Board.ownSlot.index, to: 41)
      }
      #expect(locks.allSatisfy { References.contains($0.object.number, slot: 41) })
      Board.ownSlot.forkCount.add(1)
      for lock in locks { lock.object.release() }
      #expect(locks.allSatisfy { $0.object.kind == .lock })
      try Arena.withLock { () throws(MultiprocessingError) in References.clearRow(41) }
      #expect(locks.allSatisfy { $0.object.kind == nil })
    }

    @Test("a rebuild frees blocks that nobody knows and objects that nobody holds")
    func rebuild() throws {
      let kept = try Queue()
      let lost = try Lock()
      let objects = Statistics.current.liveObjectCount
      let blocks = try Arena.usedBlockCount()
      try Arena.withLock { () throws(MultiprocessingError) in
        _ = try Blocks.take(ofClass: 14, owner: kept.object.number)
        References.remove(lost.object.number, slot: Board.ownSlot.index)
      }
      // As if the process had died there with the arena's word.
      Arena.header.lock.word.store(LockTests.dead)
      let after = try Lock()
      #expect(lost.object.kind == nil || lost.object == after.object)
      #expect(Statistics.current.liveObjectCount == objects)
      #expect(try Arena.usedBlockCount() == blocks)
      try unsafe kept.put(byteCount: 8) { unsafe $0.storeBytes(of: 4, as: Int.self) }
      #expect(kept.count == 1)
      after.object.release()
      kept.release()
    }

    @Test("the memory of large arrays goes while the object stays: that needs no lock")
    func largeArray() throws {
      let blocks = try Arena.usedBlockCount()
      let small = try Synchronized.makeArray(.double, count: 1000, isFilled: true)
      let large = try Synchronized.makeArray(.double, count: 200_000, isFilled: true)
      #expect(!small.object.isLarge && large.object.isLarge)
      _ = large.elements.fill(.integer(1))
      large.object.punchLarge()
      #expect(large.object.isRetained && large.elements.sum() == .float(0))
      small.object.release()
      large.object.release()
      #expect(large.object.kind == nil)
      #expect(try Arena.usedBlockCount() == blocks)
    }

    @Test("places keep their end and names their beginning, cut at a character")
    func texts() throws {
      let lock = try Lock()
      defer { lock.object.release() }
      lock.object.place = "jobs.lua:12"
      #expect(lock.object.place == "jobs.lua:12")
      lock.object.place = String(repeating: "é", count: 30)
      #expect(lock.object.place == "..." + String(repeating: "é", count: 20))
      // The line matters most.
      lock.object.place = String(repeating: "a/", count: 30) + "jobs.lua:12"
      #expect(lock.object.place.hasSuffix("/jobs.lua:12") && lock.object.place.hasPrefix("..."))
    }

    @Test("zones do not overlap and lie inside the arena", arguments: [28, 30, 36, 40])
    func layout(shift: Int) {
      let layout = ArenaLayout(byteCount: 1 << shift)
      var end = layout.zones
      for blockClass in ArenaLayout.blockClasses where layout.blockCount(ofClass: blockClass) > 0 {
        #expect(layout.block(0, ofClass: blockClass) >= end)
        let last = layout.blockCount(ofClass: blockClass) - 1
        end = layout.block(last, ofClass: blockClass) + 1 << blockClass
      }
      #expect(end <= layout.byteCount)
      let last = ArenaLayout.blockClasses.upperBound
      #expect(
        layout.blockTable(ofClass: last) + layout.blockCount(ofClass: last) * 8 <= layout.zones)
    }
  }
}
