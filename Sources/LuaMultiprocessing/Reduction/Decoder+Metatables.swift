// How the decoder makes values with metatables: objects and classes. Python's counterpart is
// pickle's `load_reduce`.

internal import CLua
internal import CLuaBridge

extension Decoder {
  /// Begins a value that is made of two.
  @inline(never)
  mutating func beginPair(_ tag: UInt8, _ position: Int) throws(LuaError) {
    guard origin == .tree else { throw damaged("an object, which is not taken from strangers") }
    guard left &- owed &- frame.rest >= 2 else { throw damaged("it is cut short") }
    var kind = Frame.Kind.metatable
    switch tag & ~Tag.shared {
    case Tag.reduced: kind = .reduced
    case Tag.errorClass: kind = .errorClass
    case Tag.processClass: kind = .processClass
    default: break
    }
    var index = frame.table &+ 1 &+ Int32(truncatingIfNeeded: frame.fields & 1)
    if !path.hasRoom(Decoder.slots, above: index), path.grow(Decoder.slots, above: index) {
      index = unsafe lua_gettop(path.pointer) &+ 1
    }
    // Only what is called has a position of its own: the others' is that of their table.
    let note = tag & Tag.shared != 0 ? position : -1
    try begin(
      unsafe Frame(
        stack: path.pointer, table: index &- 1, index: note, count: note, fields: 2, kind: kind))
  }

  /// Reads the rest of a value that is made of two and puts it together; true when a new table or
  /// function has become the current frame.
  @inline(never)
  mutating func decodePair() throws(LuaError) -> Bool {
    let stack = unsafe frame.stack
    while frame.fields > 0 {
      let tag = try read(as: UInt8.self)
      if try unsafe !decodeRarePlain(tag, stack), try enter(tag) { return true }
      frame.fields &-= 1
    }
    let state = unsafe LuaState(pointer: stack)
    let first = frame.table &+ 1
    let second = frame.table &+ 2
    switch frame.kind {
    case .reduced:
      guard state.isTable(second), state.isFunction(first) || state.hasMetafield(first, "__call")
      else { throw damaged("a call of what is no function") }
      try callReduced(state, first)
    case .metatable:
      guard state.isTable(first), state.isTable(second) else { throw damaged("no metatable") }
      state.setMetatable(first)
    case .errorClass:
      guard state.isTable(first), state.isErrorClass(second) else { throw damaged("no class") }
      state.makeErrorClass(first, extending: second)
      state.setTop(first)
    case .registered: try settleRegistered(state, first)
    default:
      guard state.isTable(first), state.isProcessClass(second) else { throw damaged("no class") }
      state.makeProcessClass(first, extending: second)
      state.setTop(first)
    }
    return false
  }

  /// Calls what `__reduce` gave.
  ///
  /// Stack: [function, list of arguments] -> [result].
  private mutating func callReduced(_ state: LuaState, _ function: Int32) throws(LuaError) {
    let root = self.root
    if unsafe state.pointer != root.pointer { state.move(2, to: root) }
    let base = root.top - 2
    let count = try root.unpackList(base + 2)
    root.remove(base + 2)
    try root.call(arguments: count, results: 1)
    if unsafe state.pointer != root.pointer { root.move(1, to: state) }
    if frame.index >= 0 { unsafe note(state.pointer, frame.index) }
    let parent = parents.count > 0 ? parents[parents.count - 1] : nil
    if let parent, parent.kind == .table, parent.index >= parent.count, parent.fields & 1 == 0,
      state.isNoneOrNil(-1) || state.number(-1)?.isNaN == true
    {
      throw damaged("a key that is nil or NaN")
    }
  }
}
