// What travels by name: loaded modules and their functions. Python's counterpart is pickle's
// `save_global`.

internal import CLua
internal import CLuaBridge
internal import Glibc

/// The file of a Lua module.
struct ModuleFile {
  /// The `source` of functions that were written in the file.
  var source: [UInt8]
  /// How messages name the module: as `Tag.named` says, without the path.
  var name: [UInt8]
  /// The key of the module's table in the table of names.
  var key: Int
}

// The table of names is kept in the registry: its keys are the values that travel by name, weakly, and
// its values are what messages say of them, `Tag.named` included. It is made anew when modules have
// been loaded or names registered since.

extension LuaState {
  /// Notes that the table of names must be made anew.
  func forgetNames() {
    let interpreter = unsafe LuaMemory(of: self).interpreter
    unsafe interpreter.pointee.modules &+= 1
  }

  /// Pushes the table of names.
  ///
  /// Nothing is allocated.
  ///
  /// Stack: [] -> [table or nil].
  func pushNames() {
    rawGet(LuaState.registry, Int(unsafe LuaMemory(of: self).interpreter.pointee.names))
  }

  /// Makes the table of names anew if it is out of date.
  ///
  /// Stack: [] -> [table].
  fileprivate func pushUpdatedNames() {
    let interpreter = unsafe LuaMemory(of: self).interpreter
    let modules = unsafe interpreter.pointee.modules
    if unsafe interpreter.pointee.names_made_at == modules { return pushNames() }
    newTable(fields: 512)
    newTable(fields: 1)
    push(literal: "kv")
    rawSet(-2, "__mode")
    setMetatable(-2)
    NameTable(state: self, names: top).fill()
    let reference = unsafe interpreter.pointee.names
    if reference == 0 {
      copy(-1)
      let reference = keep()
      unsafe interpreter.pointee.names = reference
    } else {
      copy(-1)
      rawSet(LuaState.registry, Int(reference))
    }
    unsafe interpreter.pointee.names_made_at = modules
  }
}

/// Fills the table of names.
private struct NameTable {
  let state: LuaState
  /// The table's index.
  let names: Int32

  /// The modules that every interpreter has.
  static let stock: [StaticString] = [
    "string", "table", "math", "io", "os", "coroutine", "debug", "utf8", "package", "_G",
  ]

  func fill() {
    let top = state.top
    defer { state.setTop(top) }
    state.pushLoadedModules()
    let loaded = state.top
    for module in NameTable.stock {
      if state.rawGet(loaded, module) == .table { add(module: bytes(of: module), file: []) }
      state.pop()
    }
    if state.rawGet(loaded, "multiprocessing") == .table {
      addTree(Array("multiprocessing".utf8), path: [], depth: 3)
    }
    state.setTop(loaded)
    state.rawGet(LuaState.registry, "multiprocessing.files")
    let files = state.top
    state.pushNil()
    while state.next(loaded) {
      addLoaded(files: files)
      state.setTop(files + 1)
    }
    state.setTop(loaded)
    addRegistered()
  }

  /// Adds the module whose name and table are on top of the stack if it has a file.
  private func addLoaded(files: Int32) {
    let key = state.top - 1
    guard state.isString(key), let module = state.bytes(key) else { return }
    if state.isTable(files) {
      state.copy(key)
      state.rawGet(files)
    } else {
      state.pushNil()
    }
    let file = state.bytes(-1) ?? []
    state.copy(key + 1)
    switch file {
    case [], Array(":preload:".utf8):
      // Nobody but this process may be able to load it, unless it is the host's.
      guard isHosts(module) else { return }
      if state.isTable(-1) { add(module: module, file: []) }
    default:
      if state.isTable(-1) {
        add(module: module, file: absolute(file))
      } else if state.isFunction(-1) {
        name(as: message(module, absolute(file), []))
      }
    }
  }

  /// Whether a module's loader is a C function that the host has put into `package.preload`.
  private func isHosts(_ module: [UInt8]) -> Bool {
    let top = state.top
    defer { state.setTop(top) }
    guard state.rawGet(LuaState.registry, "_PRELOAD") == .table else { return false }
    state.push(bytes: module)
    guard state.rawGet(-2) == .function else { return false }
    return unsafe lua_iscfunction(state.pointer, -1) != 0
  }

  /// Adds the module on top of the stack and its C functions.
  private func add(module: [UInt8], file: [UInt8]) {
    let table = state.top
    name(as: message(module, file, []))
    state.pushNil()
    while state.next(table) {
      if state.isString(-2), unsafe lua_iscfunction(state.pointer, -1) != 0,
        let field = state.bytes(-2), !field.contains(0)
      {
        name(as: message(module, file, field))
      }
      state.pop()
    }
    state.setTop(table)
  }

  /// Adds the table on top of the stack and all tables and C functions in it.
  private func addTree(_ module: [UInt8], path: [UInt8], depth: Int) {
    guard state.hasStack(8) else { return }
    let table = state.top
    name(as: message(module, [], path))
    guard depth > 0 else { return }
    state.pushNil()
    while state.next(table) {
      if state.isString(-2), let field = state.bytes(-2), !field.contains(0) {
        let inner = path.isEmpty ? field : path + [0] + field
        if unsafe lua_iscfunction(state.pointer, -1) != 0 {
          name(as: message(module, [], inner))
        } else if state.isTable(-1), !hasName() {
          addTree(module, path: inner, depth: depth - 1)
        }
      }
      state.pop()
    }
    state.setTop(table)
  }

  private func addRegistered() {
    guard state.rawGet(LuaState.registry, "multiprocessing.registered") == .table else {
      return state.pop()
    }
    let registered = state.top
    state.pushNil()
    while state.next(registered) {
      state.copy(-1)
      state.push(bytes: message([], [], state.bytes(-3) ?? []))
      state.rawSet(names)
      state.pop()
    }
    state.setTop(registered - 1)
  }

  /// Whether the value on top of the stack has a name.
  private func hasName() -> Bool {
    state.copy(-1)
    defer { state.pop() }
    return state.rawGet(names) != .nil
  }

  /// Gives the value on top of the stack a name unless it has one.
  private func name(as message: [UInt8]) {
    guard !hasName() else { return }
    state.copy(-1)
    state.push(bytes: message)
    state.rawSet(names)
  }

  private func message(_ module: [UInt8], _ file: [UInt8], _ path: [UInt8]) -> [UInt8] {
    [Tag.named] + prefixed(module) + prefixed(file) + prefixed(path)
  }

  private func bytes(of name: StaticString) -> [UInt8] {
    name.withUTF8Buffer { unsafe Array($0) }
  }
}

/// A string with its 16-bit length before it.
private func prefixed(_ text: [UInt8]) -> [UInt8] {
  let count = UInt16(clamping: text.count)
  return [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
    + text.prefix(Int(count))
}

/// The path of a file from the root.
private func absolute(_ file: [UInt8]) -> [UInt8] {
  guard file.first != UInt8(ascii: "/"), let directory = unsafe getcwd(nil, 0) else { return file }
  defer { unsafe free(directory) }
  let name = unsafe String(cString: directory)
  return Array(name.utf8) + [UInt8(ascii: "/")] + file
}

// MARK: - Sending

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
          source: [UInt8(ascii: "@")] + file, name: prefixed(module) + prefixed(absolute(file)),
          key: key))
    }
  }

  /// Encodes the table at an index, which may travel by name.
  ///
  /// - Returns: False when it has no name any more: then it has just begun as any other.
  @inline(never)
  mutating func encodeNamed(
    _ stack: OpaquePointer, _ index: Int32, _ address: UInt
  ) throws(LuaError) -> Bool {
    if let position = namedPositions[address] {
      appendReference(position)
      return true
    }
    let begin = buffer.count
    if try unsafe appendName(stack, index) {
      namedPositions[address] = begin
      return true
    }
    // Another table, at the address of one that was collected.
    tables.forgetName(of: address, position: begin)
    return false
  }

  /// Encodes a function by its name; false when it has none.
  mutating func encodeNamedFunction(
    _ stack: OpaquePointer, _ index: Int32
  ) throws(LuaError) -> Bool {
    if unsafe lua_iscfunction(stack, index) != 0 { return try unsafe appendName(stack, index) }
    return moduleFiles.isEmpty ? false : try unsafe appendModuleFunction(stack, index)
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

// MARK: - Receiving

extension Decoder {
  /// Pushes the value that a name stands for here; loads its module if need be.
  ///
  /// Stack: [] -> [value].
  @inline(never)
  mutating func decodeNamed() throws(LuaError) {
    guard origin == .tree else { throw damaged("a name, which is not taken from strangers") }
    let module = try readName()
    let file = try readName()
    let path = try readName()
    try spend(64)
    try root.reserveStack(20)
    if module.isEmpty {
      guard root.pushRegistered(path) else {
        let name = String(decoding: path, as: UTF8.self)
        throw .object(
          .serializationError,
          "no metatable is registered as '\(name)' here; call mp.register(\"\(name)\", …) first")
      }
    } else {
      try root.pushModule(module, file: file)
      for field in path.split(separator: 0) { try root.pushField(field, of: module, path) }
    }
    if unsafe root.pointer != self.path.pointer {
      unsafe lua_xmove(root.pointer, self.path.pointer, 1)
    }
  }

  private mutating func readName() throws(LuaError) -> [UInt8] {
    let count = try Int(read(as: UInt16.self))
    guard count <= left else { throw damaged("a name that is too long") }
    defer { skip(count) }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: input, count: count))
  }
}

extension LuaState {
  /// Pushes the metatable that is registered under a name.
  ///
  /// Stack: [] -> [metatable] when the result is true.
  fileprivate func pushRegistered(_ name: [UInt8]) -> Bool {
    let top = top
    if rawGet(LuaState.registry, "multiprocessing.registered") == .table {
      push(bytes: name)
      if rawGet(-2) == .table {
        remove(-2)
        return true
      }
    }
    setTop(top)
    return false
  }

  /// Replaces the table on top of the stack by one of its fields.
  fileprivate func pushField(
    _ field: ArraySlice<UInt8>, of module: [UInt8], _ path: [UInt8]
  ) throws(LuaError) {
    if isTable(-1) {
      push(bytes: Array(field))
      rawGet(-2)
      remove(-2)
    }
    guard type(-1) == .nil else { return }
    pop()
    let path = path.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    throw .object(
      .serializationError,
      "module '\(String(decoding: module, as: UTF8.self))' has no '\(path.joined(separator: "."))' "
        + "in this process")
  }

  /// Pushes a module, which is loaded if need be: by its name, else from the file that the sender had
  /// it from.
  ///
  /// Stack: [] -> [module].
  fileprivate func pushModule(_ module: [UInt8], file: [UInt8]) throws(LuaError) {
    pushLoadedModules()
    push(bytes: module)
    rawGet(-2)
    remove(-2)
    if boolean(-1) { return }
    pop()
    try getGlobal("require")
    push(bytes: module)
    do {
      try call(arguments: 1, results: 1)
    } catch {
      if file.isEmpty || isErrorObject(-1) { throw error }
      try pushModule(module, fromFile: file)
    }
  }

  /// Stack: [error of require] -> [module].
  private func pushModule(_ module: [UInt8], fromFile file: [UInt8]) throws(LuaError) {
    let problem = top
    // What `require` says when a file was found but failed goes on.
    guard let text = bytes(problem), text.starts(with: "module '".utf8) else { throw .onTop }
    do {
      try load(file: file)
      push(bytes: module)
      push(bytes: file)
      try call(arguments: 2, results: 1)
    } catch {
      setTop(problem)
      throw .onTop
    }
    if type(-1) == .nil {
      pop()
      push(true)
    }
    pushLoadedModules()
    push(bytes: module)
    copy(-3)
    rawSet(-3)
    pop()
    remove(problem)
    forgetNames()
  }
}
