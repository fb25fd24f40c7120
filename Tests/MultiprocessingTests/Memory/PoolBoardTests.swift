// The marks of tasks that are not to be run: each is of one task alone.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Marks of cancelled tasks", .serialized)
  struct PoolBoardTests {
    private final class Job: PoolJob {
      func taskEnded(_ task: PoolTask, _ outcome: TaskOutcome) {}
    }

    private func put(into core: PoolCore) throws -> PoolTask {
      try unsafe core.put(
        Job(), index: 0, TaskHeader(job: 1, kind: .call, first: 0, count: 1), byteCount: 0,
        carrying: nil
      ) { _ in }
    }

    @Test("a mark is no other task's, of millions that may wait")
    func distance() throws {
      let core = try PoolCore(workers: 1)
      defer { core.release() }
      let task = try put(into: core)
      #expect(try core.withdraw(task))
      #expect(core.board.isMarked(task.ordinal))
      for shift in 0..<22 { #expect(!core.board.isMarked(task.ordinal + 1 << shift)) }
      try core.board.clearMark(task.ordinal)
      #expect(!core.board.isMarked(task.ordinal))
    }

    @Test("a task that a worker has is stopped without a mark: it may be a later one's")
    func running() throws {
      let core = try PoolCore(workers: 1)
      defer { core.release() }
      let task = try put(into: core)
      let seat = WorkerSeat(core.object, position: 0)
      var buffer = ScratchBuffer()
      var references: [SharedObject]?
      #expect(try seat.take(into: &buffer, references: &references) == task.ordinal)
      #expect(try core.cancel(task))
      #expect(!core.board.isMarked(task.ordinal))
    }
  }
}
