// How the encoder sends modules and their functions by name. Python's counterpart is pickle's
// `save_global`.

internal import CLua
internal import CLuaBridge
internal import Glibc

extension Encoder {
  /// Learns which values travel by name, if that has changed since.
  ///
  /// To be called before a message, as finalizers may run.
  @inline(__always)
  mutating func learnNames(_ state: LuaState) throws(LuaError) {
    if unsafe tables.named != LuaMemory(of: state).interpreter.pointee.modules {
      try learnChangedNames(state)
    }
  }

  @inline(never)
  private mutating func learnChangedNames(_ state: LuaState) throws(LuaError) {
    try state.reserveStack(30)
    let top = state.top
    defer { state.setTop(top) }
    let modules = unsafe LuaMemory(of: state).interpreter.pointee.modules
    state.pushUpdatedNames()
    let names = state.top
    moduleFiles = []
    state.rawGet(LuaState.registry, "multiprocessing.files")
    if state.isTable(-1) { learnFiles(state, names: names) }
    state.setTop(names)
    var addresses: [UInt] = []
    state.pushNil()
    while state.next(names) {
      if state.isTable(-2) { addresses.append(state.address(-2)) }
      state.pop()
    }
    try tables.setNamed(addresses, modules)
    try ownLibraryFields.learn(state)
    libraryAddresses = LibraryFields.libraries.indices.map { number in
      defer { state.pop() }
      state.rawGet(names, LibraryFields.firstKey - number)
      return state.isTable(-1) ? state.address(-1) : 0
    }
  }

  /// Learns the files of Lua modules; the table of files is on top of the stack.
  private mutating func learnFiles(_ state: LuaState, names: Int32) {
    let files = state.top
    state.pushLoadedModules()
    let loaded = state.top
    var key = 0
    state.pushNil()
    while state.next(files) {
      defer { state.setTop(loaded + 1) }
      guard let module = state.bytes(-2), let file = state.bytes(-1), !file.isEmpty else {
        continue
      }
      state.copy(-2)
      guard state.rawGet(loaded) == .table else { continue }
      key += 1
      state.rawSet(names, key)
      moduleFiles.append(
        ModuleFile(
          source: [UInt8(ascii: "@")] + file, name: prefixed(module) + prefixed(absolutePath(file)),
          key: key))
    }
  }

  /// Encodes the table at an index, which may travel by name.
  ///
  /// - Returns: How far it is encoded; nil when it has no name any more: then it has just begun as any
  ///   other.
  @inline(never)
  mutating func encodeNamed(
    _ stack: OpaquePointer, _ index: Int32, _ address: UInt
  ) throws(LuaError) -> ObjectProgress? {
    if let position = namedPositions[address] {
      appendReference(position)
      return .complete
    }
    let begin = buffer.count
    if try unsafe appendName(stack, index) {
      hasOthers = true
      namedPositions[address] = begin
      return unsafe buffer.bytes[begin] == Tag.registered ? .withValue : .complete
    }
    // Another table, at the address of one that was collected.
    tables.forgetName(of: address, position: begin)
    return nil
  }

  /// Encodes a function by its name; false when it has none.
  mutating func encodeNamedFunction(
    _ stack: OpaquePointer, _ index: Int32
  ) throws(LuaError) -> Bool {
    if unsafe lua_iscfunction(stack, index) != 0 { return try unsafe appendName(stack, index) }
    return moduleFiles.isEmpty ? false : try unsafe appendModuleFunction(stack, index)
  }

  /// Encodes a file by its name; false when it is none of the standard ones.
  @inline(never)
  mutating func encodeNamedUserdata(
    _ stack: OpaquePointer, _ index: Int32
  ) throws(LuaError) -> Bool {
    guard try unsafe appendName(stack, index) else { return false }
    hasOthers = true
    return true
  }

  /// Appends the name that the table of names has for a value.
  private mutating func appendName(
    _ stack: OpaquePointer, _ index: Int32
  ) throws(LuaError) -> Bool {
    let state = unsafe LuaState(pointer: stack)
    let index = state.absolute(index)
    let top = state.top
    defer { state.setTop(top) }
    state.pushNames()
    guard state.isTable(-1) else { return false }
    state.copy(index)
    guard state.rawGet(-2) == .string else { return false }
    var count = 0
    guard let bytes = unsafe lua_tolstring(stack, -1, &count) else { return false }
    try buffer.reserve(count)
    unsafe buffer.append(bytes, count)
    return true
  }

  /// Appends the name of a Lua function that is in its module's table.
  ///
  /// One that was written elsewhere and put there travels by value: another process need not have it.
  @inline(never)
  private mutating func appendModuleFunction(
    _ stack: OpaquePointer, _ index: Int32
  ) throws(LuaError) -> Bool {
    let state = unsafe LuaState(pointer: stack)
    let index = state.absolute(index)
    let top = state.top
    defer { state.setTop(top) }
    guard let file = moduleFiles.first(where: { state.isSource($0.source, of: index) })
    else { return false }
    state.pushNames()
    guard state.isTable(-1), state.rawGet(-1, file.key) == .table else { return false }
    let module = state.top
    state.pushNil()
    while state.next(module) {
      if state.rawEqual(-1, index), state.isString(-2), let field = state.bytes(-2),
        !field.contains(0)
      {
        let name = [Tag.named] + file.name + prefixed(field)
        try buffer.reserve(name.count)
        unsafe name.withUnsafeBytes { bytes in
          if let start = bytes.baseAddress { unsafe buffer.append(start, bytes.count) }
        }
        return true
      }
      state.pop()
    }
    return false
  }
}

extension LuaState {
  /// Whether a Lua function was written in a source.
  fileprivate func isSource(_ source: [UInt8], of function: Int32) -> Bool {
    var frame = unsafe lua_Debug()
    copy(function)
    _ = unsafe lua_getinfo(pointer, ">S", &frame)
    guard unsafe frame.srclen == source.count, let start = unsafe frame.source else { return false }
    return unsafe memcmp(start, source, source.count) == 0
  }
}
