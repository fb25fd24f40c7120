// What `map` and `imap` go over. Python: the `iterable` arguments.

internal import CLuaBridge
internal import Multiprocessing

/// The input of a job: a list, a range, an array, or a function that is called until it gives nil.
///
/// Its Lua value is the field `input` of the job's table.
struct TaskInput {
  enum Source {
    case list
    case range(Range)
    case array
    case function
  }

  let source: Source
  /// How many items there are; nil when only calling tells.
  let count: Int?

  /// The input that the value at an index is, for a method of a pool or executor.
  init(
    _ state: LuaState, _ index: Int32, _ call: String, of object: String = "pool"
  ) throws(LuaError) {
    if let range = state.optionalObject(index, as: Range.self) {
      source = .range(range)
      count = range.count
      return
    }
    if let array = state.optionalObject(index, as: ArrayHandle.self) {
      source = .array
      count = array.memory.count
      return
    }
    if state.isFunction(index)
      || !state.isTable(index) && state.hasMetafield(index, "__call")
    {
      if Self.isNext(state, index) { throw Self.notPairs(call) }
      source = .function
      count = nil
      return
    }
    if state.isTable(index), !state.isPlainTable(index), state.hasMetafield(index, "__call") {
      source = .function
      count = nil
      return
    }
    if state.isNoneOrNil(index) {
      throw .type(
        "\(call): iterable must be a list, a range, an array or a function, got "
          + state.typeName(index))
    }
    source = .list
    let isStar = call.contains("starmap")
    count = try state.checkList(
      index, "iterable", call: "\(object):\(call)(f, " + (isStar ? "{" : ""),
      after: isStar ? "})" : ")")
  }

  /// Whether the value is Lua's `next`, which `pairs(t)` gives first.
  static func isNext(_ state: LuaState, _ index: Int32) -> Bool {
    guard state.isFunction(index) else { return false }
    let base = state.top
    defer { state.setTop(base) }
    state.pushLoadedModules()
    return state.rawGet(-1, "_G") == .table && state.rawGet(-1, "next") == .function
      && state.rawEqual(-1, index)
  }

  static func notPairs(_ call: String) -> LuaError {
    .type(
      "\(call): iterable is next, the first value of pairs(t): a pool goes over lists; "
        + "put what you need of the table into one")
  }
}

extension LuaState {
  /// Pushes a list of the next items of a job's input, as many as there are up to `most`.
  ///
  /// Stack: [] -> [list].
  ///
  /// - Returns: How many.
  func pushItems(
    of input: TaskInput, at index: Int32, from first: Int, most: Int
  ) throws(LuaError) -> Int {
    let index = absolute(index)
    try reserveStack(20)
    switch input.source {
    case .range(let range):
      let count = max(0, min(most, range.count - first))
      newTable(list: 2)
      if count > 0 {
        push(range[first])
        rawSet(-2, 1)
        push(range.step)
        rawSet(-2, 2)
      }
      return count
    case .array:
      // The workers have the array's memory too.
      newTable(list: 2)
      copy(index)
      rawSet(-2, 1)
      push(first)
      rawSet(-2, 2)
      return max(0, min(most, (input.count ?? 0) - first))
    case .list:
      let count = max(0, min(most, (input.count ?? 0) - first))
      newTable(list: Int32(clamping: count))
      for position in 0..<count {
        rawGet(index, first + position + 1)
        rawSet(-2, position + 1)
      }
      return count
    case .function:
      newTable(list: Int32(clamping: min(most, 64)))
      var count = 0
      while count < most {
        copy(index)
        try call(arguments: 0, results: 1)
        guard type(-1) != .nil else {
          pop()
          break
        }
        count += 1
        rawSet(-2, count)
      }
      return count
    }
  }
}
