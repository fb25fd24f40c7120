// A Lua state as Swift sees it: the calls of Lua's C API that cannot raise an error.

internal import CLua
package import CLuaBridge

/// `LuaState`, for modules that do not import the bridge.
package typealias Lua = LuaState

/// One Lua state or coroutine.
///
/// Everything here obeys one rule: no call may raise a Lua error, because that is a `longjmp` and it
/// would jump over live Swift frames. Tables are read and written raw; what may run metamethods goes
/// through `pcall`. Calls that allocate are safe, as memory is never refused while a Swift frame is
/// active (`LuaMemory`). Comments after `Stack:` show the top of the stack before and after.
extension LuaState {
  /// How many values are on the stack; the index of the top one.
  @inline(__always)
  package var top: Int32 { unsafe lua_gettop(pointer) }

  /// Makes room for `count` more values.
  ///
  /// Needed before pushing more than 20 in one function.
  ///
  /// - Throws: `RuntimeError` when Lua's stack limit is reached.
  @inline(__always)
  package func reserveStack(_ count: Int32) throws(LuaError) {
    guard unsafe lua_checkstack(pointer, count) == 0 else { return }
    throw .runtime("stack overflow")
  }

  /// Makes room for `count` more values; false when Lua's stack limit is reached.
  package func hasStack(_ count: Int32) -> Bool { unsafe lua_checkstack(pointer, count) != 0 }

  /// Runs `body` and checks, in debug builds, that it leaves `change` more values on the stack.
  @inline(__always)
  package func balanced<Result>(
    _ change: Int32, _ body: () throws(LuaError) -> Result
  ) throws(LuaError) -> Result {
    let before = top
    let result = try body()
    assert(top == before + change, "stack height \(top), expected \(before + change)")
    return result
  }

  @inline(__always)
  package func setTop(_ index: Int32) { unsafe lua_settop(pointer, index) }

  @inline(__always)
  package func pop(_ count: Int32 = 1) { unsafe lua_settop(pointer, -count - 1) }

  /// Drops what lies between an index and the top value, which takes the place after it.
  ///
  /// For an error on top that passes through a function which has left values below it.
  package func setTopKeepingError(_ index: Int32) {
    guard top > index + 1 else { return }
    replace(index + 1)
    setTop(index + 1)
  }

  @inline(__always)
  package func absolute(_ index: Int32) -> Int32 { unsafe lua_absindex(pointer, index) }

  @inline(__always)
  package func copy(_ index: Int32) { unsafe lua_pushvalue(pointer, index) }

  @inline(__always)
  package func remove(_ index: Int32) {
    unsafe lua_rotate(pointer, index, -1)
    pop()
  }

  @inline(__always)
  package func insert(_ index: Int32) { unsafe lua_rotate(pointer, index, 1) }

  @inline(__always)
  package func replace(_ index: Int32) {
    unsafe lua_copy(pointer, -1, index)
    pop()
  }

  /// The pseudo-index of the running body's upvalue `number`, which counts from 1.
  @inline(__always)
  package func upvalue(_ number: Int32) -> Int32 { cluabridge_upvalue(number + 1) }

  package static let registry = -LUAI_MAXSTACK - 1000
}

// MARK: - Types

/// The types of Lua values.
package enum LuaType: Int32 {
  case none = -1
  case `nil`, boolean, lightUserdata, number, string, table, function, userdata, thread
}

extension LuaState {
  @inline(__always)
  package func type(_ index: Int32) -> LuaType {
    LuaType(rawValue: unsafe lua_type(pointer, index)) ?? .none
  }

  /// The name of a value's type as Lua's own messages give it: its metatable's `__name`, or the type.
  package func typeName(_ index: Int32) -> String {
    let index = absolute(index)
    if unsafe luaL_getmetafield(pointer, index, "__name") != LUA_TNIL {
      defer { pop() }
      if type(-1) == .string { return string(-1) }
    }
    switch type(index) {
    case .none: return "no value"
    case .lightUserdata: return "light userdata"
    default: return unsafe String(cString: lua_typename(pointer, lua_type(pointer, index)))
    }
  }

  @inline(__always)
  package func isNone(_ index: Int32) -> Bool { unsafe lua_type(pointer, index) == LUA_TNONE }

  @inline(__always)
  package func isNoneOrNil(_ index: Int32) -> Bool { unsafe lua_type(pointer, index) <= LUA_TNIL }

  @inline(__always)
  package func isTable(_ index: Int32) -> Bool { unsafe lua_type(pointer, index) == LUA_TTABLE }

  @inline(__always)
  package func isFunction(_ index: Int32) -> Bool {
    unsafe lua_type(pointer, index) == LUA_TFUNCTION
  }

  /// Whether the value is a function written in C, or a body of ours.
  package func isNativeFunction(_ index: Int32) -> Bool {
    unsafe lua_iscfunction(pointer, index) != 0
  }

  /// Whether a value is a string; a number is not.
  @inline(__always)
  package func isString(_ index: Int32) -> Bool { unsafe lua_type(pointer, index) == LUA_TSTRING }
}

// MARK: - Reading values

extension LuaState {
  @inline(__always)
  package func boolean(_ index: Int32) -> Bool { unsafe lua_toboolean(pointer, index) != 0 }

  /// The integer at `index`, or nil when the value has no exact integer representation.
  package func integer(_ index: Int32) -> Int? {
    guard type(index) == .number else { return nil }
    var isInteger: Int32 = 0
    let value = unsafe lua_tointegerx(pointer, index, &isInteger)
    return isInteger != 0 ? Int(value) : nil
  }

  /// The same for a string that holds a number too, as Lua's own functions take it.
  package func integerOrNumeral(_ index: Int32) -> Int? {
    guard type(index) == .string else { return integer(index) }
    var isInteger: Int32 = 0
    let value = unsafe lua_tointegerx(pointer, index, &isInteger)
    return isInteger != 0 ? Int(value) : nil
  }

  /// Whether the value is a number of Lua's integer kind.
  package func isInteger(_ index: Int32) -> Bool { unsafe lua_isinteger(pointer, index) != 0 }

  /// The number at `index` if it is of Lua's integer kind: quicker than `integer`.
  @inline(__always)
  package func integerKind(_ index: Int32) -> Int? {
    unsafe lua_isinteger(pointer, index) != 0
      ? Int(lua_tointegerx(pointer, index, nil)) : nil
  }

  package func number(_ index: Int32) -> Double? {
    type(index) == .number ? unsafe lua_tonumberx(pointer, index, nil) : nil
  }

  /// The string at `index` decoded as UTF-8, broken parts replaced; empty when it is no string.
  package func string(_ index: Int32) -> String {
    unsafe withBytes(index) { bytes in unsafe String(decoding: bytes, as: UTF8.self) } ?? ""
  }

  /// The bytes of the string at `index`; nil for another type.
  package func bytes(_ index: Int32) -> [UInt8]? {
    unsafe withBytes(index) { bytes in unsafe [UInt8](bytes) }
  }

  /// The first bytes of the string at `index`; none for another type.
  package func bytes(_ index: Int32, first count: Int) -> [UInt8] {
    unsafe withBytes(index) { bytes in unsafe [UInt8](bytes.prefix(count)) } ?? []
  }

  /// Calls `body` with the bytes of the string at `index`, zero bytes included; nil for another type.
  ///
  /// The bytes are Lua's own: the string must stay on the stack meanwhile.
  @inline(__always)
  package func withBytes<Result>(
    _ index: Int32, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    guard isString(index) else { return nil }
    var count = 0
    let start = unsafe lua_tolstring(pointer, index, &count)
    return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// An address that tells one table, function, userdata or coroutine from another.
  @inline(__always)
  package func address(_ index: Int32) -> UInt {
    unsafe UInt(bitPattern: lua_topointer(pointer, index))
  }

  /// The length of a string, a table without metamethods or a userdata.
  @inline(__always)
  package func rawLength(_ index: Int32) -> Int { Int(unsafe lua_rawlen(pointer, index)) }

  @inline(__always)
  package func rawEqual(_ first: Int32, _ second: Int32) -> Bool {
    unsafe lua_rawequal(pointer, first, second) != 0
  }
}

// MARK: - Pushing values

extension LuaState {
  @inline(__always)
  package func pushNil() { unsafe lua_pushnil(pointer) }

  @inline(__always)
  package func push(_ value: Bool) { unsafe lua_pushboolean(pointer, value ? 1 : 0) }

  @inline(__always)
  package func push(_ value: Int) { unsafe lua_pushinteger(pointer, lua_Integer(value)) }

  @inline(__always)
  package func push(_ value: Double) { unsafe lua_pushnumber(pointer, value) }

  /// Pushes an integer, or nil where there is none.
  package func push(optional value: Int32?) {
    if let value { push(Int(value)) } else { pushNil() }
  }

  package func push(_ value: String) {
    var value = value
    value.withUTF8 { bytes in unsafe push(bytes: UnsafeRawBufferPointer(bytes)) }
  }

  @inline(__always)
  package func push(literal: StaticString) {
    _ = unsafe lua_pushlstring(
      pointer, UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self),
      literal.utf8CodeUnitCount)
  }

  @inline(__always)
  package func push(bytes: UnsafeRawBufferPointer) {
    _ = unsafe lua_pushlstring(
      pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
  }

  package func push(bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in unsafe push(bytes: bytes) }
  }

  /// Pushes a function that runs a Swift body; the top `upvalues` values become its upvalues.
  ///
  /// The body is a closure that captures nothing: `{ $0.run(queuePut) }`.
  @inline(__always)
  package func push(body: cluabridge_body, upvalues: Int32 = 0) {
    unsafe cluabridge_push_body(pointer, body, upvalues)
  }

  @inline(__always)
  package func pushGlobals() { _ = rawGet(LuaState.registry, Int(LUA_RIDX_GLOBALS)) }
}

// MARK: - Tables, raw

extension LuaState {
  @inline(__always)
  package func newTable(list: Int32 = 0, fields: Int32 = 0) {
    unsafe lua_createtable(pointer, list, fields)
  }

  /// Stack: [key] -> [table[key]].
  @inline(__always)
  @discardableResult
  package func rawGet(_ table: Int32) -> LuaType {
    LuaType(rawValue: unsafe lua_rawget(pointer, table)) ?? .none
  }

  @inline(__always)
  @discardableResult
  package func rawGet(_ table: Int32, _ key: Int) -> LuaType {
    LuaType(rawValue: unsafe lua_rawgeti(pointer, table, lua_Integer(key))) ?? .none
  }

  @inline(__always)
  @discardableResult
  package func rawGet(_ table: Int32, _ field: StaticString) -> LuaType {
    let table = absolute(table)
    push(literal: field)
    return rawGet(table)
  }

  /// The key must be neither nil nor NaN.
  ///
  /// Stack: [key, value] -> [].
  @inline(__always)
  package func rawSet(_ table: Int32) { unsafe lua_rawset(pointer, table) }

  /// Stack: [value] -> [].
  @inline(__always)
  package func rawSet(_ table: Int32, _ key: Int) {
    unsafe lua_rawseti(pointer, table, lua_Integer(key))
  }

  /// Stack: [value] -> [].
  @inline(__always)
  package func rawSet(_ table: Int32, _ field: StaticString) {
    let table = absolute(table)
    push(literal: field)
    insert(-2)
    rawSet(table)
  }

  /// Steps through a table.
  ///
  /// Stack: [key] -> [next key, value], or [] at the end.
  ///
  /// The key must come from the last step (nil to begin), and the table must not change meanwhile:
  /// then `lua_next` cannot raise.
  @inline(__always)
  package func next(_ table: Int32) -> Bool { unsafe lua_next(pointer, table) != 0 }

  /// Pushes upvalue `number`, counting from 1, of a function; false when it has no such one.
  package func pushUpvalue(of function: Int32, _ number: Int32) -> Bool {
    unsafe lua_getupvalue(pointer, function, number) != nil
  }

  /// How many upvalues a function has.
  package func upvalueCount(_ function: Int32) -> UInt8 {
    var frame = unsafe lua_Debug()
    unsafe lua_pushvalue(pointer, function)
    _ = unsafe lua_getinfo(pointer, ">u", &frame)
    return unsafe frame.nups
  }

  /// The name of a function's upvalue; `?` when its code was stripped of names.
  package func upvalueName(of function: Int32, _ number: Int32) -> String {
    guard let name = unsafe lua_getupvalue(pointer, function, number) else { return "?" }
    defer { pop() }
    return unsafe String(cString: name)
  }

  /// Where a function was written: `jobs.lua:31`.
  package func definition(of function: Int32) -> String {
    var frame = unsafe lua_Debug()
    unsafe lua_pushvalue(pointer, function)
    _ = unsafe lua_getinfo(pointer, ">S", &frame)
    let source = unsafe withUnsafeBytes(of: frame.short_src) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return unsafe frame.linedefined > 0 ? "\(source):\(frame.linedefined)" : source
  }

  /// Calls `visit` with each value that a coroutine's stack holds, which it must pop.
  package func forEachValue(ofCoroutine index: Int32, _ visit: () -> Void) {
    guard let coroutine = unsafe lua_tothread(pointer, index), unsafe coroutine != pointer,
      unsafe lua_checkstack(coroutine, 2) != 0
    else { return }
    func hand() {
      unsafe lua_xmove(coroutine, pointer, 1)
      visit()
    }
    // Before it starts, and after a yield, what is on top belongs to no function's variables.
    let count = unsafe lua_gettop(coroutine)
    for position in 0..<count {
      unsafe lua_pushvalue(coroutine, position + 1)
      hand()
    }
    var frame = unsafe lua_Debug()
    var level: Int32 = 0
    while unsafe lua_getstack(coroutine, level, &frame) != 0 {
      _ = unsafe lua_getinfo(coroutine, "f", &frame)
      hand()
      var number: Int32 = 1
      while unsafe lua_getlocal(coroutine, &frame, number) != nil {
        hand()
        number += 1
      }
      level += 1
    }
  }

  /// Stack: [] -> [metatable] when there is one.
  @inline(__always)
  package func pushMetatable(_ index: Int32) -> Bool {
    unsafe lua_getmetatable(pointer, index) != 0
  }

  /// Stack: [metatable or nil] -> [].
  @inline(__always)
  package func setMetatable(_ index: Int32) { unsafe lua_setmetatable(pointer, index) }

  /// Keeps the value in the registry until `release`.
  ///
  /// Stack: [value] -> [].
  package func keep() -> Int32 { unsafe luaL_ref(pointer, LuaState.registry) }

  package func release(_ reference: Int32) {
    unsafe luaL_unref(pointer, LuaState.registry, reference)
  }

  /// The table of loaded modules.
  ///
  /// Stack: [] -> [table].
  package func pushLoadedModules() { rawGet(LuaState.registry, "_LOADED") }
}
