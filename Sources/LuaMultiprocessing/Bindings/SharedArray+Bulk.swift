// Many elements of an array at once. Python: slices, `memoryview`, NumPy.

internal import CLuaBridge
internal import Multiprocessing

// Nothing that can run code of a script, and nothing that can fail, happens while an array's lock is
// held: elements are copied from and to private memory then.
extension LuaState {
  /// Calls `body` with a private copy of the elements.
  func withCopy(
    of memory: Synchronized, _ body: (Elements) throws(LuaError) -> Void
  ) throws(LuaError) {
    let copy = try lifting { () throws(MultiprocessingError) in
      try Elements.allocate(memory.typecode, count: memory.count)
    }
    defer { copy.deallocate() }
    try lifting { () throws(MultiprocessingError) in try memory.access { copy.copy(from: $0) } }
    try body(copy)
  }

  /// Binds `i` and `j`, which come last, and gives the part of the array that they mean, as
  /// `string.sub` reads them: 1 and -1 when not given, negative ones from the end, cut at the ends.
  fileprivate func part(
    _ name: String, of array: ArrayHandle, from index: Int32 = 2
  ) throws(LuaError) -> Swift.Range<Int> {
    try bind(
      Signature(
        name: name, example: "a:\(name)(i, j)", parameters: [Parameter("i"), Parameter("j")]),
      from: index)
    let count = array.memory.count
    let first = try integer(index, "i", default: 1)
    let last = try integer(index + 1, "j", default: -1)
    let start = first > 0 ? first - 1 : first < -count || first == 0 ? 0 : count + first
    let end = last >= 0 ? min(last, count) : last < -count ? 0 : count + last + 1
    return start < end ? start..<end : 0..<0
  }

  /// The array that a method is called on, and the part of it that `i` and `j` mean.
  fileprivate func arrayPart(_ name: String) throws(LuaError) -> Synchronized {
    let array = try object(1, as: ArrayHandle.self)
    return array.memory[try part(name, of: array)]
  }

  fileprivate func refuseText(_ name: String, _ memory: Synchronized) throws(LuaError) {
    if memory.typecode.isText {
      throw .type("\(name)(): typecode '\(memory.typecode.letter)' is text and not numbers")
    }
  }

  /// The part of an array of `count` elements from the position at index 2 on, all of which must
  /// exist.
  fileprivate func destination(
    _ array: ArrayHandle, count: Int
  ) throws(LuaError) -> Synchronized {
    let memory = array.memory
    let index = try integer(2, "i", default: 1)
    // One past the end is a place for nothing.
    let start = count == 0 && index == memory.count + 1 ? index - 1 : try existing(index, in: array)
    guard count <= memory.count - start else {
      throw .object(
        .indexError,
        "\(count) elements from position \(start + 1) on: the array has \(memory.count) elements")
    }
    return memory[start..<(start + count)]
  }
}

/// Lua: `a:get([i [, j]])`: a list of the elements.
func arrayGetMany(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.arrayPart("get")
  // A slot of a table's list part has 16 bytes.
  try state.reserveMemory(memory.count * 16)
  try state.withCopy(of: memory) { (elements) throws(LuaError) in
    state.newTable(list: Int32(clamping: elements.count))
    for position in 0..<elements.count {
      state.push(elements.load(position), of: elements.typecode)
      state.rawSet(-2, position + 1)
    }
  }
  return 1
}

/// Lua: `a:set(i, list)` stores a list, range, array, or string of text from position i on: all of it
/// or, when something does not fit, nothing.
func arraySetMany(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  try state.bind(
    Signature(
      name: "set", example: "a:set(i, list)",
      parameters: [Parameter("i", .value), Parameter("list", .value)]), from: 2)
  let typecode = array.memory.typecode
  let count = try state.itemCount(3, typecode, "list")
  let destination = try state.destination(array, count: count)
  let items = try state.lifting { () throws(MultiprocessingError) in
    try Elements.allocate(typecode, count: count)
  }
  defer { items.deallocate() }
  try state.store(items: 3, "list", to: items)
  try state.lifting { () throws(MultiprocessingError) in
    try destination.access { $0.copy(from: items) }
  }
  return 0
}

/// Lua: `a:slice([i [, j]])`: a part of the array that shares its memory and its lock.
func arraySlice(_ state: LuaState) throws(LuaError) -> Int32 {
  let part = try state.arrayPart("slice")
  state.userValue(1)
  if part.lock == .none {
    state.pushRawHandle(ArrayHandle.self, part)
  } else {
    state.userValue(1, 2)
    try state.pushLockedHandle(ArrayHandle.self, part)
  }
  return 1
}

/// Lua: `a:fill(v [, i [, j]])`.
func arrayFill(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  guard !state.isNone(2) else { throw .type("fill() missing 1 required argument: 'v'") }
  let range = try state.part("fill", of: array, from: 3)
  // A position that is not there is an error where something is written.
  for index: Int32 in [3, 4] {
    if let position = state.integer(index) { _ = try state.existing(position, in: array) }
  }
  let memory = array.memory[range]
  let element = try state.element(2, as: memory.typecode)
  let outcome = try state.lifting { () throws(MultiprocessingError) in
    try memory.access { $0.fill(element) }
  }
  try state.check(outcome, memory.typecode, value: 2)
  return 0
}

/// Lua: `a:sum([i [, j]])`.
func arraySum(_ state: LuaState) throws(LuaError) -> Int32 {
  let memory = try state.arrayPart("sum")
  try state.refuseText("sum", memory)
  state.push(
    try state.lifting { () throws(MultiprocessingError) in try memory.access { $0.sum() } },
    of: memory.typecode)
  return 1
}

/// Lua: `a:min([i [, j]])`.
func arrayMin(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.pushExtreme("min") { $0.least }
}

/// Lua: `a:max([i [, j]])`.
func arrayMax(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.pushExtreme("max") { $0.most }
}

extension LuaState {
  fileprivate func pushExtreme(
    _ name: String, _ choose: ((least: Element, most: Element)) -> Element
  ) throws(LuaError) -> Int32 {
    let memory = try arrayPart(name)
    try refuseText(name, memory)
    let extremes = try lifting { () throws(MultiprocessingError) in
      try memory.access { $0.extremes() }
    }
    guard let extremes else { throw .value("\(name)() of no elements") }
    push(choose(extremes), of: memory.typecode)
    return 1
  }
}

/// Lua: `a:bytes([i [, j]])`: the memory of the elements as a string.
func arrayBytes(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.pushBytes(of: state.arrayPart("bytes"))
  return 1
}

/// Lua: `a:set_bytes(i, s)`: the elements from position i on become the memory that s shows.
func arraySetBytes(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  try state.bind(
    Signature(
      name: "set_bytes", example: "a:set_bytes(i, s)",
      parameters: [Parameter("i", .value), Parameter("s", .value)]), from: 2)
  guard state.isString(3) else { throw .type("s must be a string, got \(state.typeName(3))") }
  let typecode = array.memory.typecode
  let byteCount = state.rawLength(3)
  guard byteCount % typecode.byteCount == 0 else {
    throw .value(
      "\(byteCount) bytes are no whole number of elements: one has \(typecode.byteCount) bytes")
  }
  let destination = try state.destination(array, count: byteCount / typecode.byteCount)
  try state.lifting { () throws(MultiprocessingError) in
    try destination.access { state.copyBytes(ofString: 3, to: $0) }
  }
  return 0
}

/// Lua: `a:add(i, n)` adds to an element in one step and gives the value before.
func arrayAdd(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  guard state.top == 3 else {
    throw .type("add() takes 2 arguments, i and n (\(state.top - 1) given)")
  }
  let position = try state.existing(state.integer(2, "i", default: 0), in: array)
  return try state.add(3, to: array.memory, at: position)
}

/// Lua: `a:compare_exchange(i, old, new)` stores `new` in an element if it is `old`, in one step; gives
/// whether it was, and the value found.
func arrayCompareExchange(_ state: LuaState) throws(LuaError) -> Int32 {
  let array = try state.object(1, as: ArrayHandle.self)
  guard state.top == 4 else {
    throw .type("compare_exchange() takes 3 arguments, i, old and new (\(state.top - 1) given)")
  }
  let position = try state.existing(state.integer(2, "i", default: 0), in: array)
  return try state.exchange(3, for: 4, in: array.memory, at: position)
}
