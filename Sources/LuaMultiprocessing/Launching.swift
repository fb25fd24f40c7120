// What a process is given that is no copy of the one that starts it. Python:
// `multiprocessing.spawn.get_preparation_data`, and the pickled `Process`.

internal import CLuaBridge
internal import Multiprocessing

extension Launch {
  /// Encodes all that the process at `index` needs; nothing is started if something cannot be sent.
  static func make(
    for process: Process, at index: Int32, _ state: LuaState
  ) throws(LuaError) -> Launch {
    let method = state.startMethod(of: index)
    let launch = try state.lifting { () throws(MultiprocessingError) in
      try Launch(for: process, method: method)
    }
    let base = state.top
    do throws(LuaError) {
      state.pushPreparation()
      try launch.put(state)
      try state.putRegistered { () throws(LuaError) in try launch.put(state) }
      state.pushDescription(ofProcess: index)
      try launch.put(state)
      try state.checkMemoryLimit(of: index, atStartWith: launch)
    } catch {
      // The error is on top of the stack if it is a value.
      launch.release()
      throw error
    }
    state.setTop(base)
    return launch
  }

  /// Adds the value on top of the stack as a message.
  ///
  /// Stack: [value] -> [].
  fileprivate func put(_ state: LuaState) throws(LuaError) {
    try Messages.put(state, at: state.top, into: queue, until: .never)
    state.pop()
  }
}

/// What the fork server is given beside what the runtime tells it.
func fillServerLaunch(_ launch: Launch, _ state: LuaState) throws(MultiprocessingError) {
  let base = state.top
  defer { state.setTop(base) }
  state.pushPreparation()
  do throws(LuaError) {
    try launch.put(state)
  } catch {
    throw .runtime("cannot describe this program to the fork server: \(error)")
  }
}

extension LuaState {
  /// Makes the table of what a fresh interpreter must know: where modules are, the command line, what
  /// warnings do.
  ///
  /// Stack: [] -> [table].
  func pushPreparation() {
    newTable(fields: 8)
    let table = top
    pushLoadedModules()
    if rawGet(-1, "package") == .table {
      for field: StaticString in ["path", "cpath"] {
        if rawGet(-1, field) == .string { rawSet(table, field) } else { pop() }
      }
    }
    setTop(table)
    let limit = LuaMemory(of: self).limit
    if limit != .max {
      push(limit)
      rawSet(table, "memory_limit")
    }
    push(areWarningsOn)
    rawSet(table, "warns")
    rawGet(LuaState.registry, "LUA_NOENV")
    rawSet(table, "ignores_environment")
    pushGlobals()
    if rawGet(-1, "arg") == .table {
      pushArguments(top)
      rawSet(table, "arg")
    }
    setTop(table)
  }

  /// A copy of the table `arg` without what is no text or number.
  ///
  /// Stack: [] -> [table].
  private func pushArguments(_ arguments: Int32) {
    newTable()
    let copied = top
    pushNil()
    while next(arguments) {
      let isPlain = isString(-1) || type(-1) == .number || type(-1) == .boolean
      guard isPlain, isString(-2) || type(-2) == .number else {
        pop()
        continue
      }
      copy(-2)
      insert(-2)
      rawSet(copied)
    }
  }

  /// Puts in force what `pushPreparation` gave, in an interpreter with its libraries open.
  ///
  /// Stack: [table] -> [].
  func applyPreparation() {
    let table = top
    pushLoadedModules()
    if rawGet(-1, "package") == .table {
      let package = top
      for field: StaticString in ["path", "cpath"] {
        if rawGet(table, field) == .string { rawSet(package, field) } else { pop() }
      }
    }
    pushGlobals()
    let globals = top
    push(literal: "__mp_main__")
    rawSet(globals, "__name__")
    rawGet(table, "arg")
    rawSet(globals, "arg")
    rawGet(table, "warns")
    if boolean(-1) { turnWarningsOn() }
    rawGet(table, "memory_limit")
    if let limit = integer(-1) { LuaMemory(of: self).limit = limit }
    setTop(table - 1)
  }

  /// Makes the table that describes a process: its class, what it was made with, and its own fields.
  ///
  /// Stack: [] -> [table].
  func pushDescription(ofProcess index: Int32) {
    let process = absolute(index)
    newTable(fields: 6)
    let table = top
    newTable()
    let fields = top
    userValue(process)
    let own = top
    pushNil()
    while next(own) {
      copy(-2)
      insert(-2)
      switch isString(-2) ? string(-2) : "" {
      case "_target": rawSet(table, "target"); pop()
      case "_args": rawSet(table, "args"); pop()
      case "_kwargs": rawSet(table, "kwargs"); pop()
      default: rawSet(fields)
      }
    }
    pop()
    rawSet(table, "fields")
    guard pushMetatable(process) else { return }
    rawGet(-1, "__class")
    rawSet(table, "class")
    setTop(table)
  }

  /// Makes the userdata of this process before its description is decoded, in which it may occur.
  ///
  /// Stack: [] -> [process].
  func pushUndescribed(_ process: Process) {
    let handle = ProcessHandle()
    handle.process = process
    pushBare(object: handle, userValues: 1)
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.current")
  }

  /// Gives the process its class and fields.
  ///
  /// Stack: [process, description] -> [process].
  func describeProcess() {
    let table = top
    rawGet(table, "fields")
    for (name, field): (StaticString, StaticString) in [
      ("target", "_target"), ("args", "_args"), ("kwargs", "_kwargs"),
    ] {
      rawGet(table, name)
      rawSet(-2, field)
    }
    setUserValue(table - 1)
    rawGet(table, "class")
    optionalObject(table - 1, as: ProcessHandle.self)?.scriptClass = scriptClass(-1)
    rawGet(-1, "__instance")
    setMetatable(table - 1)
    setTop(table - 1)
  }
}
