// How the decoder finds modules and their functions by name. Python's counterpart is pickle's
// `load_global`.

internal import CLua
internal import CLuaBridge

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
    if module.isEmpty, path.first == 0 {
      guard let errorClass = ErrorClass(rawValue: String(decoding: path.dropFirst(), as: UTF8.self))
      else { throw damaged("an error class that there is not") }
      root.pushClass(errorClass)
    } else if module.isEmpty {
      guard root.pushRegistered(path) else {
        let name = String(decoding: path, as: UTF8.self)
        throw .object(
          .serializationError,
          "no metatable is registered as '\(name)' here; call mp.register(\"\(name)\", …) first")
      }
    } else if module == [HostFunctions.mark] {
      try root.pushHostFunction(path)
    } else {
      if path.first == 0 {
        root.pushStock(module)
      } else {
        try root.pushModule(module, file: file)
      }
      for field in path.split(separator: 0) { try root.pushField(field, of: module, path) }
    }
    if unsafe root.pointer != self.path.pointer {
      unsafe lua_xmove(root.pointer, self.path.pointer, 1)
    }
  }

  mutating func readName() throws(LuaError) -> [UInt8] {
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
  func pushRegistered(_ name: [UInt8]) -> Bool {
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

  /// Pushes a function that the host has registered.
  ///
  /// Stack: [] -> [function].
  fileprivate func pushHostFunction(_ name: [UInt8]) throws(LuaError) {
    if rawGet(LuaState.registry, HostFunctions.key) == .table {
      push(bytes: name)
      rawGet(-2)
      remove(-2)
    }
    guard !isFunction(-1) else { return }
    pop()
    throw .object(
      .serializationError,
      "the host has registered no function '\(String(decoding: name, as: UTF8.self))' in this process"
    )
  }

  /// Pushes the functions that a library has of itself.
  ///
  /// Stack: [] -> [table or nil].
  fileprivate func pushStock(_ module: [UInt8]) {
    guard rawGet(LuaState.registry, "multiprocessing.stock") == .table else { return }
    push(bytes: module)
    rawGet(-2)
    remove(-2)
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
      // What `require` says when it has found a file, but that failed, goes on as it is.
      guard let text = bytes(-1), text.starts(with: "module '".utf8) else { throw error }
      if file.isEmpty {
        throw .object(
          .serializationError,
          "the message has something of a module that is not to be found here: \(string(-1))")
      }
      try pushModule(module, fromFile: file)
    }
  }

  /// Stack: [error of require] -> [module].
  private func pushModule(_ module: [UInt8], fromFile file: [UInt8]) throws(LuaError) {
    let problem = top
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
