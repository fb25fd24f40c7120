// The fork server's own life. Python: `multiprocessing.forkserver.main`.

internal import Glibc
internal import SystemPackage

extension ForkServer {
  /// A process that the server forked.
  private struct Child {
    let pid: Int32
    let descriptor: Int32
    let identity: UInt32
    let requester: UInt32
    let isDaemon: Bool
    let record: StartRecord
  }

  /// Serves requests until the tree has no use for the server any more.
  ///
  /// - Parameter body: A forked process's life, from the claim on; its result is the exit code.
  ///   It gets what the process was given.
  public static func serve(_ body: (FreshProcess) -> Int32) {
    // The terminal's signals are for those who work.
    for signal in [SIGINT, SIGQUIT] { _ = Glibc.signal(signal, SIG_IGN) }
    // A relay is to end with those whose output it passes on.
    if ForkServer.isRelayed { Descriptor.silenceStandardStreams() }
    FreshProcess.releaseSignals()
    var loop = Loop()
    loop.run(body)
  }

  private struct Loop {
    var children: [Child] = []
    /// Descriptors of the processes that asked, by their identity.
    var requesters: [UInt32: Int32] = [:]

    /// Descriptors that are given up when there are no others for what a request brings.
    ///
    /// Without them it could not even be refused.
    var spares: [Int32] = []

    /// The process that began the tree: the first slot never goes to another.
    var isRootAlive: Bool { Board.isAlive(Slot(1).identity) }

    mutating func run(_ body: (FreshProcess) -> Int32) {
      guard let requests = ForkServer.requests else { return }
      let root = Slot(1).identity
      let rootDescriptor = ProcessCalls.openDescriptor(of: Int32(bitPattern: Slot(1).pid.load()))
      while true {
        keepSpares()
        reapChildren()
        forgetForkRequesters()
        while let (request, record, ends) = take(from: requests) ?? takeAtLimit(from: requests) {
          fork(request, record, ends, body)
          for end in ends { end.release() }
        }
        if !isRootAlive, requesters.isEmpty, requests.isEmpty { break }
        var things: [Waitable] = [.object(requests.object)]
        if isRootAlive { things.append(.process(identity: root, sentinel: rootDescriptor)) }
        for (identity, descriptor) in requesters {
          things.append(.process(identity: identity, sentinel: descriptor))
        }
        for child in children {
          things.append(.process(identity: child.identity, sentinel: child.descriptor))
        }
        do {
          _ = try MultipleWait.any(of: things, until: .never)
        } catch {
          continue
        }
      }
    }

    /// - Returns: What is asked for, what is said of it, and what the process is to write to.
    private func take(from requests: Queue) -> (ForkRequest, StartRecord, ends: [SharedObject])? {
      guard let message = requests.takeBytes(), let request = ForkRequest(bytes: message.bytes),
        let object = message.references.first, let record = StartRecord(object)
      else { return nil }
      FaultPoint.hit(.serverTaken)
      return (request, record, Array(message.references.dropFirst()))
    }

    /// The same when this process has as many descriptors open as it may.
    private mutating func takeAtLimit(
      from requests: Queue
    ) -> (ForkRequest, StartRecord, ends: [SharedObject])? {
      guard !requests.isEmpty else { return nil }
      closeSpares()
      return take(from: requests)
    }

    private mutating func keepSpares() {
      while spares.count < 2 {
        let spare = ProcessCalls.openReadable()
        guard spare >= 0 else { return }
        spares.append(spare)
      }
    }

    private mutating func closeSpares() {
      for spare in spares { ProcessCalls.closeDescriptor(spare) }
      spares = []
    }

    private mutating func fork(
      _ request: ForkRequest, _ record: StartRecord, _ ends: [SharedObject],
      _ body: (FreshProcess) -> Int32
    ) {
      // A request that a server before this one has seen already.
      guard record.phase == .requested, Board.isAlive(request.requester) else {
        return record.object.release()
      }
      guard !ends.isEmpty || !ForkServer.isRelayed else {
        // Meant for a server before this one, which had output of its own.
        record.noteRefused(.resourceTemporarilyUnavailable)
        return record.object.release()
      }
      let pid: Int32
      do throws(MultiprocessingError) {
        try giveReferences(to: request.child, record, ends)
        pid = try ForkPopen.forkClaiming(
          request.child, isDaemon: request.isDaemon, holdsSignals: true
        ) {
          signal(SIGINT, SIG_DFL)
          signal(SIGQUIT, SIG_DFL)
          self.closeInherited()
          OutputEnds.takeOver(ends)
          guard Board.isAlive(request.requester) || !request.isDaemon,
            let fresh = FreshProcess(launchNumber: request.launch)
          else { return 255 }
          return body(fresh)
        }
      } catch {
        let reason = if case .system(let errno, _) = error { errno } else { Errno.noMemory }
        record.noteRefused(reason)
        return record.object.release()
      }
      FaultPoint.hit(.serverForked)
      children.append(
        Child(
          pid: pid, descriptor: ProcessCalls.openDescriptor(of: pid), identity: request.child,
          requester: request.requester, isDaemon: request.isDaemon, record: record))
      watch(request.requester)
      record.noteStarted(pid: pid)
      FaultPoint.hit(.serverAnswered)
    }

    /// Lets a copy of this process hold what the modules made that were loaded here.
    ///
    /// - Throws: `.runtime` when nobody wants it any more: then its place may be another's.
    private func giveReferences(
      to child: UInt32, _ record: StartRecord, _ ends: [SharedObject]
    ) throws(MultiprocessingError) {
      try Arena.withLock { () throws(MultiprocessingError) in
        let slot = Board.slot(of: child)
        // Whoever sweeps the slot changes its state first, and its row after this.
        guard slot.state.load() == SlotState.starting(generation: child >> 14) else {
          throw .runtime("the start was given up")
        }
        References.addRow(from: Board.ownSlot.index, to: slot.index)
        for own in children.map(\.record.object) + [record.object] + ends {
          References.remove(own.number, slot: slot.index)
        }
        Board.ownSlot.forkCount.add(1)
      }
    }

    private func closeInherited() {
      for child in children { ProcessCalls.closeDescriptor(child.descriptor) }
      for descriptor in Array(requesters.values) + spares {
        ProcessCalls.closeDescriptor(descriptor)
      }
    }

    private mutating func watch(_ requester: UInt32) {
      guard requesters[requester] == nil else { return }
      let pid = Int32(bitPattern: Board.slot(of: requester).pid.load())
      let descriptor = ProcessCalls.openDescriptor(of: pid)
      requesters[requester] = descriptor
    }

    /// Reports the children that have ended.
    private mutating func reapChildren() {
      children.removeAll { child in
        guard ProcessCalls.hasEnded(child.pid) else { return false }
        // The number stays the child's until it is reaped: who opens it must know whether it was.
        child.record.noteEnding()
        FaultPoint.hit(.serverEnding)
        let end = ProcessCalls.reap(child.pid)
        let code = if case .ended(let status) = end { status.exitCode } else { 255 }
        ProcessCalls.closeDescriptor(child.descriptor)
        child.record.noteEnded(code)
        FaultPoint.hit(.serverReported)
        // Who asked sweeps it; if that one is dead, everybody may.
        if !Board.isAlive(child.requester) { Board.sweepReaped(child.identity) }
        child.record.object.release()
        return true
      }
    }

    /// Kills the daemons of processes that have ended, and forgets processes without children.
    private mutating func forgetForkRequesters() {
      for (identity, descriptor) in requesters {
        let own = children.filter { $0.requester == identity }
        if !Board.isAlive(identity) {
          for child in own where child.isDaemon { kill(child.pid, SIGKILL) }
        } else if !own.isEmpty {
          continue
        }
        ProcessCalls.closeDescriptor(descriptor)
        requesters[identity] = nil
      }
    }
  }
}
