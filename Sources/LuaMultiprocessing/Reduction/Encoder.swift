// Turns a Lua value into the bytes of a message; Python's counterpart is `ForkingPickler`.

internal import CLua
package import CLuaBridge
package import Multiprocessing

/// Encodes Lua values, one after another, in memory that it keeps.
///
/// What it takes: nil, booleans, numbers, strings, ranges, shared objects, Lua functions with their
/// upvalues, and tables with their metatables, however deep and with any keys; a table or function that
/// occurs again, in itself too, is sent once, and so is a variable that functions share. What every process
/// has or can load goes by name. Nothing is raised that is not thrown. No Lua code runs but that of
/// `__reduce`, and that only between two passes over the value.
///
/// Tables are walked without recursion. The path of open tables is on Lua's stack, continued on the
/// stacks of further coroutines when one gets long, so depth is limited by memory alone.
///
/// Python: `multiprocessing.reduction.ForkingPickler`.
package struct Encoder: ~Copyable {
  var buffer = Buffer()
  var tables = SharedTables()
  /// The open tables, from the root to the parent of the current one.
  var parents = Pile<Frame>()
  /// The long strings, which stay where Lua keeps them.
  private(set) var pieces = Pile<Piece>()
  private(set) var piecesByteCount = 0
  /// The names of the globals that the functions on the path read, those of the innermost last.
  var globalNames = Pile<Bytecode.Name>()
  /// What to go back to when the value of a global cannot be sent, the innermost last.
  var checkpoints = Pile<Checkpoint>()
  /// The tables of this message that travel by name, and where they begin.
  var namedPositions: [UInt: Int] = [:]
  var weight = FunctionWeight()
  /// Whether the message has functions, or what travels by name.
  var hasOthers = false
  /// Where the objects with a `__reduce` are kept.
  var reductions = Reductions()
  /// The files of Lua modules, whose functions travel by name.
  var moduleFiles: [ModuleFile] = []
  /// What Lua's libraries have by themselves, and where their tables are.
  var ownLibraryFields = OwnLibraryFields()
  var libraryAddresses: [UInt] = []
  /// Those that were looked at for the message, and those among them to which a script has added.
  var askedLibraries = LibrarySet()
  var extendedLibraries = LibrarySet()
  let readsLists: Bool
  /// The shared objects that the message refers to.
  var references = Pile<SharedObject>()
  /// Whether the message goes where references can go.
  private(set) var carriesReferences = true

  /// A long string: its bytes, and where in the buffer they belong.
  @safe struct Piece: BitwiseCopyable {
    var position: Int
    var bytes: UnsafeRawPointer
    var byteCount: Int
  }

  private init(_ state: LuaState) { readsLists = ListPart.isReadable(state) }

  /// How many bytes the message has.
  @inline(__always)
  package var byteCount: Int { buffer.count &+ piecesByteCount }

  /// What the message must carry beside its bytes; nil for nothing.
  @inline(__always)
  package var carried: [SharedObject]? {
    references.count == 0 ? nil : (0..<references.count).map { references[$0] }
  }

  /// Copies the message to memory of at least `byteCount` bytes.
  @inline(__always)
  package func copy(to destination: UnsafeMutableRawPointer) {
    if pieces.count > 0 { return unsafe copyPieces(to: destination) }
    guard let source = unsafe buffer.bytes.baseAddress else { return }
    unsafe destination.copyMemory(from: source, byteCount: buffer.count)
  }

  private func copyPieces(to destination: UnsafeMutableRawPointer) {
    guard let source = unsafe buffer.bytes.baseAddress else { return }
    var destination = unsafe destination
    var copied = 0
    for index in 0..<pieces.count {
      let piece = pieces[index]
      unsafe destination.copyMemory(from: source + copied, byteCount: piece.position - copied)
      unsafe destination += piece.position - copied
      unsafe destination.copyMemory(from: piece.bytes, byteCount: piece.byteCount)
      unsafe destination += piece.byteCount
      copied = piece.position
    }
    unsafe destination.copyMemory(from: source + copied, byteCount: buffer.count - copied)
  }

  /// Copies the long strings too, so that the message no longer depends on the value.
  ///
  /// To be called before Lua code may run while the message is still needed.
  ///
  /// - Throws: `.memory`.
  package mutating func detach() throws(LuaError) {
    guard pieces.count > 0 else { return }
    var whole = Buffer()
    try whole.reserve(byteCount)
    unsafe whole.fill(byteCount) { unsafe copyPieces(to: $0) }
    buffer = whole
    pieces.clear()
    piecesByteCount = 0
  }

  /// Pushes the message as a Lua string.
  ///
  /// Stack: [] -> [string].
  ///
  /// - Throws: `.memory`.
  package mutating func pushMessage(_ state: LuaState) throws(LuaError) {
    try detach()
    try state.reserveMemory(byteCount)
    unsafe state.push(bytes: buffer.bytes)
  }

  /// Encodes the value at a stack index, in place of the message before.
  ///
  /// Until the message has been copied, or `detach` called, the value must stay on the stack and no
  /// Lua code may run.
  ///
  /// - Parameters:
  ///   - state: Has the value.
  ///   - index: Where on its stack.
  ///   - root: How error messages call the value; when empty they begin with its fields.
  ///   - carriesReferences: Whether the message goes where references can go.
  /// - Throws: A `SerializationError` that names what cannot be sent and where it is; `.memory`.
  /// - Complexity: O(*n*) in the count of values, and in the bytes of strings shorter than
  ///   `Tag.longString`.
  package mutating func encode(
    _ state: LuaState, _ index: Int32, root: StaticString = "", carriesReferences: Bool = true
  ) throws(LuaError) {
    clear()
    self.carriesReferences = carriesReferences
    let type = unsafe lua_type(state.pointer, index)
    if try unsafe encodePlain(state.pointer, index, type) { return }
    let index = index > 0 ? index : state.absolute(index)
    let top = state.top
    try state.reserveStack(Encoder.slots + 3)
    reductions.begin(state, top + 1)
    state.pushNil()
    while true {
      try learnNames(state)
      state.pushNil()
      state.copy(index)
      let path = unsafe PathStack(state.pointer, successor: top + 2, room: Encoder.slots + 1)
      do {
        try encode(type, path, root)
        if reductions.pending == 0 { break }
        clear()
        state.setTop(top + 1)
        try reductions.run()
      } catch .onTop {
        clear()
        unsafe lua_copy(state.pointer, -1, top + 1)
        state.setTop(top + 1)
        throw .onTop
      } catch {
        clear()
        state.setTop(top)
        throw error
      }
    }
    state.setTop(top)
    if hasOthers { warnOfWeight() }
  }

  /// Calls `body` with an encoder that keeps its memory from one use to the next.
  @inline(__always)
  package static func use<Result>(
    _ state: LuaState, _ body: (inout Encoder) throws(LuaError) -> Result
  ) throws(LuaError) -> Result {
    let encoder = unsafe take(state)
    defer { unsafe giveBack(state, encoder) }
    return try unsafe body(&encoder.pointee)
  }

  /// The encoder of the interpreter; a new one when that is in use.
  @inline(__always)
  private static func take(_ state: LuaState) -> UnsafeMutablePointer<Encoder> {
    let interpreter = unsafe LuaMemory(of: state).interpreter
    guard let encoder = unsafe interpreter.pointee.encoder else { return unsafe make(state) }
    unsafe interpreter.pointee.encoder = nil
    return unsafe encoder.assumingMemoryBound(to: Encoder.self)
  }

  @inline(never)
  private static func make(_ state: LuaState) -> UnsafeMutablePointer<Encoder> {
    let encoder = UnsafeMutablePointer<Encoder>.allocate(capacity: 1)
    unsafe encoder.initialize(to: Encoder(state))
    return unsafe encoder
  }

  @inline(__always)
  private static func giveBack(_ state: LuaState, _ encoder: UnsafeMutablePointer<Encoder>) {
    unsafe encoder.pointee.clear()
    let interpreter = unsafe LuaMemory(of: state).interpreter
    guard unsafe interpreter.pointee.encoder == nil else { return unsafe free(encoder) }
    unsafe interpreter.pointee.encoder = UnsafeMutableRawPointer(encoder)
  }

  private static func free(_ encoder: UnsafeMutablePointer<Encoder>) {
    unsafe encoder.deinitialize(count: 1)
    unsafe encoder.deallocate()
  }

  /// Frees what an interpreter that ends has kept.
  static func free(_ interpreter: UnsafeMutablePointer<cluabridge_interpreter>) {
    guard let encoder = unsafe interpreter.pointee.encoder else { return }
    unsafe free(encoder.assumingMemoryBound(to: Encoder.self))
  }

  /// Forgets what has been encoded since.
  mutating func forget(from checkpoint: Checkpoint) {
    buffer.cut(to: checkpoint.position)
    tables.forget(from: checkpoint.position)
    pieces.removeLast(pieces.count - checkpoint.pieces)
    piecesByteCount = checkpoint.piecesByteCount
    references.removeLast(references.count - checkpoint.references)
    globalNames.removeLast(globalNames.count - checkpoint.names)
    for (address, position) in namedPositions where position >= checkpoint.position {
      namedPositions[address] = nil
    }
  }

  /// Forgets what a message of plain values does not have.
  @inline(never)
  private mutating func clearOthers() {
    hasOthers = false
    askedLibraries = []
    extendedLibraries = []
    globalNames.clear()
    checkpoints.clear()
    resetWeight()
    namedPositions.removeAll(keepingCapacity: true)
  }

  /// Forgets the message, and memory that has become large.
  private mutating func clear() {
    tables.clear(after: buffer.count)
    buffer.clear()
    parents.clear()
    pieces.clear()
    piecesByteCount = 0
    if references.count > 0 { references.clear() }
    if hasOthers { clearOthers() }
  }
}

// MARK: - Plain values

extension Encoder {
  /// The same as `encodePlain`, where that is rare: code in many places would not be inlined in those
  /// that must be quick.
  @inline(never)
  mutating func encodeRarePlain(
    _ stack: OpaquePointer, _ index: Int32, _ type: Int32
  ) throws(LuaError) -> Bool {
    try unsafe encodePlain(stack, index, type)
  }

  /// Encodes a value that holds no others; false for another type, of which nothing is written.
  @inline(__always)
  mutating func encodePlain(
    _ stack: OpaquePointer, _ index: Int32, _ type: Int32
  ) throws(LuaError) -> Bool {
    try buffer.reserve(9)
    switch type {
    case LUA_TNUMBER:
      if unsafe lua_isinteger(stack, index) != 0 {
        append(unsafe lua_tointegerx(stack, index, nil))
      } else {
        buffer.append(Tag.float, unsafe lua_tonumberx(stack, index, nil), as: Double.self)
      }
    case LUA_TSTRING:
      var count = 0
      guard let bytes = unsafe lua_tolstring(stack, index, &count) else { return false }
      try unsafe append(UnsafeRawPointer(bytes), count)
    case LUA_TBOOLEAN:
      buffer.append(unsafe lua_toboolean(stack, index) != 0 ? Tag.true : Tag.false)
    case LUA_TNIL:
      buffer.append(Tag.nil)
    default:
      return false
    }
    return true
  }

  @inline(__always)
  private mutating func append(_ value: lua_Integer) {
    if Tag.smallIntegers.contains(Int(value)) {
      buffer.append(
        UInt8(truncatingIfNeeded: value &- lua_Integer(Tag.smallIntegers.lowerBound))
          &+ Tag.smallInteger)
    } else if let value = Int16(exactly: value) {
      if let value = Int8(exactly: value) {
        buffer.append(Tag.int8, value, as: Int8.self)
      } else {
        buffer.append(Tag.int16, value, as: Int16.self)
      }
    } else if let value = Int32(exactly: value) {
      buffer.append(Tag.int32, value, as: Int32.self)
    } else {
      buffer.append(Tag.int64, value, as: lua_Integer.self)
    }
  }

  @inline(__always)
  private mutating func append(_ bytes: UnsafeRawPointer, _ count: Int) throws(LuaError) {
    if Tag.shortStringLengths.contains(count) {
      try buffer.reserve(1 &+ count)
      buffer.append(Tag.shortString &+ UInt8(truncatingIfNeeded: count))
      unsafe buffer.append(bytes, count)
    } else {
      try unsafe appendLonger(bytes, count)
    }
  }

  @inline(never)
  private mutating func appendLonger(_ bytes: UnsafeRawPointer, _ count: Int) throws(LuaError) {
    if count >= Tag.longString {
      try buffer.reserve(9)
      appendUnsigned(count, Tag.string32, Tag.string64)
      try unsafe pieces.append(Piece(position: buffer.count, bytes: bytes, byteCount: count))
      piecesByteCount += count
    } else {
      try buffer.reserve(5 + count)
      if let count = UInt8(exactly: count) {
        buffer.append(Tag.string8, count, as: UInt8.self)
      } else {
        appendUnsigned(count, Tag.string32, Tag.string64)
      }
      unsafe buffer.append(bytes, count)
    }
  }

  /// Appends a reference to what begins at a position.
  @inline(__always)
  mutating func appendReference(_ position: Int) {
    buffer.set(Tag.shared, at: position)
    appendUnsigned(position, Tag.reference32, Tag.reference64)
  }

  @inline(__always)
  mutating func appendUnsigned(_ value: Int, _ tag32: UInt8, _ tag64: UInt8) {
    if let value = UInt32(exactly: value) {
      buffer.append(tag32, value, as: UInt32.self)
    } else {
      buffer.append(tag64, UInt64(value), as: UInt64.self)
    }
  }
}
