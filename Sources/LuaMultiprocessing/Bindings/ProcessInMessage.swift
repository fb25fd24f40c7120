// What of a process travels. Python: none; there a Process is refused, but at its own start.

internal import CLuaBridge
internal import Multiprocessing

/// A handle in another process says who is meant: name, number, whether it is a daemon. It cannot
/// wait for it or signal it, which is its creator's right. Back in the process that made it, it is the
/// object that is there while it runs, and later one that is equal and knows as much. Its target, its
/// arguments and the script's own fields stay where they are. It is of its class where that is known: in the
/// processes that were forked since it was made, those that are of the class themselves, and those that got it
/// in a message or by its registered name.
extension ProcessHandle: Transferable {
  var refusal: String? { process == nil ? "it was not initialised" : nil }

  var details: UInt64 {
    guard let process else { return 0 }
    return UInt64(UInt32(bitPattern: process.creator)) << 32
      | UInt64(UInt32(bitPattern: process.pid ?? 0))
  }

  /// Whether it is a daemon, how many numbers its identity has, the number of its class or 0, how long the
  /// name of that is, its identity, the class's name, its own.
  var text: [UInt8] {
    guard let process else { return [] }
    let className = Array((scriptClass?.name ?? "").utf8.prefix(1 << 10))
    let numbers =
      [
        process.isDaemon ? 1 : 0, process.identity.count, scriptClass?.identity ?? 0,
        className.count,
      ] + process.identity
    return HandleParts.bytes(of: numbers) + className + process.name.utf8.prefix(1 << 15)
  }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    let word = MemoryLayout<Int>.size
    let head = HandleParts(text: Array(parts.text.prefix(4 * word)))
    guard let flags = head.numbers(4), (0...1).contains(flags[0]), (0...1000).contains(flags[1]),
      (0...1 << 10).contains(flags[3])
    else { return false }
    let rest = parts.text.dropFirst(4 * word)
    let numbers = HandleParts(text: Array(rest.prefix(flags[1] * word)))
    guard let identity = numbers.numbers(flags[1]) else { return false }
    let names = rest.dropFirst(flags[1] * word)
    let name = String(decoding: names.dropFirst(flags[3]), as: UTF8.self)
    let pid = Int32(truncatingIfNeeded: parts.details)
    let creator = Int32(truncatingIfNeeded: parts.details >> 32)
    // A description of this process that was sent before its start has no number.
    if state.pushDescribed(creator, identity) { return true }
    if pid == CurrentProcess.pid {
      state.pushCurrentProcess()
      return true
    }
    if creator == CurrentProcess.pid, state.pushChild(identity) { return true }
    let handle = ProcessHandle()
    handle.process =
      ProcessHandle.own(creator, identity)
      ?? Process(
        name: name, identity: identity, isDaemon: flags[0] == 1, creator: creator,
        pid: pid == 0 ? nil : pid)
    if flags[2] != 0 {
      let isKnown = state.pushProcessClass(identity: flags[2])
      let className = String(decoding: names.prefix(flags[3]), as: UTF8.self)
      handle.scriptClass = ScriptClass(
        identity: flags[2], name: className, isMissing: !isKnown)
    }
    if handle.scriptClass?.isMissing ?? true { state.pushProcessClass() }
    state.pushBare(object: handle, userValues: 1)
    state.newTable()
    state.setUserValue(-2)
    state.rawGet(-2, "__instance")
    state.setMetatable(-2)
    state.remove(-2)
    return true
  }
}

extension LuaState {
  /// Pushes this process's own object if that is who is meant.
  ///
  /// Stack: [] -> [process] when the result is true.
  fileprivate func pushDescribed(_ creator: Int32, _ identity: [Int]) -> Bool {
    rawGet(LuaState.registry, "multiprocessing.current")
    if let own = optionalObject(-1, as: ProcessHandle.self)?.process,
      own.creator == creator, own.identity == identity
    {
      return true
    }
    pop()
    return false
  }
}
