// `mp.range`: a row of integers that takes no room. Python: `range`.

internal import CLuaBridge
internal import Multiprocessing

/// The integers from `start` on, `count` of them, `step` apart.
struct Range: Transferable {
  static let typeName: StaticString = "range"
  static let example: StaticString = "r"
  static let magic: UInt64 = 0xC5F1_093B_7E6A_D248

  let start: Int
  let stop: Int
  let step: Int

  var text: [UInt8] { HandleParts.bytes(of: [start, stop, step]) }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    guard let numbers = parts.numbers(3) else { return false }
    let range = Range(start: numbers[0], stop: numbers[1], step: numbers[2])
    guard range.isValid else { return false }
    state.push(object: range)
    return true
  }

  /// Whether the count can be known; both ways round, so that none overflows.
  fileprivate var isValid: Bool {
    step != 0 && step != .min && !stop.subtractingReportingOverflow(start).overflow
      && !start.subtractingReportingOverflow(stop).overflow
  }

  /// How many integers there are.
  var count: Int {
    if step > 0 { return start < stop ? (stop - start - 1) / step + 1 : 0 }
    return start > stop ? (start - stop - 1) / -step + 1 : 0
  }

  /// Whether both give the same integers.
  func isSame(as other: Range) -> Bool {
    count == other.count && (count == 0 || start == other.start)
      && (count <= 1 || step == other.step)
  }

  /// The integer at a position from 0.
  subscript(position: Int) -> Int { start + position * step }
}

extension LuaState {
  /// Adds `range` to the module on top of the stack.
  func addRange() {
    newMetatable(className: "range")
    setFunctions([
      "__index": { $0.run(rangeGet) },
      "__len": { $0.run(rangeLength) },
      "__pairs": { $0.run(pairsByPosition) },
      "__eq": { $0.run(rangeEqual) },
      "__tostring": { $0.run(rangeToString) },
      "__newindex": { $0.run(refuseNewField) },
    ])
    pop()
    setFunctions(["range": { $0.run(rangeMake) }])
  }
}

/// Lua: `mp.range([start,] stop [, step])`.
private func rangeMake(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("range")
  guard (1...3).contains(state.top) else {
    throw .type("range expected 1 to 3 arguments, got \(state.top)")
  }
  for index in 1...state.top where state.integer(index) == nil {
    throw .argument(index, "integer expected, got \(state.typeName(index))")
  }
  let first = state.integer(1) ?? 0
  let step = state.integer(3) ?? 1
  guard step != 0 else { throw .value("range() arg 3 must not be zero") }
  let range =
    state.top == 1
    ? Range(start: 0, stop: first, step: 1)
    : Range(start: first, stop: state.integer(2) ?? 0, step: step)
  guard range.isValid else { throw .object(.overflowError, "the range is too long") }
  state.push(object: range)
  return 1
}

/// Lua: `r[i]`, counting from 1; nil outside, so that `ipairs` ends.
private func rangeGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let range = try state.object(1, as: Range.self)
  if let position = state.integer(2), position >= 1, position <= range.count {
    state.push(range[position - 1])
  } else {
    state.pushNil()
  }
  return 1
}

private func rangeLength(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: Range.self).count)
  return 1
}

private func rangeEqual(_ state: LuaState) throws(LuaError) -> Int32 {
  let left = state.optionalObject(1, as: Range.self)
  let right = state.optionalObject(2, as: Range.self)
  state.push(left.flatMap { (left) in right.map(left.isSame) } ?? false)
  return 1
}

private func rangeToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let range = try state.object(1, as: Range.self)
  let step = range.step == 1 ? "" : ", \(range.step)"
  state.push("range(\(range.start), \(range.stop)\(step))")
  return 1
}

// MARK: - Lists of any kind

/// The `__pairs` of what has items by position: the loop is that of `ipairs`.
func pairsByPosition(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.getGlobal("ipairs")
  state.copy(1)
  try state.call(arguments: 1, results: 3)
  return 3
}

extension LuaState {
  /// How many items a list has: a table's `n` or its length, a range's or an array's.
  ///
  /// - Throws: `TypeError` for what is no list.
  func checkList(
    _ index: Int32, _ name: String, call: String, after: String = ""
  ) throws(LuaError) -> Int {
    if let range = optionalObject(index, as: Range.self) { return range.count }
    if let array = optionalObject(index, as: ArrayHandle.self) { return array.memory.count }
    try checkArgumentList(index, name, call, after)
    if isNoneOrNil(index) { throw .type("\(name) must be a list, got \(typeName(index))") }
    rawGet(index, "n")
    defer { pop() }
    let count = integer(-1) ?? rawLength(index)
    guard count >= 0 else { throw .value("\(name): n = \(count)") }
    return count
  }

  /// Pushes an item of a list that `checkList` accepted, counting from 0.
  ///
  /// Stack: [] -> [item].
  func push(listItem position: Int, of index: Int32) throws(LuaError) {
    if let range = optionalObject(index, as: Range.self) {
      push(range[position])
    } else if let array = optionalObject(index, as: ArrayHandle.self)?.memory {
      push(
        try lifting { () throws(MultiprocessingError) in try array.load(position) },
        of: array.typecode)
    } else {
      rawGet(index, position + 1)
    }
  }
}
