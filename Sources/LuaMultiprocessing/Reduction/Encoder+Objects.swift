// How the encoder sends objects of ours. Python: reducers that `ForkingPickler` knows.

internal import CLua
internal import CLuaBridge

extension Encoder {
  /// How far an object is encoded.
  enum ObjectProgress {
    case complete
    /// Its user value comes next, or the table that has been named.
    case withValue
  }

  /// Encodes an object of ours at an index; nil for a value that is none, or that cannot go there.
  mutating func encodeObject(
    _ stack: OpaquePointer, _ index: Int32
  ) throws(LuaError) -> ObjectProgress? {
    guard let handle = unsafe LuaState(pointer: stack).transferable(index), handle.refusal == nil,
      let address = unsafe lua_topointer(stack, index)
    else { return nil }
    let objects = handle.references
    guard carriesReferences || objects.isEmpty else { return nil }
    let text = handle.text
    try buffer.reserve(21 + 4 * objects.count + text.count)
    let begin = buffer.count
    if let position = try tables.position(of: UInt(bitPattern: address), or: begin) {
      appendReference(position)
      return .complete
    }
    buffer.append(
      handle.hasValue ? Tag.objectWithValue : Tag.object, type(of: handle).magic, as: UInt64.self)
    buffer.append(handle.details, as: UInt64.self)
    buffer.append(UInt16(objects.count), as: UInt16.self)
    for object in objects {
      buffer.append(UInt32(references.count), as: UInt32.self)
      try references.append(object)
    }
    buffer.append(UInt16(text.count), as: UInt16.self)
    unsafe text.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { unsafe buffer.append(start, bytes.count) }
    }
    return handle.hasValue ? .withValue : .complete
  }

  /// The frame of an object on top of the stack whose user value comes next.
  func objectFrame(_ path: inout PathStack, _ index: Int32) -> Frame {
    var index = index
    if !path.hasRoom(Encoder.slots, above: index) { grow(&path, &index) }
    return unsafe Frame(
      stack: path.pointer, table: index, step: .userValue, count: 1, fieldsPosition: 0)
  }

  /// Encodes the user value of an object; gives its frame when that has only begun.
  @inline(never)
  mutating func encodeUserValue(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    let stack = unsafe frame.stack
    unsafe lua_settop(stack, frame.table)
    guard frame.index < frame.count else { return nil }
    frame.index &+= 1
    let type = unsafe lua_getiuservalue(stack, frame.table, 1)
    let value = frame.table &+ 1
    if try unsafe encodeRarePlain(stack, value, type) { return nil }
    return try enter(frame, value, type, &path, root)
  }
}
