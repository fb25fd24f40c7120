// Where a function was written, for messages.

internal import CLua
internal import CLuaBridge

extension LuaState {
  /// `jobs.lua:12` for a function of Lua code; nil for another value.
  func place(ofFunction index: Int32) -> String? {
    guard isFunction(index), unsafe lua_iscfunction(pointer, index) == 0 else { return nil }
    var frame = unsafe lua_Debug()
    copy(index)
    guard unsafe lua_getinfo(pointer, ">S", &frame) != 0 else { return nil }
    let source = unsafe withUnsafeBytes(of: frame.short_src) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return unsafe "\(source):\(frame.linedefined)"
  }

  /// The first and the last line of a function of Lua code; nil for another value.
  package func lines(ofFunction index: Int32) -> ClosedRange<Int>? {
    guard isFunction(index), !isNativeFunction(index) else { return nil }
    var frame = unsafe lua_Debug()
    copy(index)
    guard unsafe lua_getinfo(pointer, ">S", &frame) != 0 else { return nil }
    let (first, last) = unsafe (Int(frame.linedefined), Int(frame.lastlinedefined))
    return first > 0 && first <= last ? first...last : nil
  }

  /// Where a function's code was loaded from, as `load` was told: `@jobs.lua`.
  package func source(ofFunction index: Int32) -> String {
    var frame = unsafe lua_Debug()
    copy(index)
    guard unsafe lua_getinfo(pointer, ">S", &frame) != 0, let source = unsafe frame.source else {
      return ""
    }
    return unsafe String(cString: source)
  }

  /// The code of a Lua function, with the names that messages need.
  package func code(ofFunction index: Int32) -> [UInt8] {
    guard isFunction(index), !isNativeFunction(index) else { return [] }
    var code: [UInt8] = []
    copy(index)
    defer { pop() }
    _ = unsafe withUnsafeMutablePointer(to: &code) { code in
      unsafe lua_dump(pointer, appendCode, code, 0)
    }
    return code
  }

  /// The part of a function's code that is the same within the code of the function around it.
  ///
  /// That is all but the header, the number of upvalues and the source's name.
  package func codeWithoutHeader(ofFunction index: Int32) -> [UInt8] {
    let name = source(ofFunction: index).utf8.count + 1
    // A length of more than one byte belongs to no name of the prompt's.
    guard name < 128 else { return [] }
    let header = 4 + 1 + 1 + 6 + 3 + MemoryLayout<lua_Integer>.size + MemoryLayout<lua_Number>.size
    return Array(code(ofFunction: index).dropFirst(header + 1 + name))
  }
}

private let appendCode: lua_Writer = { (_, bytes, count, code) in
  let code = unsafe code?.assumingMemoryBound(to: [UInt8].self)
  unsafe code?.pointee.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
