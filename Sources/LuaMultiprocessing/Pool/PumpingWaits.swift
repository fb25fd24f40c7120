// Waits during which the pools of this process get on. Python: its pools' threads run beside any wait.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Takes a value out of a queue; callbacks of pools run meanwhile.
  ///
  /// Stack: [] -> [value].
  @inline(__always)
  func getPumping(
    from queue: Queue, until deadline: Deadline, isLoop: Bool = false
  ) throws(LuaError) {
    if Pools.areBusy, try getWhileBusy(from: queue, until: deadline) { return }
    try Messages.get(self, from: queue, until: deadline, isLoop: isLoop)
  }

  /// Stack: [] -> [value] when the result is true; false when no pool has work any more, or the
  /// deadline has passed.
  @inline(never)
  private func getWhileBusy(
    from queue: Queue, until deadline: Deadline
  ) throws(LuaError) -> Bool {
    while true {
      try pumpPools()
      do {
        try Messages.get(self, from: queue, until: .now)
        return true
      } catch .object(.empty, _) {
        guard Pools.areBusy, !deadline.isPast,
          try pumpWhileWaiting(for: [.object(queue.object)], until: deadline)
        else { return false }
      }
    }
  }

  /// Waits for the end of a process while pools have work.
  func pumpWhileJoining(_ process: Process, until deadline: Deadline) throws(LuaError) {
    guard Pools.areBusy, let identity = process.boardIdentity, process.isOwn,
      let sentinel = try? process.sentinel()
    else { return }
    _ = try pumpWhileWaiting(
      for: [.process(identity: identity, sentinel: sentinel)], until: deadline)
  }

  /// Waits for the first of several things; callbacks of pools run meanwhile.
  func waitPumping(
    for things: [Waitable], until deadline: Deadline
  ) throws(LuaError) -> [Int] {
    if Pools.areBusy { _ = try pumpWhileWaiting(for: things, until: deadline) }
    return try lifting { () throws(MultiprocessingError) in
      try MultipleWait.any(of: things, until: deadline)
    }
  }
}
