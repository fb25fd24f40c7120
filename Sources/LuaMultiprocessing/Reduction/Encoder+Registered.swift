// How the encoder sends metatables that were registered when other processes ran already. No Python
// counterpart: there each process imports the module that the class is in.

internal import CLua
internal import CLuaBridge

// Such a process may not know the name. So the metatable itself goes behind it, once a message, unless
// it cannot be sent: then the name goes alone.

extension Encoder {
  /// The frame of a table on top of the stack whose name has been appended from a position on.
  @inline(never)
  mutating func registeredFrame(
    _ path: inout PathStack, _ index: Int32, _ begin: Int
  ) throws(LuaError) -> Frame {
    var index = index
    if !path.hasRoom(Encoder.slots, above: index) { grow(&path, &index) }
    try checkpoints.append(
      Checkpoint(
        position: begin, pieces: pieces.count, piecesByteCount: piecesByteCount,
        references: references.count, names: globalNames.count))
    return unsafe Frame(
      stack: path.pointer, table: index, step: .registered, count: 0, fieldsPosition: begin)
  }

  /// Encodes the table itself; gives its frame when that has only begun.
  mutating func encodeRegistered(
    _ frame: inout Frame, _ path: inout PathStack
  ) throws(LuaError) -> Frame? {
    let stack = unsafe frame.stack
    if frame.index == 0, let address = unsafe lua_topointer(stack, frame.table) {
      frame.index = 1
      let begin = buffer.count
      let part = frame.table &+ 1
      try buffer.reserve(9)
      namedPositions[UInt(bitPattern: address)] = begin
      unsafe lua_pushvalue(stack, frame.table)
      let hasMetatable = unsafe lua_getmetatable(stack, part) != 0
      let child =
        hasMetatable
        ? try openWithMetatable(&path, part, begin, isNamed: true)
        : unsafe openContents(&path, part, address)
      if let child {
        try parents.append(frame)
        return child
      }
    }
    _ = checkpoints.popLast()
    unsafe lua_settop(stack, frame.table)
    return nil
  }

  /// Appends the name of a frame's table again, without what stood behind it; false when it has none.
  mutating func appendBareName(_ frame: Frame) -> Bool {
    let state = unsafe LuaState(pointer: frame.stack)
    state.setTop(frame.table)
    state.pushNames()
    state.copy(frame.table)
    state.rawGet(-2)
    let name = state.bytes(-1) ?? []
    state.setTop(frame.table)
    // Four zero bytes say that it is in no module and no file.
    let message = [Tag.named, 0, 0, 0, 0] + name.dropFirst()
    guard name.first == Tag.registered, (try? buffer.reserve(message.count)) != nil else {
      return false
    }
    namedPositions[state.address(frame.table)] = buffer.count
    for byte in message { buffer.append(byte) }
    return true
  }
}
