// Signals to the other processes of the tree. Python: none; each parent knows its own children.

internal import Glibc

extension Board {
  /// Takes a flag of this process; says whether it was set.
  ///
  /// Safe in a signal handler.
  public static func takeOwn(_ flag: ProcessFlags) -> Bool {
    guard identity != 0, flags(of: identity).contains(flag) else { return false }
    remove(flag, of: identity)
    return true
  }

  /// Sends a signal to every other process of the tree, which is to end.
  ///
  /// A stopped one goes on, so that it hears it. A relay, which ends with those whose output it passes
  /// on, is only killed. Only in the process that began the tree. Safe in a signal handler.
  public static func signalOthers(_ signal: Int32) {
    // One that is starting comes after this or finds it: pairs with `isTreeEnding`.
    insert(.endsTree, of: identity)
    forEachOther(withRelays: signal == SIGKILL) { slot in
      let pid = Int32(bitPattern: slot.pid.load())
      kill(pid, signal)
      kill(pid, SIGCONT)
    }
  }

  /// Whether the process that began the tree ends it, or has done so.
  ///
  /// Asked by a process whose slot says already that it runs.
  static var isTreeEnding: Bool {
    let word = Slot(1).flags.load()
    return word >> 16 == 1 && word & ProcessFlags.endsTree.rawValue != 0
  }

  /// Ends every other process of the tree by SIGTERM, and by SIGKILL who is left at the deadline.
  ///
  /// Relays are left alone: they end with those whose output they pass on. Only in the process that
  /// began the tree.
  ///
  /// - Throws: `.interrupted`; call it again to go on.
  static func endOthers(until deadline: Deadline) throws(MultiprocessingError) {
    insert(.endsTree, of: identity)
    var told: Set<UInt32> = []
    while true {
      // One that was told may have started another in its last moment.
      var next: (identity: UInt32, pid: Int32)?
      forEachOther { slot in
        let pid = Int32(bitPattern: slot.pid.load())
        next = (slot.identity, pid)
        guard deadline.isPast || told.insert(slot.identity).inserted else { return }
        kill(pid, deadline.isPast ? SIGKILL : SIGTERM)
        kill(pid, SIGCONT)
      }
      guard let next else { return }
      let descriptor = ProcessCalls.openDescriptor(of: next.pid)
      defer { ProcessCalls.closeDescriptor(descriptor) }
      // The number may have gone to another process, if ours ended before it was opened.
      guard isAlive(next.identity) else { continue }
      let pause = Deadline(secondsFromNow: deadline.isPast ? 0.05 : deadline.secondsLeft)
      let things = descriptor < 0 ? [] : [Waitable.descriptor(descriptor)]
      _ = try MultipleWait.any(of: things, until: pause)
    }
  }

  /// Whether another process of the tree runs, or is starting.
  public static var hasOthers: Bool {
    guard identity != 0 else { return false }
    return (1..<Int(Arena.header.slotLimit.load())).contains { index in
      let slot = Slot(index)
      let state = slot.state.load()
      return slot.identity != identity
        && (SlotState.isStarting(state) || SlotState.isClaimed(state)
          || SlotState.isRunning(state) && isAlive(slot.identity))
    }
  }

  /// Calls `body` with the slot of every other process that runs.
  private static func forEachOther(withRelays: Bool = false, _ body: (Slot) -> Void) {
    guard identity != 0 else { return }
    for index in 1..<Int(Arena.header.slotLimit.load()) {
      let slot = Slot(index)
      let other = slot.identity
      guard other != identity, SlotState.isRunning(slot.state.load()), isAlive(other) else {
        continue
      }
      if withRelays || !slot.isRelay { body(slot) }
    }
  }
}

// MARK: - Asking what all do

extension Board {
  /// Says that this process has shown its stack, now.
  public static func noteStackShown() {
    guard identity != 0 else { return }
    ownSlot.stackShown.store(Clock.nanoseconds)
    let count = Slot(1).stackAnswerCount
    count.add(1)
    Futex.wakeAll(count)
  }

  /// Whether this process has shown its stack since a reading of `Clock`.
  public static func hasShownStack(since time: UInt64) -> Bool {
    identity != 0 && ownSlot.stackShown.load() >= time
  }

  /// Asks every process that has not shown its stack since a reading of `Clock` to do so, and waits
  /// for them until the deadline.
  ///
  /// - Returns: Those that have not answered.
  public static func requestStacks(since time: UInt64, until deadline: Deadline) -> [ProcessRecord]
  {
    forEachOther { slot in
      guard slot.stackShown.load() < time,
        flags(of: slot.identity).contains(.showsStack)
      else { return }
      insert(.stackRequested, of: slot.identity)
      kill(Int32(bitPattern: slot.pid.load()), SIGQUIT)
    }
    while true {
      let count = Slot(1).stackAnswerCount.load()
      var silent: Set<UInt32> = []
      forEachOther { slot in
        if slot.stackShown.load() < time { silent.insert(slot.identity) }
      }
      if silent.isEmpty || deadline.isPast {
        return processes.filter { silent.contains($0.identity) && $0.state == .running }
      }
      // The end of a process changes no word that could be slept on here.
      let pause = deadline.earlier(of: Deadline(secondsFromNow: 0.05))
      _ = Futex.wait(on: Slot(1).stackAnswerCount, while: count, until: pause)
    }
  }
}

extension ProcessRecord {
  /// What can be said of a process that does not say itself what it does: what the system says, and what
  /// it waits for.
  public var seenFromOutside: String {
    let state = systemState
    if let wait { return "\(state); it waits: \(wait.description)" }
    // A stopped one may be anywhere.
    return state.hasPrefix("stopped") ? state : "\(state), outside of Lua code"
  }

  /// What the system says of the process: its state and, if the system tells, where in the kernel it
  /// sleeps: `sleeping (S) in hrtimer_nanosleep`.
  public var systemState: String {
    guard let state = ProcessStatus(of: pid)?.state else { return "gone" }
    let names: [Character: String] = [
      "R": "running", "S": "sleeping", "D": "in an uninterruptible sleep", "T": "stopped",
      "t": "stopped by a debugger", "Z": "a zombie",
    ]
    let text = "\(names[state] ?? "in state") (\(state))"
    guard state == "S" || state == "D", let place = SmallFile.read("/proc/\(pid)/wchan"),
      !place.isEmpty, place != "0"
    else { return text }
    return "\(text) in \(place)"
  }
}
