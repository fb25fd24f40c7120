// The results of the context `inline`'s pools: they are there from the start. Python:
// `multiprocessing.pool.AsyncResult` and `IMapIterator`.

internal import CLuaBridge
internal import Multiprocessing

/// A result as a script holds it; its user value is the list of the results or of the error.
struct InlineResult: LuaObject {
  static let typeName: StaticString = "AsyncResult"
  static let example: StaticString = "result"
  static let magic: UInt64 = 0x57C2_9B04_E8D3_6A1F

  let isGood: Bool
}

/// An iteration as a script holds it; its user values are the pool, the function and the input.
struct InlineIterator: LuaObject {
  static let typeName: StaticString = "IMapIterator"
  static let example: StaticString = "iterator"
  static let magic: UInt64 = 0x0E96_D1A8_73F4_5C2B

  let isStar: Bool
  var position = 0
  var hasEnded = false
}

extension LuaState {
  func addInlineResults() {
    newMetatable(className: "InlineResult")
    setFunctions([
      "__newindex": { $0.run(refuseNewField) },
      "__tostring": { $0.run(inlineResultToString) },
    ])
    newTable(fields: 8)
    setFunctions([
      "get": { $0.run(inlineGet) },
      "try_get": { $0.run(inlineTryGet) },
      "wait": { $0.run(inlineWait) },
      "ready": { $0.runBare("ready", inlineReady) },
      "successful": { $0.runBare("successful", inlineSuccessful) },
      "cancel": { $0.runBare("cancel", inlineCancel) },
    ])
    refusePositions("a result has no items by position; result:get() gives them")
    rawSet(-2, "__index")
    pop()
    newMetatable(className: "InlineIterator")
    setFunctions([
      "__call": { $0.run(inlineIteratorCall) }, "__newindex": { $0.run(refuseNewField) },
      "__tostring": { $0.run(inlineIteratorToString) },
    ])
    newTable(fields: 1)
    setFunctions(["next": { $0.run(inlineIteratorNext) }])
    refusePositions(
      "what imap gives has no items by position; write for r, i in pool:imap(f, list) do")
    rawSet(-2, "__index")
    pop()
  }

  /// Makes the result of values that lie on the stack.
  ///
  /// Stack: [] -> [result].
  func pushInlineResult(from first: Int32, count: Int32, isGood: Bool) {
    push(object: InlineResult(isGood: isGood), className: "InlineResult", userValues: 1)
    newTable(list: count, fields: 1)
    for position in 0..<count {
      copy(first + position)
      rawSet(-2, Int(position) + 1)
    }
    push(Int(count))
    rawSet(-2, "n")
    setUserValue(-2)
  }

  /// Makes the iteration of the pool, the function and the input at indices 1 to 3.
  ///
  /// Stack: [] -> [iterator].
  func pushInlineIterator(isStar: Bool) {
    push(object: InlineIterator(isStar: isStar), className: "InlineIterator", userValues: 3)
    for number: Int32 in 1...3 {
      copy(number)
      setUserValue(-2, number)
    }
  }

  fileprivate func checkInlineResult(_ method: String) throws(LuaError) -> InlineResult {
    let result = try object(1, as: InlineResult.self)
    try bind(
      Signature(
        name: method, example: "result:\(method){timeout = 1}", parameters: [Parameter("timeout")]),
      from: 2)
    _ = try deadline(timeout: 2)
    return result
  }

  /// Stack: [] -> [values…].
  fileprivate func pushInlineValues() throws(LuaError) -> Int32 {
    userValue(1)
    let list = top
    let count = try unpackList(list)
    remove(list)
    return count
  }
}

private func inlineGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let result = try state.checkInlineResult("get")
  let count = try state.pushInlineValues()
  if !result.isGood { throw .onTop }
  return count
}

private func inlineTryGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let result = try state.checkInlineResult("try_get")
  state.push(result.isGood)
  return try state.pushInlineValues() + 1
}

private func inlineWait(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.checkInlineResult("wait")
  return 0
}

private func inlineReady(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: InlineResult.self)
  state.push(true)
  return 1
}

private func inlineSuccessful(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.object(1, as: InlineResult.self).isGood)
  return 1
}

private func inlineCancel(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: InlineResult.self)
  state.push(false)
  return 1
}

private func inlineResultToString(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: InlineResult.self)
  state.push(
    "<multiprocessing.pool.AsyncResult object at 0x\(String(state.address(1), radix: 16))>")
  return 1
}

// MARK: - Iterations

private func inlineIteratorCall(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  return try state.nextInline()
}

private func inlineIteratorNext(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: InlineIterator.self)
  try state.bind(
    Signature(
      name: "next", example: "iterator:next{timeout = 1}", parameters: [Parameter("timeout")]),
    from: 2)
  _ = try state.deadline(timeout: 2)
  state.setTop(1)
  return try state.nextInline()
}

extension LuaState {
  /// Makes the next call of the iteration at index 1.
  ///
  /// Stack: [iterator] -> [pool, …, result, position], or [pool, …, nil] at the end.
  fileprivate func nextInline() throws(LuaError) -> Int32 {
    var iteration = try object(1, as: InlineIterator.self)
    if iteration.hasEnded { return 0 }
    // [iterator] -> [pool, function, input, iterator], for `callInline` counts for the pool at index 1.
    for number: Int32 in 1...3 { userValue(1, number) }
    copy(1)
    remove(1)
    let position = iteration.position
    iteration.position += 1
    update(4, iteration)
    let input = try TaskInput(self, 3, "imap")
    guard
      try callInline(with: input, at: position, function: 2, inputAt: 3, isStar: iteration.isStar)
    else {
      iteration.hasEnded = true
      update(4, iteration)
      return 0
    }
    guard type(-1) != .nil else {
      throw .value(
        "the result for item \(position + 1) is nil, which would end the loop: let the function "
          + "return false, or use map")
    }
    push(position + 1)
    return 2
  }
}

private func inlineIteratorToString(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: InlineIterator.self)
  state.push(
    "<multiprocessing.pool.IMapIterator object at 0x\(String(state.address(1), radix: 16))>")
  return 1
}
