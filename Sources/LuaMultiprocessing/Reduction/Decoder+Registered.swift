// How the decoder takes metatables that came by name and by value. No Python counterpart: there each
// process imports the module that the class is in.

internal import CLua
internal import CLuaBridge

extension Decoder {
  /// Begins a metatable that comes behind its name.
  ///
  /// Where the name is known, the one that it stands for is what references are to from the start.
  @inline(never)
  mutating func beginRegistered() throws(LuaError) {
    guard origin == .tree else { throw damaged("a name, which is not taken from strangers") }
    let name = try readName()
    guard left &- owed &- frame.rest >= 1 else { throw damaged("it is cut short") }
    try spend(64)
    try root.reserveStack(20)
    var index = frame.table &+ 1 &+ Int32(truncatingIfNeeded: frame.fields & 1)
    if !path.hasRoom(Decoder.slots, above: index), path.grow(Decoder.slots, above: index) {
      index = unsafe lua_gettop(path.pointer) &+ 1
    }
    if root.pushRegistered(name) {
      unsafe note(root.pointer, position &+ (isPair(nextTag) ? 1 : 0))
    } else {
      root.push(bytes: name)
    }
    if unsafe root.pointer != path.pointer {
      root.move(1, to: unsafe LuaState(pointer: path.pointer))
    }
    try begin(
      unsafe Frame(
        stack: path.pointer, table: index &- 1, index: 0, count: 0, fields: 1, kind: .registered))
  }

  /// Whether references to such a value are to the table behind its tag.
  private func isPair(_ tag: UInt8) -> Bool {
    switch tag & ~Tag.shared {
    case Tag.metatable, Tag.errorClass, Tag.processClass: true
    default: false
    }
  }

  /// Leaves the metatable that a name stands for here; where it stood for none, the one that came is it
  /// from now on, so that the sender gets its own back.
  ///
  /// Stack: [metatable or name, metatable] -> [metatable].
  func settleRegistered(_ state: LuaState, _ first: Int32) throws(LuaError) {
    let received = first + 1
    guard state.isTable(received) else { throw damaged("no metatable") }
    guard state.isString(first) else { return state.setTop(first) }
    try state.reserveStack(10)
    state.registerProvisionally(received, as: first)
    state.setTop(received)
    state.remove(first)
  }
}
