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
  func pushUpdatedNames() {
    let interpreter = unsafe LuaMemory(of: self).interpreter
    let modules = unsafe interpreter.pointee.modules
    if unsafe interpreter.pointee.names_made_at == modules { return pushNames() }
    newTable(fields: 512)
    newTable(fields: 1)
    push(literal: "kv")
    rawSet(-2, "__mode")
    setMetatable(-2)
    push(literal: "__reduce")
    rawSet(-2, Reductions.methodKey)
    push(literal: "__error_class")
    rawSet(-2, Reductions.errorClassKey)
    push(literal: "__instance")
    rawSet(-2, Reductions.processClassKey)
    NameTable(state: self, names: top).fill()
    addLibraries()
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
    addErrorClasses()
    addHostFunctions()
    addStock()
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

  /// Adds the functions that the host has registered.
  private func addHostFunctions() {
    let top = state.top
    defer { state.setTop(top) }
    guard state.rawGet(LuaState.registry, HostFunctions.key) == .table else { return }
    state.pushNil()
    while state.next(top + 1) {
      if let path = state.bytes(-2) { name(as: message([HostFunctions.mark], [], path)) }
      state.pop()
    }
  }

  /// What `keepStock` has kept that is in no library.
  static let outside: [StaticString] = [
    "metatables", "string metatable", "FILE* metatable", "FILE* methods", "package.searchers",
  ]

  /// Adds what the libraries have of themselves, whatever a script has put in its place since.
  private func addStock() {
    let top = state.top
    defer { state.setTop(top) }
    guard state.rawGet(LuaState.registry, "multiprocessing.stock") == .table else { return }
    let stock = state.top
    for module in NameTable.stock + NameTable.outside
    where state.rawGet(stock, module) == .table {
      let functions = state.top
      state.pushNil()
      while state.next(functions) {
        if let field = state.bytes(-2) { name(as: message(bytes(of: module), [], [0] + field)) }
        state.pop()
      }
    }
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
        add(module: module, file: absolutePath(file))
      } else if state.isFunction(-1) {
        name(as: message(module, absolutePath(file), []))
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

  /// Adds the error classes that have been made, in whatever module they are to be seen.
  private func addErrorClasses() {
    for errorClass in ErrorClass.allCases {
      state.push(errorClass.registryKey)
      if state.rawGet(LuaState.registry) == .table {
        name(as: message([], [], [0] + Array(errorClass.rawValue.utf8)))
      }
      state.pop()
    }
  }

  private func addRegistered() {
    guard state.rawGet(LuaState.registry, "multiprocessing.registered") == .table else {
      return state.pop()
    }
    let registered = state.top
    state.pushLateNames()
    let late = state.top
    state.pushNil()
    while state.next(registered) {
      let name = state.bytes(-2) ?? []
      state.copy(-2)
      let isLate = state.rawGet(late) != .nil
      state.pop()
      // A module that some process lacks is loaded there.
      if !isLate || !hasName() {
        state.copy(-1)
        state.push(bytes: isLate ? [Tag.registered] + prefixed(name) : message([], [], name))
        state.rawSet(names)
      }
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
func prefixed(_ text: [UInt8]) -> [UInt8] {
  let count = UInt16(clamping: text.count)
  return [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
    + text.prefix(Int(count))
}

/// The path of a file from the root.
func absolutePath(_ file: [UInt8]) -> [UInt8] {
  guard file.first != UInt8(ascii: "/"), let directory = unsafe getcwd(nil, 0) else { return file }
  defer { unsafe free(directory) }
  let name = unsafe String(cString: directory)
  return Array(name.utf8) + [UInt8(ascii: "/")] + file
}
