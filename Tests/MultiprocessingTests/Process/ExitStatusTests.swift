// Wait statuses, and the states of a slot.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Exit status")
  struct ExitStatusTests {
    @Test(
      "Python's exit codes", arguments: [(0, 0), (0x100, 1), (0xFF00, 255), (9, -9), (0x8B, -11)])
    func codes(wait: Int32, code: Int) {
      #expect(ExitStatus(waitStatus: wait).exitCode == code)
      #expect(ExitStatus(waitStatus: wait).signal == (code < 0 ? -code : nil))
    }
  }

  @MainActor
  @Suite("Board")
  struct BoardTests {
    @Test("the root is alive, named and at depth 0")
    func root() throws {
      try Arena.open()
      #expect(Board.isRoot && Board.isAlive(Board.identity) && Board.depth == 0)
      #expect(Board.name(of: Board.identity) == "MainProcess")
      #expect(!Board.isAlive(LockTests.dead))
    }

    @Test("a start that is cancelled leaves nothing")
    func cancelled() throws {
      let lock = try Lock()
      let child = try Board.prepareStart(name: "never", kind: .user)
      #expect(Board.name(of: child) == "never")
      lock.object.release()
      #expect(lock.object.kind == .lock)
      Board.cancelStart(child)
      #expect(lock.object.kind == nil)
      #expect(Board.slot(of: child).state.load() == SlotState.free)
    }

    @Test("a started child that a dead sweeper left is swept again")
    func sweepTwice() throws {
      let child = try Board.prepareStart(name: "left", kind: .user)
      Board.slot(of: child).state.store(SlotState.dead(sweeper: LockTests.dead))
      Board.sweepDead()
      #expect(Board.slot(of: child).state.load() == SlotState.free)
    }

    @Test("a start whose parent is dead is swept, one whose parent lives is not")
    func orphan() throws {
      let child = try Board.prepareStart(name: "orphan", kind: .user)
      Board.sweepDead()
      #expect(SlotState.isStarting(Board.slot(of: child).state.load()))
      Board.slot(of: child).parent.store(LockTests.dead)
      Board.sweepDead()
      #expect(Board.slot(of: child).state.load() == SlotState.free)
    }

    @Test("a process that was forked by others may do nothing")
    func stranger() throws {
      try Arena.open()
      let me = Board.identity
      let lock = try Lock()
      Board.forget()
      defer { Board.remember(me) }
      #expect(throws: Board.strangerError) { _ = try lock.acquire() }
      #expect(throws: Board.strangerError) { _ = try Lock() }
      Board.remember(me)
      lock.object.release()
    }
  }
}
