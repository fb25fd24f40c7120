// What a deadlock's error says. No counterpart in Python.

extension WaitGraph {
  /// Who waits for what and who holds it, a line for each process of a cycle.
  static func report(_ members: [Member]) -> String {
    let most = 20
    var lines = ["nobody is left who could end this wait"]
    let now = Clock.nanoseconds
    for member in members.prefix(most) { lines.append("  " + line(of: member, now)) }
    if members.count > most { lines.append("  and \(members.count - most) more") }
    return lines.joined(separator: "\n")
  }

  private static func line(of member: Member, _ now: UInt64) -> String {
    let tenths = (now &- member.since) / 100_000_000
    let what = member.entries.map(describe).joined(separator: " or ")
    return "\(name(member.identity)) has waited \(tenths / 10).\(tenths % 10) s in \(what)"
  }

  /// What a process does and with what, as in "acquire() of the Lock made at jobs.lua:3, held by
  /// Process-1 (pid 12)".
  private static func describe(_ entry: WaitEntry) -> String {
    let object = SharedObject(number: entry.object)
    switch entry.operation {
    case .processJoin, .exitJoin: return "join() of \(name(entry.object))"
    case .lockAcquire: return "acquire() of \(describe(object, "Lock"))\(holder(object))"
    case .recursiveLockAcquire: return "acquire() of \(describe(object, "RLock"))\(holder(object))"
    case .queueGet: return "get() of \(describe(object, "Queue"))"
    case .queueIterate: return "a loop over \(describe(object, "Queue"))"
    case .queuePut: return "put() into \(describe(object, "Queue")), which is full"
    case .queueJoin: return "join() of \(describe(object, "JoinableQueue"))"
    case .connectionReceive: return "recv() from \(describe(object, "Pipe"))"
    case .connectionSend: return "send() into \(describe(object, "Pipe")), which is full"
    case .semaphoreAcquire:
      let kind = object.kind == .boundedSemaphore ? "BoundedSemaphore" : "Semaphore"
      return "acquire() of \(describe(object, kind))\(holders(Semaphore(object)))"
    case .conditionWait: return "wait() for \(describe(object, "Condition"))"
    case .eventWait: return "wait() for \(describe(object, "Event"))"
    case .barrierWait: return "wait() at \(describe(object, "Barrier"))"
    case .none, .waitAny: return "wait()"
    }
  }

  private static func describe(_ object: SharedObject, _ kind: String) -> String {
    let place = object.place
    return place.isEmpty ? "a \(kind)" : "the \(kind) made at \(place)"
  }

  private static func holder(_ object: SharedObject) -> String {
    let owner = OwnerWord(object.word(0)).owner
    return owner == 0 ? "" : ", held by \(name(owner))"
  }

  private static func holders(_ semaphore: Semaphore) -> String {
    let names = semaphore.holders.filter { $0.identity != 0 }.map { name($0.identity) }
    return names.isEmpty ? "" : ", whose tokens are with \(names.joined(separator: ", "))"
  }

  private static func name(_ identity: UInt32) -> String {
    let name = Board.name(of: identity) ?? "a process"
    return "\(name) (pid \(Board.slot(of: identity).pid.load()))"
  }
}
