// Lua values as elements of shared memory, and back. Python: ctypes' conversions.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Pushes an element: a number, or a string of one character for text.
  @inline(__always)
  func push(_ element: Element, of typecode: Typecode) {
    switch element {
    case .float(let value): push(value)
    case .integer(let value):
      if typecode.isText { push(character: value, of: typecode) } else { push(value) }
    }
  }

  @inline(never)
  private func push(character value: Int, of typecode: Typecode) {
    if typecode == .character {
      push(bytes: [UInt8(truncatingIfNeeded: value)])
    } else {
      push(String(LuaState.scalar(value)))
    }
  }

  /// The Unicode character of a number; what is none shows as the replacement character.
  static func scalar(_ value: Int) -> Unicode.Scalar {
    UInt32(exactly: value).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
  }

  /// The number at `index` as an element; nil when it is no number.
  @inline(__always)
  func numericElement(_ index: Int32) -> Element? {
    if let value = integerKind(index) { return .integer(value) }
    return number(index).map(Element.float)
  }

  /// The value at `index` as an element of a type.
  ///
  /// Whether it fits is found when it is stored.
  ///
  /// - Throws: `TypeError` for a value of another kind.
  @inline(__always)
  func element(
    _ index: Int32, as typecode: Typecode, _ place: @autoclosure () -> String = ""
  ) throws(LuaError) -> Element {
    if !typecode.isText, let element = numericElement(index) { return element }
    return try otherElement(index, as: typecode, place())
  }

  @inline(never)
  private func otherElement(
    _ index: Int32, as typecode: Typecode, _ place: String
  ) throws(LuaError) -> Element {
    let wanted: String
    switch typecode {
    case .character:
      if let bytes = bytes(index), bytes.count == 1 { return .integer(Int(bytes[0])) }
      if let element = numericElement(index) { return element }
      wanted = "a string of one byte or a number"
    case .wideCharacter:
      if let text = wideText(index), text.count == 1 { return .integer(Int(text[0].value)) }
      wanted = "a string of one UTF-8 character"
    default: wanted = "numbers"
    }
    throw .type("\(place)typecode '\(typecode.letter)' takes \(wanted), got \(described(index))")
  }

  private func described(_ index: Int32) -> String {
    if isString(index), rawLength(index) <= 20 { return "\"\(string(index))\"" }
    return typeName(index)
  }

  /// The characters of the string at `index`; nil for another type and for what is not UTF-8.
  func wideText(_ index: Int32) -> [Unicode.Scalar]? {
    guard isString(index) else { return nil }
    let text = string(index)
    // A broken part was replaced.
    guard text.utf8.count == rawLength(index), bytes(index).map(text.utf8.elementsEqual) == true
    else { return nil }
    return Array(text.unicodeScalars)
  }

  /// Raises what an attempt to store the value at `index` ended with.
  @inline(__always)
  func check(
    _ outcome: ElementOutcome, _ typecode: Typecode, value index: Int32,
    _ place: @autoclosure () -> String = ""
  ) throws(LuaError) {
    if outcome == .stored { return }
    throw try storeError(outcome, typecode, value: index, place())
  }

  @inline(never)
  private func storeError(
    _ outcome: ElementOutcome, _ typecode: Typecode, value index: Int32, _ place: String
  ) throws(LuaError) -> LuaError {
    let value = try text(of: index)
    return outcome == .notWhole
      ? .type("\(place)typecode '\(typecode.letter)' takes whole numbers, got \(value)")
      : .object(
        .overflowError,
        "\(place)\(value) does not fit typecode '\(typecode.letter)' (\(typecode.range))")
  }

  // MARK: Lists

  /// How many elements a list, an array or a string for text makes.
  func itemCount(_ index: Int32, _ typecode: Typecode, _ name: String) throws(LuaError) -> Int {
    if let array = optionalObject(index, as: ArrayHandle.self) { return array.memory.count }
    guard isString(index) else {
      if isTable(index) || optionalObject(index, as: Range.self) != nil {
        return try checkList(index, name, call: "")
      }
      let size = name == "size_or_initializer" ? "a size, " : ""
      throw .type("\(name) must be \(size)a list, a range or an array, got \(typeName(index))")
    }
    if typecode == .wideCharacter {
      guard let text = wideText(index) else { throw .type("\(name) is not UTF-8 text") }
      return text.count
    }
    guard typecode.byteCount == 1 else {
      throw .type("\(name): a string is for the typecodes c, b, B and u, not '\(typecode.letter)'")
    }
    return rawLength(index)
  }

  /// Stores the items of what `itemCount` accepted in memory that nobody else uses.
  func store(items index: Int32, _ name: String, to elements: Elements) throws(LuaError) {
    let typecode = elements.typecode
    if let array = optionalObject(index, as: ArrayHandle.self)?.memory {
      if array.typecode == typecode {
        return try lifting { () throws(MultiprocessingError) in
          try array.access { elements.copy(from: $0) }
        }
      }
    } else if isString(index) {
      if typecode == .wideCharacter {
        for (position, character) in (wideText(index) ?? []).enumerated() {
          _ = elements.store(.integer(Int(character.value)), at: position)
        }
      } else {
        copyBytes(ofString: index, to: elements)
      }
      return
    }
    for position in 0..<elements.count {
      try push(listItem: position, of: index)
      let value = try element(top, as: typecode, "\(name)[\(position + 1)]: ")
      try check(
        elements.store(value, at: position), typecode, value: top, "\(name)[\(position + 1)]: ")
      pop()
    }
  }
}
