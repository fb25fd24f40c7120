// What Lua lacks and examples need: `mp.sleep`, `mp.time`, `mp.repr`.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Adds the functions to the module on top of the stack.
  func addSmallFunctions() {
    setFunctions([
      "sleep": { $0.run(sleep) },
      "time": { $0.run(time) },
      "repr": { $0.run(represent) },
      "set_deadlock_detection": { $0.run(setDeadlockDetection) },
    ])
  }
}

/// Lua: `mp.sleep(seconds)`.
///
/// Ctrl-C ends it.
private func sleep(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("sleep")
  guard state.type(1) == .number, let seconds = try state.seconds(1, "seconds") else {
    throw .argument(1, "number of seconds expected, got \(state.typeName(1))")
  }
  guard seconds >= 0 else { throw .value("sleep length must be non-negative") }
  _ = try state.waitPumping(for: [], until: Deadline(secondsFromNow: seconds))
  return 0
}

/// Lua: `mp.set_deadlock_detection(enabled)`: whether waits that nobody is left to end raise
/// `DeadlockError`, in all processes of the program.
private func setDeadlockDetection(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("set_deadlock_detection")
  try state.bind(
    Signature(
      name: "set_deadlock_detection", example: "mp.set_deadlock_detection(false)",
      parameters: [Parameter("enabled", .value)]),
    from: 1)
  DeadlockDetection.isEnabled = try state.flag(1, "enabled", default: true)
  return 0
}

/// Lua: `mp.time()`: seconds of the monotonic clock.
private func time(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("time")
  state.push(Clock.seconds)
  return 1
}

/// Lua: `mp.repr(v)`: the value in Lua syntax.
private func represent(_ state: LuaState) throws(LuaError) -> Int32 {
  // The module alone may well be the value.
  if state.top > 1 { try state.refuseModule("repr") }
  guard !state.isNone(1) else { throw .argument(1, "value expected, got no value") }
  state.push(bytes: try state.representation(of: 1))
  return 1
}

extension LuaState {
  /// A value in Lua syntax; `withoutText` shows a table by its fields even if it has a text of its own, but
  /// not those in it.
  func representation(
    of index: Int32, withoutText: Bool = false
  ) throws(LuaError) -> [UInt8] {
    var writer = Representation(state: self)
    if withoutText { try writer.writeTable(index) } else { try writer.write(index) }
    return writer.text
  }
}

/// Writes values in Lua syntax: `{1, 2, name = "x"}`.
///
/// A table inside itself is `<cycle>`; what has no syntax is shown by `tostring`, in angle
/// brackets.
private struct Representation {
  let state: LuaState
  var text: [UInt8] = []
  /// The tables that are open, by address.
  private var open: Set<UInt> = []

  /// Deeper tables are shown as `{...}`.
  private static let depthLimit = 100

  init(state: LuaState) { self.state = state }

  mutating func write(_ index: Int32) throws(LuaError) {
    switch state.type(index) {
    case .string: text += LuaSyntax.quoted(state.bytes(index) ?? [])
    case .nil, .boolean: append(try state.text(of: index))
    case .number: append(state.numeral(index))
    case .table where !state.hasMetafield(index, "__tostring"): try writeTable(index)
    default:
      let text = try state.text(of: index)
      append(text.hasPrefix("<") ? text : "<\(text)>")
    }
  }

  private mutating func append(_ string: String) { text.append(contentsOf: string.utf8) }

  mutating func writeTable(_ index: Int32) throws(LuaError) {
    let table = state.absolute(index)
    let address = state.address(table)
    guard !open.contains(address) else { return append("<cycle>") }
    guard open.count < Self.depthLimit else { return append("{...}") }
    try state.reserveStack(8)
    open.insert(address)
    append("{")
    var isFirst = true
    let count = state.rawLength(table)
    for position in 0..<count {
      separate(&isFirst)
      state.rawGet(table, position + 1)
      try write(-1)
      state.pop()
    }
    state.newTable()
    let keys = state.top
    for key in try sortedKeys(of: table, listCount: count, into: keys) {
      separate(&isFirst)
      text.append(contentsOf: key.text)
      append(" = ")
      state.rawGet(keys, key.position)
      state.rawGet(table)
      try write(-1)
      state.pop()
    }
    state.pop()
    append("}")
    open.remove(address)
  }

  /// The keys that are no positions of the list: numbers first, then by their text.
  ///
  /// The keys themselves are put into the list at index `keys`.
  private func sortedKeys(
    of table: Int32, listCount: Int, into keys: Int32
  ) throws(LuaError) -> [(text: [UInt8], number: Double, position: Int)] {
    var count = 0
    state.pushNil()
    while state.next(table) {
      state.pop()
      if let position = state.integer(-1), position >= 1, position <= listCount { continue }
      count += 1
      state.copy(-1)
      state.rawSet(keys, count)
    }
    // Only now: a key's text may come from Lua code, which may change the table.
    var found: [(text: [UInt8], number: Double, position: Int)] = []
    for position in 1..<(count + 1) {
      state.rawGet(keys, position)
      defer { state.pop() }
      found.append((try keyText(state.top), state.number(-1) ?? .infinity, position))
    }
    return found.sorted {
      $0.number != $1.number ? $0.number < $1.number : $0.text.lexicographicallyPrecedes($1.text)
    }
  }

  private func keyText(_ index: Int32) throws(LuaError) -> [UInt8] {
    if state.isString(index), let name = state.bytes(index), LuaSyntax.isName(name) { return name }
    var key = Representation(state: state)
    key.open = open
    try key.write(index)
    return [UInt8(ascii: "[")] + key.text + [UInt8(ascii: "]")]
  }

  private mutating func separate(_ isFirst: inout Bool) {
    if !isFirst { append(", ") }
    isFirst = false
  }
}
