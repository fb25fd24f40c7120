// How the encoder sends Lua functions: bytecode and upvalues. Python's counterpart is pickle's
// `save_global`, which sends a name and needs the function to stand at the top of a module.

internal import CLua
internal import CLuaBridge

extension Encoder {
  /// Begins the Lua function on top of the stack; nil when it is done already.
  ///
  /// - Throws: A `SerializationError` for a C function.
  @inline(never)
  mutating func openFunction(
    _ path: inout PathStack, _ index: Int32, _ root: StaticString, parent: Frame?
  ) throws(LuaError) -> Frame? {
    let begin = buffer.count
    try buffer.reserve(18)
    guard let address = unsafe lua_topointer(path.pointer, index) else { return nil }
    if let position = try tables.position(of: UInt(bitPattern: address), or: begin) {
      appendReference(position)
      return nil
    }
    if try unsafe encodeNamedFunction(path.pointer, index) { return nil }
    guard unsafe lua_iscfunction(path.pointer, index) == 0 else {
      throw refusal(of: index, parent, path, root)
    }
    var index = index
    if !path.hasRoom(Encoder.slots, above: index) { grow(&path, &index) }
    let stack = unsafe path.pointer
    let count = unsafe LuaState(pointer: stack).upvalueCount(index)
    beginWeight()
    buffer.append(Tag.function, count, as: UInt8.self)
    let globalsPosition = buffer.count
    buffer.append(0, as: UInt32.self)
    let code = try unsafe appendBytecode(stack)
    let names = try unsafe findGlobals(stack, index, count, code)
    return unsafe Frame(
      stack: stack, table: index, step: .upvalue, count: UInt32(count), fields: names,
      fieldsPosition: globalsPosition)
  }

  /// Appends the bytecode of the function on top of the stack, with its length in 32 bits before it.
  ///
  /// The names and lines of its code travel too, so that errors name the same places.
  ///
  /// - Returns: Where in the buffer the bytecode is.
  private mutating func appendBytecode(
    _ stack: OpaquePointer
  ) throws(LuaError) -> Swift.Range<Int> {
    try buffer.reserve(4)
    let position = buffer.count
    buffer.append(0, as: UInt32.self)
    let status = unsafe withUnsafeMutablePointer(to: &buffer) { buffer in
      unsafe lua_dump(stack, appendChunk, buffer, 0)
    }
    guard status == 0 else { throw .memory }
    guard let count = UInt32(exactly: buffer.count - position - 4) else {
      throw .object(.serializationError, "cannot send a function with more than 4 GiB of code")
    }
    buffer.replace(count, at: position)
    return position + 4..<buffer.count
  }

  /// Encodes the rest of a function's upvalues; gives the frame of a new table or function when it
  /// meets one.
  ///
  /// Variables that functions have in common are sent once: what Lua calls the upvalue's identity.
  @inline(never)
  mutating func encodeUpvalues(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    let stack = unsafe frame.stack
    let function = frame.table
    unsafe lua_settop(stack, function)
    while frame.index < frame.count {
      frame.index &+= 1
      noteVariable()
      let number = Int32(frame.index)
      guard let identity = unsafe lua_upvalueid(stack, function, number) else { break }
      try buffer.reserve(18)
      if let position = try tables.position(of: UInt(bitPattern: identity), or: buffer.count) {
        buffer.set(Tag.shared, at: position)
        appendUnsigned(position, Tag.variableReference32, Tag.variableReference64)
        continue
      }
      buffer.append(Tag.variable)
      _ = unsafe lua_getupvalue(stack, function, number)
      let value = function &+ 1
      let type = unsafe lua_type(stack, value)
      if try unsafe !encodeRarePlain(stack, value, type),
        let child = try enter(frame, value, type, &path, root)
      {
        return child
      }
      unsafe lua_settop(stack, function)
    }
    return try encodeGlobals(&frame, &path, root)
  }
}

/// Takes a piece of bytecode: Lua's `lua_Writer`.
private func appendChunk(
  _: OpaquePointer?, bytes: UnsafeRawPointer?, count: Int, buffer: UnsafeMutableRawPointer?
) -> Int32 {
  guard let bytes = unsafe bytes,
    let buffer = unsafe buffer?.assumingMemoryBound(to: Buffer.self)
  else { return 0 }
  do {
    try unsafe buffer.pointee.reserve(count)
    unsafe buffer.pointee.append(bytes, count)
    return 0
  } catch {
    return 1
  }
}
