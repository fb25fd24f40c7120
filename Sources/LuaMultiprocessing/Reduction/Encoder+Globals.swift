// How the global variables that a function reads travel with it. No Python counterpart: there the other
// process imports the module that the function is in.

internal import CLua
internal import CLuaBridge

// Behind a function's variables stand the globals that it reads, if the sender has them and not every
// interpreter does; the receiver takes those that it lacks. Each is sent once in a message. One that
// cannot be sent is left out: under fork the receiver has it, and elsewhere the function's own error
// names it. The same holds for fields that a script has added to Lua's own libraries: see `LibraryFields`.

extension Encoder {
  /// The state of the message before a global variable that may turn out not to be sendable.
  @safe struct Checkpoint: BitwiseCopyable {
    var position: Int
    var pieces: Int
    var piecesByteCount: Int
    var references: Int
    var names: Int
  }

  /// Finds the names of the globals that a function reads, and of fields of libraries to which a script has
  /// added some.
  ///
  /// - Returns: How many names have been appended to `globalNames`.
  mutating func findGlobals(
    _ stack: OpaquePointer, _ function: Int32, _ upvalueCount: UInt8, _ code: Swift.Range<Int>
  ) throws(LuaError) -> UInt32 {
    var environment = EnvironmentUpvalues()
    // The libraries with which it may do anything.
    var taken = LibrarySet()
    unsafe lua_rawgeti(stack, LuaState.registry, lua_Integer(LUA_RIDX_GLOBALS))
    for number in 0..<upvalueCount {
      _ = unsafe lua_getupvalue(stack, function, Int32(number) + 1)
      if unsafe lua_rawequal(stack, -1, -2) != 0 {
        environment.insert(number)
      } else if unsafe lua_type(stack, -1) == LUA_TTABLE,
        let address = unsafe lua_topointer(stack, -1),
        let library = libraryAddresses.firstIndex(of: UInt(bitPattern: address))
      {
        taken.insert(LibrarySet(library))
      }
      unsafe lua_settop(stack, -2)
    }
    unsafe lua_settop(stack, -2)
    var found: [Bytecode.Name] = []
    // Fields of something that may be any library which the function has.
    var loose: [Bytecode.Name] = []
    var wanted = LibrarySet()
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer.bytes[code])
    unsafe Bytecode.forEachName(in: bytes, environment: environment) { name in
      let text = unsafe UnsafeRawBufferPointer(
        rebasing: bytes[name.offset..<name.offset + name.count])
      var name = name
      name.offset += code.lowerBound
      switch name.use {
      case .global, .owner:
        guard unsafe StockGlobals.contains(text) else {
          name.use = .global
          return found.append(name)
        }
        if name.use == .global, let library = unsafe LibraryFields.number(of: text) {
          taken.insert(LibrarySet(library))
        }
        return
      case .method:
        name.libraries = LibrarySet(LibraryFields.string)
      case .field:
        guard let owner = name.owner else { return loose.append(name) }
        let library = unsafe LibraryFields.number(
          of: bytes[owner.offset..<owner.offset + owner.count])
        guard let library else { return }
        name.libraries = LibrarySet(library)
      }
      guard ownLibraryFields.isKnown, unsafe !isOwn(text, of: name.libraries) else { return }
      wanted.formUnion(name.libraries)
      found.append(name)
    }
    if ownLibraryFields.isKnown, !taken.isEmpty, !loose.isEmpty {
      wanted.formUnion(taken)
      found += loose.map { name in
        var name = name
        name.libraries = taken
        return name
      }
    }
    if !wanted.isEmpty, unsafe librariesWithFields(stack, among: wanted).isEmpty {
      found.removeAll { $0.use != .global }
    }
    for name in found { try globalNames.append(name) }
    return UInt32(found.count)
  }

  /// Whether a library has a field of that name by itself.
  private func isOwn(_ name: UnsafeRawBufferPointer, of library: LibrarySet) -> Bool {
    unsafe ownLibraryFields.contains(name, library: library.rawValue.trailingZeroBitCount)
  }

  /// Encodes the rest of the globals that a function reads; gives the frame of a new table or function
  /// when it meets one.
  ///
  /// Above the function stand the table of globals, the current key and its value.
  mutating func encodeGlobals(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    let stack = unsafe frame.stack
    let globals = frame.table &+ 1
    let key = frame.table &+ 2
    if frame.step == .upvalue {
      guard frame.fields > 0 else {
        endWeight(frame)
        return nil
      }
      // From here on: the count of names, and of globals that have been sent.
      frame.step = .global
      frame.count = frame.fields
      frame.index = 0
      unsafe lua_rawgeti(stack, LuaState.registry, lua_Integer(LUA_RIDX_GLOBALS))
      unsafe lua_pushnil(stack)
    } else {
      // Back from a global's value.
      _ = checkpoints.popLast()
      unsafe lua_settop(stack, key)
    }
    while true {
      while unsafe lua_next(stack, globals) != 0 {
        if try unsafe beginGlobal(frame, stack, key) {
          frame.index &+= 1
          let type = unsafe lua_type(stack, key &+ 1)
          if try unsafe !encodeRarePlain(stack, key &+ 1, type),
            let child = try enter(frame, key &+ 1, type, &path, root)
          {
            return child
          }
          _ = checkpoints.popLast()
        }
        unsafe lua_settop(stack, key)
      }
      guard frame.step == .global, !extendedLibraries.isEmpty else { break }
      frame.step = .libraryField
      unsafe lua_settop(stack, frame.table)
      unsafe lua_rawgeti(stack, LuaState.registry, lua_Integer(LibraryFields.registryKey))
      unsafe lua_pushnil(stack)
    }
    buffer.replace(frame.index, at: frame.fieldsPosition)
    globalNames.removeLast(Int(frame.count))
    endWeight(frame)
    return nil
  }

  /// Appends the name of a global if the function reads it and the message does not have it yet.
  private mutating func beginGlobal(
    _ frame: Frame, _ stack: OpaquePointer, _ key: Int32
  ) throws(LuaError) -> Bool {
    guard unsafe lua_type(stack, key) == LUA_TSTRING else { return false }
    var count = 0
    guard let name = unsafe lua_tolstring(stack, key, &count),
      unsafe isRead(UnsafeRawBufferPointer(start: name, count: count), frame),
      let address = unsafe lua_topointer(stack, key)
    else { return false }
    try checkpoints.append(
      Checkpoint(
        position: buffer.count, pieces: pieces.count, piecesByteCount: piecesByteCount,
        references: references.count, names: globalNames.count))
    if try tables.position(of: UInt(bitPattern: address), or: buffer.count) != nil {
      _ = checkpoints.popLast()
      return false
    }
    unsafe noteGlobal(stack, key)
    return try unsafe encodeRarePlain(stack, key, LUA_TSTRING)
  }

  private func isRead(_ name: UnsafeRawBufferPointer, _ frame: Frame) -> Bool {
    guard frame.step == .libraryField else {
      // What is called as a library's field is would be taken for it.
      return unsafe isRead(name, of: [], frame) && LibraryFields.parts(of: name) == nil
    }
    guard let parts = unsafe LibraryFields.parts(of: name) else { return false }
    return unsafe isRead(
      UnsafeRawBufferPointer(rebasing: parts.field), of: LibrarySet(parts.library), frame)
  }

  /// Whether the function reads a field of a library, or a global when there is none.
  private func isRead(
    _ name: UnsafeRawBufferPointer, of libraries: LibrarySet, _ frame: Frame
  ) -> Bool {
    let end = globalNames.count
    for position in end - Int(frame.count)..<end {
      let read = globalNames[position]
      guard read.count == name.count,
        libraries.isEmpty ? read.use == .global : !read.libraries.isDisjoint(with: libraries)
      else { continue }
      let text = unsafe buffer.bytes[read.offset..<read.offset + read.count]
      if unsafe text.elementsEqual(name) { return true }
    }
    return false
  }

  /// Leaves out the innermost global whose value is being encoded and cannot be sent, or what stands for
  /// a registered metatable.
  ///
  /// - Returns: False when there is none: the message cannot be sent.
  @inline(never)
  mutating func leaveOut(
    _ error: LuaError, _ frame: inout Frame, _ path: inout PathStack
  ) -> Bool {
    guard case .object(.serializationError, _) = error, checkpoints.count > 0
    else { return false }
    let checkpoint = checkpoints[checkpoints.count - 1]
    while !frame.isOwner(of: checkpoint) {
      guard let parent = parents.popLast() else { return false }
      frame = parent
    }
    unsafe path.return(to: frame.stack)
    forget(from: checkpoint)
    // The function of the frame, and those around it.
    var depth = 1
    for position in 0..<parents.count
    where [.upvalue, .global, .libraryField].contains(parents[position].step) {
      depth += 1
    }
    if frame.step == .registered {
      resetWeight(depth: depth - 1)
      return appendBareName(frame)
    }
    resetWeight(depth: depth)
    frame.index &-= 1
    return true
  }
}

extension Encoder.Frame {
  /// Whether the message is taken back to this frame's value by a checkpoint.
  fileprivate func isOwner(of checkpoint: Encoder.Checkpoint) -> Bool {
    switch step {
    case .global, .libraryField: fieldsPosition < checkpoint.position
    case .registered: fieldsPosition == checkpoint.position
    default: false
    }
  }
}
