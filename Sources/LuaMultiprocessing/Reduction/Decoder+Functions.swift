// How the decoder makes Lua functions: of their bytecode, with variables that they share. No Python
// counterpart.

internal import CLua
internal import CLuaBridge

extension Decoder {
  /// Where a message comes from.
  package enum Origin {
    /// A process of this program, or one that has proved to be a friend: its functions are taken.
    case tree
    /// Anyone. Lua does not check bytecode, so functions are refused.
    case foreign
  }

  /// Makes a function, which becomes the current frame; its variables follow.
  ///
  /// The bytes are those of a process of the same program, and Lua trusts them.
  ///
  /// - Returns: Whether it has variables or reads globals, and so is the current frame; else it is complete.
  @inline(never)
  mutating func decodeFunction(_ tag: UInt8, _ position: Int) throws(LuaError) -> Bool {
    guard origin == .tree else { throw damaged("a function, which is not taken from strangers") }
    let count = try Int(read(as: UInt8.self))
    let globals = try Int(read(as: UInt32.self)) &* 2
    let byteCount = try Int(read(as: UInt32.self))
    let rest = frame.rest
    guard byteCount <= left, count &+ globals <= left &- byteCount &- owed &- rest else {
      throw damaged("a function that is too long")
    }
    try spend(64 &+ 4 &* byteCount)
    var index = frame.table &+ 1 &+ Int32(truncatingIfNeeded: frame.fields & 1)
    if !path.hasRoom(Decoder.slots, above: index), path.grow(Decoder.slots, above: index) {
      index = unsafe lua_gettop(path.pointer) &+ 1
    }
    let stack = unsafe path.pointer
    let status = unsafe luaL_loadbufferx(
      stack, input.assumingMemoryBound(to: CChar.self), byteCount, "=message", "b")
    guard status == LUA_OK else {
      let reason = unsafe LuaState(pointer: stack).string(-1)
      unsafe lua_settop(stack, index &- 1)
      throw damaged("a function that Lua does not take: \(reason)")
    }
    skip(byteCount)
    guard unsafe LuaState(pointer: stack).upvalueCount(index) == UInt8(count) else {
      throw damaged("a function with another count of variables")
    }
    if tag & Tag.shared != 0 { unsafe note(stack, position) }
    if count &+ globals == 0 { return false }
    try begin(
      unsafe Frame(
        stack: stack, table: index, index: 0, count: count, fields: globals, kind: .function))
    return true
  }

  /// Reads the rest of a function's variables and globals; true when a new table or function has become the
  /// current frame.
  @inline(never)
  mutating func decodeVariables() throws(LuaError) -> Bool {
    let stack = unsafe frame.stack
    while frame.index < frame.count {
      let position = self.position
      let tag = try read(as: UInt8.self)
      switch tag {
      case Tag.variable: break
      case Tag.variable | Tag.shared: unsafe noteVariable(stack, position)
      default:
        try joinVariable(tag)
        frame.index &+= 1
        continue
      }
      let value = try read(as: UInt8.self)
      if try unsafe !decodeRarePlain(value, stack), try enter(value) { return true }
      frame.index &+= 1
      guard unsafe lua_setupvalue(stack, frame.table, Int32(frame.index)) != nil else {
        throw damaged("a variable too many")
      }
    }
    while frame.fields > 0 {
      let tag = try read(as: UInt8.self)
      if frame.fields & 1 == 0 {
        guard try unsafe decodeRarePlain(tag, stack), unsafe lua_type(stack, -1) == LUA_TSTRING
        else {
          throw damaged("a global without a name")
        }
      } else {
        if try unsafe !decodeRarePlain(tag, stack), try enter(tag) { return true }
        unsafe setMissingGlobal(stack)
      }
      frame.fields &-= 1
    }
    return false
  }

  /// Sets a global variable, or a field of a library, unless this process has one of its own: what an
  /// earlier message brought, and nobody has changed since, is none.
  ///
  /// Stack: [name, value] -> [].
  func setMissingGlobal(_ stack: OpaquePointer) {
    let state = unsafe LuaState(pointer: stack)
    let name = state.top - 1
    let value = state.top
    defer { state.setTop(name - 1) }
    guard state.pushPlace(ofGlobal: name) else { return }
    let owner = value + 1
    let key = value + 2
    state.pushReceivedGlobals()
    let received = value + 3
    state.copy(key)
    let isMissing = state.rawGet(owner) == .nil
    state.copy(name)
    state.rawGet(received)
    if isMissing || state.rawEqual(-1, -2) {
      for (table, key) in [(owner, key), (received, name)] {
        state.copy(key)
        state.copy(value)
        state.rawSet(table)
      }
    }
  }

  /// Keeps the variable that comes next, of the current frame's function, for references to it: the
  /// function under the position, its number under the position's complement.
  private func noteVariable(_ stack: OpaquePointer, _ position: Int) {
    unsafe lua_pushvalue(stack, frame.table)
    unsafe note(stack, position)
    unsafe lua_pushinteger(stack, lua_Integer(frame.index &+ 1))
    unsafe note(stack, ~position)
    unsafe lua_settop(stack, -3)
  }

  /// Makes the next variable of the current frame's function the one that a reference names.
  private mutating func joinVariable(_ tag: UInt8) throws(LuaError) {
    let position: UInt64
    switch tag {
    case Tag.variableReference32: position = try UInt64(read(as: UInt32.self))
    case Tag.variableReference64: position = try read(as: UInt64.self)
    default: throw damaged("the tag \(tag) where a variable should be")
    }
    let root = unsafe root.pointer
    let key = lua_Integer(truncatingIfNeeded: position)
    guard unsafe lua_type(root, shared) == LUA_TTABLE,
      unsafe lua_rawgeti(root, shared, ~key) == LUA_TNUMBER
    else { throw damaged("a reference to no variable") }
    let number = unsafe Int32(lua_tointegerx(root, -1, nil))
    unsafe lua_settop(root, -2)
    unsafe lua_rawgeti(root, shared, key)
    let stack = unsafe frame.stack
    unsafe lua_xmove(root, stack, 1)
    unsafe lua_upvaluejoin(stack, frame.table, Int32(frame.index &+ 1), -1, number)
    unsafe lua_settop(stack, frame.table)
  }
}

extension LuaState {
  /// Pushes the table that a variable belongs to, and its key there.
  ///
  /// Stack: [] -> [table, key] when the result is true.
  fileprivate func pushPlace(ofGlobal name: Int32) -> Bool {
    let text = bytes(name) ?? []
    guard let parts = LibraryFields.parts(of: text) else {
      pushGlobals()
      copy(name)
      return true
    }
    pushLoadedModules()
    guard rawGet(-1, LibraryFields.libraries[parts.library]) == .table else { return false }
    remove(-2)
    push(bytes: Array(parts.field))
    return true
  }

  /// Pushes the globals that messages have brought, by name.
  ///
  /// Stack: [] -> [table].
  fileprivate func pushReceivedGlobals() {
    if rawGet(LuaState.registry, "multiprocessing.received_globals") == .table { return }
    pop()
    newTable()
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.received_globals")
  }
}
