// Waiting for results. Python: `ApplyResult.wait`, and the sleeps of the pool's threads.

extension PoolCore {
  /// Waits until there may be something for `pump` to do: a result, or a worker that has ended.
  ///
  /// - Throws: `.interrupted`, and `.deadlock` when the owner is asked to fail.
  public func waitForNews(until deadline: Deadline) throws(MultiprocessingError) {
    if results.count > 0 || deadline.isPast { return }
    if spin() { return }
    var sleep = SlicedSleep(WaitPurpose(.poolResult, object: object.number))
    let line = results.header.notEmpty
    while true {
      let expected = line.sequence.load()
      // The ticket first, then the look: pairs with the putter's commit and look at the tickets.
      line.tickets.add(1)
      if results.count > 0 || deadline.isPast { return }
      guard let (watches, isComplete) = watchWorkers() else { return }
      // A worker that has only just been started has no life to watch yet.
      let until =
        isComplete ? deadline : deadline.earlier(of: Deadline(secondsFromNow: 0.01))
      let outcome = try sleep.sleep(
        on: line.sequence, while: expected, and: watches, until: until)
      if results.count > 0 {
        let isSilent = !results.header.putWord.isHeld && line.sequence.load() == expected
        if outcome == .sliceOver && isSilent { Statistics.countFind(after: sleep) }
        return
      }
      if outcome == .sliceOver, hasOverdue { return }
    }
  }

  /// How soon `pump` must be called again at the latest.
  public var longestWait: Deadline {
    Deadline(secondsFromNow: limitedTasks > 0 ? 0.25 : 60)
  }

  /// The lives of the workers to sleep on; nil when one of them has ended.
  private func watchWorkers() -> ([Futex.Watch], isComplete: Bool)? {
    var watches: [Futex.Watch] = []
    var isComplete = true
    for worker in workers {
      guard let worker else { continue }
      if watches.count < Board.mostWatched, let watch = Board.watch(worker.identity) {
        watches.append(watch)
      } else if !Board.isAlive(worker.identity) {
        if worker.process.poll() != nil {
          Board.passOnDeath(of: worker.identity)
          return nil
        }
        isComplete = false
      }
    }
    return (watches, isComplete)
  }

  private func spin() -> Bool {
    // Who ran here last cannot run while this spins.
    if results.header.putProcessor.value == SpinWait.processor { return false }
    for _ in 0..<SpinWait.pauses {
      if results.count > 0 { return true }
      SpinWait.pause()
    }
    return false
  }

  /// What to wait for together with other things, so that `pump` is called in time.
  public var waitables: [Waitable] {
    [.object(SharedObject(number: results.header.object.value))]
      + workers.compactMap { worker in
        guard let worker, let sentinel = worker.process.openSentinel else { return nil }
        return .process(identity: worker.identity, sentinel: sentinel)
      }
  }
}
