// How the encoder walks tables; Python's counterpart is pickle's `save_list` and `save_dict`.

internal import CLua
internal import CLuaBridge

extension Encoder {
  /// A table whose values are being encoded, or a function whose variables are.
  @safe struct Frame: BitwiseCopyable {
    /// The stack that the table is on, and its index there.
    var stack: OpaquePointer
    var table: Int32
    var step: Step
    /// How many values of the list have been begun, of how many.
    var index: UInt32 = 0
    var count: UInt32
    /// How many fields have been begun, and where in the buffer their count belongs; 0 for none.
    var fields: UInt32 = 0
    var fieldsPosition: Int
  }

  /// What a table goes on with.
  ///
  /// A field has its key and value on the stack right above the table.
  enum Step: UInt8 {
    /// The next value of the list.
    case list
    /// The field that is on the stack.
    case field
    /// The value of the field; its key is done, or being encoded.
    case value
    /// The field after the one on the stack, whose value is done, or being encoded.
    case next
    /// The next variable of a function.
    case upvalue
    /// The next global that a function reads, and the next field of a library.
    case global, libraryField
    /// The value that belongs to an object.
    case userValue
    /// The next part of a value that is made of two.
    case table, metatable
    case function, arguments
    case fields, parent
    /// The table whose name has been encoded.
    case registered
  }

  /// How many values of a list gather on the stack before they are dropped at once.
  private static var batch: Int32 { 8 }

  /// Stack slots that a table needs above its index: a batch, or a field and a copy of its key; and
  /// some to find out the name of a type.
  static var slots: Int32 { batch + 4 }

  /// Encodes the value on top of the stack, which is not plain, and all that it holds.
  ///
  /// The tables on the path stay on the stack.
  mutating func encode(
    _ type: Int32, _ path: consuming PathStack, _ root: StaticString
  ) throws(LuaError) {
    let top = unsafe lua_gettop(path.pointer)
    guard var frame = try open(&path, top, type, root, parent: nil) else { return }
    while true {
      do {
        if let child = try encodeRest(&frame, &path, root) {
          frame = child
          continue
        }
      } catch {
        if checkpoints.count > 0, leaveOut(error, &frame, &path) { continue }
        throw error
      }
      guard let parent = parents.popLast() else { return }
      unsafe path.return(to: parent.stack)
      frame = parent
      if frame.step == .list { unsafe lua_settop(frame.stack, frame.table) }
    }
  }

  /// Encodes the rest of a table or function; gives the frame of a new one when it meets one.
  @inline(__always)
  private mutating func encodeRest(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    if frame.step == .list {
      if let child = try encodeList(&frame, &path, root) { return child }
      guard frame.fieldsPosition > 0 else { return nil }
      // The list is in the array part, so what comes behind its last index are the fields.
      unsafe lua_settop(frame.stack, frame.table)
      unsafe lua_pushinteger(frame.stack, lua_Integer(frame.count))
      guard unsafe lua_next(frame.stack, frame.table) != 0 else { return nil }
      frame.step = .field
    } else if frame.step == .upvalue {
      return try encodeUpvalues(&frame, &path, root)
    } else if frame.step == .global || frame.step == .libraryField {
      return try encodeGlobals(&frame, &path, root)
    } else if frame.step == .userValue {
      return try encodeUserValue(&frame, &path, root)
    } else if frame.step.rawValue > Step.userValue.rawValue {
      return try encodePair(&frame, &path, root)
    }
    return try encodeFields(&frame, &path, root)
  }

  /// Encodes the rest of a list; gives the frame of a new table when it meets one.
  ///
  /// The table must be on top of the stack.
  @inline(__always)
  private mutating func encodeList(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    let stack = unsafe frame.stack
    let table = frame.table
    let count = frame.count
    var index = frame.index
    var top = table
    while index < count {
      index &+= 1
      let type = unsafe lua_rawgeti(stack, table, lua_Integer(index))
      top &+= 1
      if try unsafe !encodePlain(stack, top, type) {
        frame.index = index
        if let child = try enter(frame, top, type, &path, root) { return child }
      }
      if top == table &+ Encoder.batch {
        unsafe lua_settop(stack, table)
        top = table
      }
    }
    frame.index = index
    return nil
  }

  /// Encodes the rest of the fields; gives the frame of a new table when it meets one.
  @inline(__always)
  private mutating func encodeFields(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    let stack = unsafe frame.stack
    let key = frame.table &+ 1
    let value = frame.table &+ 2
    while true {
      if frame.step == .field {
        frame.fields &+= 1
        frame.step = .value
        let type = unsafe lua_type(stack, key)
        if try unsafe !encodePlain(stack, key, type) {
          unsafe lua_pushvalue(stack, key)
          if let child = try enter(frame, value &+ 1, type, &path, root) { return child }
          unsafe lua_settop(stack, value)
        }
      } else if frame.step == .value {
        // Back from a table that was the key.
        unsafe lua_settop(stack, value)
      }
      if frame.step == .value {
        frame.step = .next
        let type = unsafe lua_type(stack, value)
        if try unsafe !encodePlain(stack, value, type),
          let child = try enter(frame, value, type, &path, root)
        {
          return child
        }
      }
      unsafe lua_settop(stack, key)
      if unsafe lua_next(stack, frame.table) == 0 { break }
      frame.step = .field
    }
    buffer.replace(frame.fields, at: frame.fieldsPosition)
    return nil
  }

  /// Encodes a value that is not plain, on top of the stack; gives its frame when that has only
  /// begun.
  @inline(__always)
  mutating func enter(
    _ parent: Frame, _ index: Int32, _ type: Int32, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    guard let frame = try open(&path, index, type, root, parent: parent) else { return nil }
    try parents.append(parent)
    return frame
  }

  /// Begins the value on top of the stack, which is not plain; nil when it is done already.
  @inline(__always)
  private mutating func open(
    _ path: inout PathStack, _ index: Int32, _ type: Int32, _ root: StaticString, parent: Frame?
  ) throws(LuaError) -> Frame? {
    if type == LUA_TTABLE { return try open(&path, index, root, parent: parent) }
    if type == LUA_TFUNCTION { return try openFunction(&path, index, root, parent: parent) }
    switch try unsafe encodeObject(path.pointer, index) {
    case .complete: return nil
    case .withValue: return objectFrame(&path, index)
    case nil: break
    }
    if type == LUA_TUSERDATA {
      if try unsafe encodeNamedUserdata(path.pointer, index) { return nil }
      if let frame = try openReducible(&path, index) { return frame }
    }
    throw refusal(of: index, parent, path, root)
  }

  /// Begins the table on top of the stack; nil when it is done already.
  @inline(__always)
  private mutating func open(
    _ path: inout PathStack, _ index: Int32, _ root: StaticString, parent: Frame? = nil
  ) throws(LuaError) -> Frame? {
    let begin = buffer.count
    try buffer.reserve(9)
    guard let address = unsafe lua_topointer(path.pointer, index) else { return nil }
    if let position = try tables.position(of: UInt(bitPattern: address), or: begin) {
      guard position >= SharedTables.namedPosition else {
        try appendTableReference(position)
        return nil
      }
      switch try unsafe encodeNamed(path.pointer, index, UInt(bitPattern: address)) {
      case .complete: return nil
      case .withValue: return try registeredFrame(&path, index, begin)
      case nil: break
      }
    }
    if unsafe lua_getmetatable(path.pointer, index) != 0 {
      return try openWithMetatable(&path, index, begin)
    }
    return unsafe openContents(&path, index, address)
  }

  /// Begins the contents of the table on top of the stack; nil when it is empty, and done.
  ///
  /// There must be room for nine bytes.
  @inline(__always)
  mutating func openContents(
    _ path: inout PathStack, _ index: Int32, _ address: UnsafeRawPointer
  ) -> Frame? {
    var index = index
    if !path.hasRoom(Encoder.slots, above: index) { grow(&path, &index) }
    let stack = unsafe path.pointer
    let count = readsLists ? unsafe ListPart.count(stack, index, address) : 0
    if count > 0 {
      unsafe lua_pushinteger(stack, lua_Integer(count))
    } else {
      unsafe lua_pushnil(stack)
    }
    if unsafe lua_next(stack, index) == 0 {
      appendList(count)
      if count == 0 { return nil }
      return unsafe Frame(stack: stack, table: index, step: .list, count: count, fieldsPosition: 0)
    }
    if count > 0 {
      unsafe lua_settop(stack, index)
      buffer.append(Tag.mixed, count, as: UInt32.self)
    } else {
      buffer.append(Tag.fields)
    }
    let position = buffer.count
    buffer.append(0, as: UInt32.self)
    return unsafe Frame(
      stack: stack, table: index, step: count > 0 ? .list : .field, count: count,
      fieldsPosition: position)
  }

  /// Makes room above a table on top of the stack, which may put it on another stack.
  @inline(never)
  func grow(_ path: inout PathStack, _ index: inout Int32) {
    let stack = unsafe path.pointer
    guard path.grow(Encoder.slots, above: index) else { return }
    unsafe lua_pushvalue(stack, index)
    unsafe lua_xmove(stack, path.pointer, 1)
    index = unsafe lua_gettop(path.pointer)
  }

  @inline(__always)
  private mutating func appendList(_ count: UInt32) {
    if let count = UInt8(exactly: count) {
      buffer.append(Tag.list8, count, as: UInt8.self)
    } else {
      buffer.append(Tag.list32, count, as: UInt32.self)
    }
  }
}
