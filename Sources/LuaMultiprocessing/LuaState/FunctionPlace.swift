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
}
