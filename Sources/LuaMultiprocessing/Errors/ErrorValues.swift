// Values that scripts raise and that are no error objects: what they are in words. Python: it raises
// exceptions only.

internal import CLuaBridge
internal import Multiprocessing

/// Turns the error of a child that nobody catches into what is reported of it: an error object with its
/// traceback, or the text and the traceback that Lua's own interpreter prints.
///
/// Lua: [error] -> [error object or string].
func childErrorHandler(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  if state.isErrorObject(1) { return try taskErrorHandler(state) }
  let hasText = state.isString(1) || state.type(1) == .number
  if hasText || state.hasMetafield(1, "__tostring") {
    // A text of its own stands alone.
    if try state.pushErrorWords(1), !hasText { return 1 }
  } else {
    state.push("(error object is a \(state.typeName(1)) value)")
  }
  state.push(literal: "\n")
  state.push(state.traceback(level: 1))
  state.concatenate(3)
  return 1
}

extension LuaState {
  /// Pushes what an error value says of itself: the text that `tostring` gives, or a table in Lua's syntax,
  /// as an address would say nothing.
  ///
  /// Stack: [] -> [string].
  ///
  /// - Returns: False when it has a `__tostring` that fails: then the words are what it is, its fields, and
  ///   how that failed.
  /// - Throws: What a signal raises meanwhile.
  @discardableResult
  func pushErrorWords(_ index: Int32) throws(LuaError) -> Bool {
    let index = absolute(index)
    let base = top
    do throws(LuaError) {
      if isTable(index), !hasMetafield(index, "__tostring") {
        push(bytes: try representation(of: index))
      } else {
        try pushText(of: index)
      }
      return true
    } catch {
      push(error)
      setTopKeepingError(base)
      if Interrupt.isSignalled(self) { throw .onTop }
    }
    let failure = errorReason(-1)
    let fields = isTable(index) ? try fieldsText(of: index) : []
    setTop(base)
    push(
      bytes: Array("(error object is a \(typeName(index)) value".utf8) + fields
        + Array("; its __tostring failed: ".utf8) + failure + Array(")".utf8))
    return false
  }

  /// The words of the error of a `__tostring`, which may have none itself.
  private func errorReason(_ index: Int32) -> [UInt8] {
    if isString(index) { return bytes(index) ?? [] }
    guard isErrorObject(index) else { return Array("a \(typeName(index)) value was raised".utf8) }
    pushErrorLine(index)
    defer { pop() }
    return bytes(-1) ?? []
  }

  /// A space and the table's fields in Lua's syntax; nothing when there are none, or some fail too.
  private func fieldsText(of table: Int32) throws(LuaError) -> [UInt8] {
    let base = top
    do throws(LuaError) {
      let text = try representation(of: table, withoutText: true)
      return text == Array("{}".utf8) ? [] : [UInt8(ascii: " ")] + text
    } catch {
      push(error)
      setTopKeepingError(base)
      if Interrupt.isSignalled(self) { throw .onTop }
      setTop(base)
      return []
    }
  }
}
