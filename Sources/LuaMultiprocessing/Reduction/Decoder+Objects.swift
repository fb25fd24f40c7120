// How the decoder makes objects of ours. Python: what a pickle's reducers call.

internal import CLua
internal import CLuaBridge
internal import Multiprocessing

extension Decoder {
  /// Pushes the userdata of a shared object: the one that this process has already, or a new one.
  ///
  /// Stack: [] -> [userdata].
  @inline(never)
  mutating func decodeObject() throws(LuaError) {
    let magic = try read(as: UInt64.self)
    let details = try read(as: UInt64.self)
    let count = try Int(read(as: UInt16.self))
    var objects: [SharedObject] = []
    for _ in 0..<count {
      let position = try Int(read(as: UInt32.self))
      guard let references, position < references.count else {
        throw damaged("an object that came with none")
      }
      objects.append(references[position])
    }
    let text = try readBytes(Int(read(as: UInt16.self)))
    try spend(256)
    let state = unsafe LuaState(pointer: path.pointer)
    try state.reserveStack(20)
    guard let type = SharedClasses.byMagic[magic] else { throw damaged("an object of no class") }
    let parts = HandleParts(references: objects, details: details, text: text)
    guard try type.pushReceived(state, parts) else {
      throw damaged("an object of another class")
    }
  }

  private mutating func readBytes(_ count: Int) throws(LuaError) -> [UInt8] {
    guard count <= left else { throw damaged("it is cut short") }
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: input, count: count))
    skip(count)
    return bytes
  }

  /// The same for an object whose user value follows: it becomes the current frame.
  @inline(never)
  mutating func decodeObjectWithValue(_ tag: UInt8, _ position: Int) throws(LuaError) {
    var index = frame.table &+ 1 &+ Int32(truncatingIfNeeded: frame.fields & 1)
    if !path.hasRoom(Decoder.slots, above: index), path.grow(Decoder.slots, above: index) {
      index = unsafe lua_gettop(path.pointer) &+ 1
    }
    try decodeObject()
    let stack = unsafe path.pointer
    guard unsafe LuaState(pointer: stack).transferable(index)?.hasValue == true else {
      throw damaged("an object of a class that takes no value")
    }
    if tag & Tag.shared != 0 { unsafe note(stack, position) }
    try begin(
      unsafe Frame(stack: stack, table: index, index: 0, count: 1, fields: 0, kind: .object))
  }

  /// Reads the user value of an object; true when a new table or function has become the current
  /// frame.
  @inline(never)
  mutating func decodeUserValue() throws(LuaError) -> Bool {
    guard frame.index < frame.count else { return false }
    let stack = unsafe frame.stack
    let tag = try read(as: UInt8.self)
    if try unsafe !decodeRarePlain(tag, stack), try enter(tag) { return true }
    frame.index &+= 1
    unsafe setMissingUserValue(stack)
    return false
  }

  /// Gives the current frame's object its user value, unless it was here already with its own.
  ///
  /// Stack: [value] -> [].
  func setMissingUserValue(_ stack: OpaquePointer) {
    if unsafe lua_getiuservalue(stack, frame.table, 1) == LUA_TNIL {
      unsafe lua_settop(stack, -2)
      unsafe lua_setiuservalue(stack, frame.table, 1)
    } else {
      unsafe lua_settop(stack, -3)
    }
  }
}
