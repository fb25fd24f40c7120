// Makes a Lua value of the bytes of a message; Python's counterpart is `pickle.loads`.

internal import CLua
package import CLuaBridge
package import Multiprocessing

/// Decodes one message of `Encoder`.
///
/// The bytes may come from anyone: whatever they are, the result is a value or an error. Lengths
/// and counts are checked against the bytes that are left, of which each announced value takes one
/// at least, so memory stays within a small multiple of the message's size.
///
/// The path of open tables is kept as `Encoder` does, so depth is limited by memory alone.
@safe package struct Decoder: ~Copyable {
  /// The bytes not read yet.
  private(set) var input: UnsafeRawPointer
  private(set) var left: Int
  private let byteCount: Int
  /// How many of the bytes read were contents of long strings, which positions don't count.
  private var skipped = 0
  let origin: Origin
  /// The Lua stack that the message's value is made on.
  let root: LuaState
  /// Where on that stack the tables with references to them are kept, by position; nil until the
  /// first.
  let shared: Int32
  var path: PathStack
  /// The current table, those that it is in, and how many they all are.
  ///
  /// While none is, the frame stands for the message itself, which expects one value.
  var frame: Frame
  private(set) var parents = Pile<Frame>()
  private var depth = 0
  /// How many values the tables in `parents` still expect.
  private(set) var owed = 0
  /// The shared objects that the message carried.
  let references: [SharedObject]?
  /// Bytes that Lua's heap may grow by before it is asked again.
  private var allowance = Decoder.reserve

  /// How many bytes of Lua's heap are reserved at a time.
  private static var reserve: Int { 64 << 10 }

  /// Stack slots that a table needs above its index: a key, a value, and some for moving them.
  static var slots: Int32 { 6 }

  /// A table that is being filled, or a function whose variables are.
  @safe struct Frame: BitwiseCopyable {
    enum Kind: UInt8 {
      case table, function, object
      /// A value that is made of two, which gather on the stack above index `table`.
      case metatable, reduced, errorClass, processClass
      /// The metatable that a name stands for here, or the name, and the one that came with it.
      case registered
    }

    var stack: OpaquePointer
    var table: Int32
    /// How many values of the list have come, of how many; or variables of the function.
    var index: Int
    var count: Int
    /// How many keys and values of fields are to come, or of global variables that the function reads;
    /// when odd, a key is above the table.
    var fields: Int
    var kind = Kind.table

    /// How many values are to come behind the next one.
    @inline(__always)
    var rest: Int { count &- index &+ fields &- 1 }
  }

  /// Begins a message; the two values above `top` are the decoder's own.
  private init(
    _ state: LuaState, _ top: Int32, _ start: UnsafeRawPointer, _ byteCount: Int,
    _ references: [SharedObject]?, _ origin: Origin
  ) {
    self.references = references
    self.origin = origin
    unsafe input = start
    left = byteCount
    self.byteCount = byteCount
    root = state
    shared = top + 2
    path = unsafe PathStack(state.pointer, successor: top + 1, room: Decoder.slots + 2)
    frame = unsafe Frame(stack: state.pointer, table: top + 2, index: 0, count: 1, fields: 0)
  }

  /// Makes the value of a message.
  ///
  /// Stack: [] -> [value].
  ///
  /// - Parameters:
  ///   - state: Gets the value.
  ///   - bytes: The message. Nobody may change it meanwhile; finalizers may run, so no lock may be
  ///     held.
  ///   - references: What the message carried, all held by this process; nil for nothing.
  ///   - origin: Where the message comes from.
  /// - Throws: A `SerializationError` when the bytes are no message; `.memory`.
  /// - Complexity: O(*n*) in the byte count.
  package static func decode(
    _ state: LuaState, bytes: UnsafeRawBufferPointer, references: [SharedObject]? = nil,
    from origin: Origin = .tree
  ) throws(LuaError) {
    guard let start = bytes.baseAddress, bytes.count > 0 else {
      throw .object(.serializationError, "damaged message: it is empty")
    }
    if bytes.count > reserve { try state.reserveMemory(bytes.count) }
    try state.reserveStack(slots + 3)
    let top = state.top
    state.pushNil()
    state.pushNil()
    var decoder = unsafe Decoder(state, top, start, bytes.count, references, origin)
    do {
      try decoder.decode()
    } catch .onTop {
      unsafe lua_copy(state.pointer, -1, top + 1)
      state.setTop(top + 1)
      throw .onTop
    } catch {
      state.setTop(top)
      throw error
    }
    unsafe lua_copy(state.pointer, -1, top + 1)
    state.setTop(top + 1)
  }

  /// The same for a message that is a Lua string on the stack.
  ///
  /// Stack: [] -> [value].
  package static func decode(_ state: LuaState, message: Int32) throws(LuaError) {
    var count = 0
    let bytes = state.isString(message) ? unsafe lua_tolstring(state.pointer, message, &count) : nil
    try unsafe decode(state, bytes: UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// Makes the value of a message that is nothing but one long string, without running Lua code: the
  /// bytes may be another's, under a lock.
  ///
  /// The collector rests meanwhile and forgets what it had planned, so this is only for strings that
  /// would make it run anyway: those of a fifth of the heap, by which it lets the heap grow. Huge ones
  /// would hold the lock for long, and the machine may not have the memory.
  ///
  /// Stack: [] -> [string] when the result is not 0.
  ///
  /// - Returns: For how many bytes the collector has to be asked to run, after the lock; 0 when
  ///   nothing was done, and `decode` is the way.
  @inline(never)
  static func pushLongString(_ state: LuaState, message: UnsafeRawBufferPointer) -> Int {
    guard let start = message.baseAddress, message.count > 9 else { return 0 }
    let memory = LuaMemory(of: state)
    guard memory.used / 5 < message.count, message.count <= 16 << 20, memory.limit == .max,
      state.hasStack(1)
    else { return 0 }
    let head: Int
    let count: UInt64
    switch unsafe start.load(as: UInt8.self) {
    case Tag.string32:
      head = 5
      unsafe count = UInt64(start.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    case Tag.string64:
      head = 9
      unsafe count = start.loadUnaligned(fromByteOffset: 1, as: UInt64.self)
    default: return 0
    }
    guard count == UInt64(message.count - head) else { return 0 }
    state.withoutCollecting {
      _ = unsafe lua_pushlstring(
        state.pointer, (start + head).assumingMemoryBound(to: CChar.self), message.count - head)
    }
    return message.count
  }

  private mutating func decode() throws(LuaError) {
    let tag = try read(as: UInt8.self)
    if try unsafe !decodeRarePlain(tag, root.pointer), try enter(tag) { try decodeTables() }
    guard left == 0 else { throw damaged("bytes behind the value") }
  }
}

// MARK: - Tables

extension Decoder {
  /// Fills the current table and all in it, and leaves the root table on top of the root's stack.
  private mutating func decodeTables() throws(LuaError) {
    tables: while true {
      if frame.kind != .table, try decodeOther() { continue tables }
      let stack = unsafe frame.stack
      let table = frame.table
      let count = frame.count
      var index = frame.index
      while index < count {
        let tag = try read(as: UInt8.self)
        if try unsafe !decodePlain(tag, stack) {
          frame.index = index
          if try enter(tag) { continue tables }
        }
        index &+= 1
        unsafe lua_rawseti(stack, table, lua_Integer(index))
      }
      frame.index = index
      while frame.fields > 0 {
        let tag = try read(as: UInt8.self)
        if try unsafe !decodePlain(tag, stack), try enter(tag) { continue tables }
        if frame.fields & 1 != 0 {
          unsafe lua_rawset(stack, frame.table)
        } else if unsafe tag == Tag.nil || tag == Tag.float && isNaN(stack) {
          throw damaged("a key that is nil or NaN")
        }
        frame.fields &-= 1
      }
      if leave() { return }
    }
  }

  /// Reads the rest of what is no table, after which nothing is left for it to do; true when a new table
  /// or other value has become the current one.
  @inline(never)
  private mutating func decodeOther() throws(LuaError) -> Bool {
    switch frame.kind {
    case .function: try decodeVariables()
    case .object: try decodeUserValue()
    default: try decodePair()
    }
  }

  func isNaN(_ stack: OpaquePointer) -> Bool {
    unsafe lua_tonumberx(stack, -1, nil).isNaN
  }

  /// Reads a value that is not plain.
  ///
  /// A new table with values in it becomes the current one and the result is true, any other is
  /// complete.
  mutating func enter(_ tag: UInt8) throws(LuaError) -> Bool {
    let position = position &- 1
    var count = 0
    var fields = 0
    switch tag & ~Tag.shared {
    case Tag.list8: count = try Int(read(as: UInt8.self))
    case Tag.list32: count = try Int(read(as: UInt32.self))
    case Tag.fields: fields = try Int(read(as: UInt32.self)) &* 2
    case Tag.object:
      try decodeObject()
      if tag & Tag.shared != 0 { unsafe note(path.pointer, position) }
      return false
    case Tag.objectWithValue:
      try decodeObjectWithValue(tag, position)
      return true
    case Tag.named:
      try decodeNamed()
      if tag & Tag.shared != 0 { unsafe note(path.pointer, position) }
      return false
    case Tag.metatable, Tag.reduced, Tag.errorClass, Tag.processClass:
      try beginPair(tag, position)
      return true
    case Tag.registered:
      try beginRegistered()
      return true
    case Tag.function: return try decodeFunction(tag, position)
    case Tag.mixed:
      count = try Int(read(as: UInt32.self))
      fields = try Int(read(as: UInt32.self)) &* 2
    default:
      try decodeReference(tag)
      return false
    }
    let rest = frame.rest
    guard count &+ fields <= left &- owed &- rest else {
      throw damaged("a count that is too large")
    }
    // Larger tables grow as they are filled; Lua raises an error when asked for too much.
    let largest = 1 << 26
    let list = Int32(truncatingIfNeeded: min(count, largest))
    let hash = Int32(truncatingIfNeeded: min(fields / 2, largest))
    try spend(56 &+ 16 &* Int(list) &+ 40 &* Int(hash))
    var table = frame.table &+ 1 &+ Int32(truncatingIfNeeded: frame.fields & 1)
    if count &+ fields == 0 {
      unsafe lua_createtable(path.pointer, 0, 0)
      if tag & Tag.shared != 0 { unsafe note(path.pointer, position) }
      return false
    }
    if !path.hasRoom(Decoder.slots, above: table), path.grow(Decoder.slots, above: table) {
      table = unsafe lua_gettop(path.pointer) &+ 1
    }
    let stack = unsafe path.pointer
    unsafe lua_createtable(stack, list, hash)
    if tag & Tag.shared != 0 { unsafe note(stack, position) }
    try begin(unsafe Frame(stack: stack, table: table, index: 0, count: count, fields: fields))
    return true
  }

  /// Makes a new table or function the current frame, in the one before.
  @inline(__always)
  mutating func begin(_ new: Frame) throws(LuaError) {
    if depth > 0 {
      try parents.append(frame)
      owed &+= frame.rest
    }
    depth &+= 1
    frame = new
  }

  /// Puts the current table, which is complete, into the one that it is in.
  ///
  /// When that is none, leaves it on the root's stack and gives true.
  @inline(__always)
  private mutating func leave() -> Bool {
    depth &-= 1
    guard let parent = parents.popLast() else {
      unsafe lua_xmove(frame.stack, root.pointer, 1)
      return true
    }
    if unsafe parent.stack != frame.stack {
      unsafe lua_xmove(frame.stack, parent.stack, 1)
      unsafe path.return(to: parent.stack)
    }
    frame = parent
    owed &-= frame.rest
    if frame.kind != .table {
      putIntoOther()
    } else if frame.index < frame.count {
      frame.index &+= 1
      unsafe lua_rawseti(frame.stack, frame.table, lua_Integer(frame.index))
    } else {
      if frame.fields & 1 != 0 { unsafe lua_rawset(frame.stack, frame.table) }
      frame.fields &-= 1
    }
    return false
  }

  /// Puts the value on top of the stack into the current frame, which is no table.
  @inline(never)
  private mutating func putIntoOther() {
    if frame.index < frame.count {
      frame.index &+= 1
      if frame.kind == .function {
        _ = unsafe lua_setupvalue(frame.stack, frame.table, Int32(frame.index))
      } else {
        unsafe setMissingUserValue(frame.stack)
      }
    } else {
      if frame.kind == .function, frame.fields & 1 != 0 { unsafe setMissingGlobal(frame.stack) }
      frame.fields &-= 1
    }
  }

  /// The next byte, which stays to be read; 0 behind the last.
  var nextTag: UInt8 { left > 0 ? unsafe input.load(as: UInt8.self) : 0 }

  /// Where the next byte stands, as references count.
  @inline(__always)
  var position: Int { byteCount &- left &- skipped }

  /// Goes on behind bytes that were read where they are.
  @inline(__always)
  mutating func skip(_ count: Int) {
    unsafe input += count
    left &-= count
  }

  /// Keeps the value on top of a stack for references to it, unless there is one that stands for it.
  @inline(never)
  func note(_ stack: OpaquePointer, _ position: Int) {
    let root = unsafe root.pointer
    if unsafe lua_type(root, shared) == LUA_TNIL {
      unsafe lua_createtable(root, 0, 4)
      unsafe lua_copy(root, -1, shared)
      unsafe lua_settop(root, -2)
    }
    unsafe lua_pushvalue(stack, -1)
    unsafe lua_xmove(stack, root, 1)
    if unsafe lua_rawgeti(root, shared, lua_Integer(position)) != LUA_TNIL {
      return unsafe lua_settop(root, -3)
    }
    unsafe lua_settop(root, -2)
    unsafe lua_rawseti(root, shared, lua_Integer(position))
  }

  /// Pushes the table or object that a reference names.
  ///
  /// Stack: [] -> [value].
  @inline(never)
  private mutating func decodeReference(_ tag: UInt8) throws(LuaError) {
    let position: UInt64
    switch tag {
    case Tag.reference32: position = try UInt64(read(as: UInt32.self))
    case Tag.reference64: position = try read(as: UInt64.self)
    default: throw damaged("the unknown tag \(tag)")
    }
    try spend(16)
    let root = unsafe root.pointer
    guard unsafe lua_type(root, shared) == LUA_TTABLE,
      unsafe lua_rawgeti(root, shared, lua_Integer(truncatingIfNeeded: position)) != LUA_TNIL
    else { throw damaged("a reference to no table") }
    unsafe lua_xmove(root, path.pointer, 1)
  }
}

// MARK: - Plain values

extension Decoder {
  /// The same as `decodePlain`, where that is rare: code in many places would not be inlined in the one
  /// that must be quick.
  @inline(never)
  mutating func decodeRarePlain(
    _ tag: UInt8, _ stack: OpaquePointer
  ) throws(LuaError) -> Bool {
    try unsafe decodePlain(tag, stack)
  }

  /// Pushes a value that holds no others; false for another tag.
  @inline(__always)
  private mutating func decodePlain(
    _ tag: UInt8, _ stack: OpaquePointer
  ) throws(LuaError) -> Bool {
    if tag >= Tag.smallInteger {
      unsafe lua_pushinteger(
        stack, lua_Integer(tag &- Tag.smallInteger) &+ lua_Integer(Tag.smallIntegers.lowerBound))
      return true
    }
    if tag >= Tag.shortString {
      try unsafe decodeString(stack, Int(tag &- Tag.shortString))
      return true
    }
    switch tag {
    case Tag.nil: unsafe lua_pushnil(stack)
    case Tag.false: unsafe lua_pushboolean(stack, 0)
    case Tag.true: unsafe lua_pushboolean(stack, 1)
    case Tag.int8: unsafe lua_pushinteger(stack, lua_Integer(try read(as: Int8.self)))
    case Tag.int16: unsafe lua_pushinteger(stack, lua_Integer(try read(as: Int16.self)))
    case Tag.int32: unsafe lua_pushinteger(stack, lua_Integer(try read(as: Int32.self)))
    case Tag.int64: unsafe lua_pushinteger(stack, try read(as: lua_Integer.self))
    case Tag.float: unsafe lua_pushnumber(stack, try read(as: Double.self))
    case Tag.string8: try unsafe decodeString(stack, Int(read(as: UInt8.self)))
    case Tag.string32: try unsafe decodeString(stack, Int(read(as: UInt32.self)))
    case Tag.string64:
      try unsafe decodeString(stack, Int(clamping: read(as: UInt64.self)))
    default: return false
    }
    return true
  }

  @inline(__always)
  private mutating func decodeString(_ stack: OpaquePointer, _ count: Int) throws(LuaError) {
    guard count <= left else { throw damaged("a string that is too long") }
    try spend(count &+ 32)
    _ = unsafe lua_pushlstring(stack, input.assumingMemoryBound(to: CChar.self), count)
    skip(count)
    if count >= Tag.longString { skipped &+= count }
  }

  @inline(__always)
  mutating func read<Number: BitwiseCopyable>(
    as type: Number.Type
  ) throws(LuaError) -> Number {
    guard left >= MemoryLayout<Number>.size else { throw damaged("it is cut short") }
    let number = unsafe input.loadUnaligned(as: Number.self)
    unsafe input += MemoryLayout<Number>.size
    left &-= MemoryLayout<Number>.size
    return number
  }

  /// Asks Lua's heap for room before it grows by much.
  @inline(__always)
  mutating func spend(_ byteCount: Int) throws(LuaError) {
    allowance &-= byteCount
    if allowance < 0 { try replenish(byteCount) }
  }

  @inline(never)
  private mutating func replenish(_ byteCount: Int) throws(LuaError) {
    try root.reserveMemory(byteCount + Decoder.reserve)
    allowance = Decoder.reserve
  }

  @inline(never)
  func damaged(_ problem: String) -> LuaError {
    .object(.serializationError, "damaged message: \(problem), at byte \(byteCount - left)")
  }
}
