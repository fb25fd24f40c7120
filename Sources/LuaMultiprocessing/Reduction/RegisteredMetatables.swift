// Registered metatables for a process that is no copy. Python: there such a process imports the main
// module again, which registers them.

internal import CLuaBridge
internal import Multiprocessing

// First all names are known there, each with an empty table; then comes, one by one, what is in the
// tables, which may be each other's metatables. What is in one that cannot be sent does not come: who
// then uses the name gets an error. One that is a loaded module is loaded there, which may register it.
//
// A module that the process loads later may register a metatable of its own under the name: that is then
// the one.

extension LuaState {
  /// Encodes the registered metatables, after their names.
  func putRegistered(_ put: () throws(LuaError) -> Void) throws(LuaError) {
    let base = top
    newTable()
    let names = top
    var count = 0
    pushRegistered()
    pushNil()
    while next(names + 1) {
      pop()
      count += 1
      copy(-1)
      rawSet(names, count)
    }
    setTop(names + 1)
    copy(names)
    try put()
    for position in 0..<count {
      rawGet(names, position + 1)
      copy(-1)
      rawGet(names + 1)
      pushContents(named: names + 2, names + 3)
      do throws(LuaError) {
        try put()
      } catch {
        push(error)
      }
      setTop(names + 1)
    }
    push(false)
    try put()
    setTop(base)
  }

  /// Describes a metatable without using its name for itself.
  ///
  /// Stack: [] -> [table].
  private func pushContents(named name: Int32, _ metatable: Int32) {
    newTable(fields: 4)
    let contents = top
    copy(name)
    rawSet(contents, "name")
    push(isLate(name))
    rawSet(contents, "late")
    if pushModuleName(of: metatable) {
      rawSet(contents, "module")
      return
    }
    let isClass = isErrorClass(metatable) || isProcessClass(metatable)
    newTable()
    pushNil()
    while next(metatable) {
      copy(-2)
      insert(-2)
      let key = isString(-2) ? string(-2) : ""
      if isClass, key == "__index" || key == "__instance" || isNativeFunction(-1) {
        pop(2)
      } else {
        rawSet(contents + 1)
      }
    }
    rawSet(contents, "fields")
    guard pushMetatable(metatable) else { return }
    if isClass {
      rawGet(-1, "__index")
      rawSet(contents, "extends")
      setTop(contents)
    } else {
      rawSet(contents, "metatable")
    }
  }

  /// Stack: [] -> [name] when the result is true.
  private func pushModuleName(of metatable: Int32) -> Bool {
    let base = top
    pushLoadedModules()
    pushNil()
    while next(base + 1) {
      if rawEqual(-1, metatable), isString(-2) {
        pop()
        replace(base + 1)
        setTop(base + 1)
        return true
      }
      pop()
    }
    setTop(base)
    return false
  }

  /// Takes what `putRegistered` gave.
  func takeRegistered(_ take: () throws(LuaError) -> Void) throws(LuaError) {
    let base = top
    defer { setTop(base) }
    try take()
    pushRegistered()
    let names = base + 1
    let registered = base + 2
    newTable()
    let pending = top
    for position in 0..<rawLength(names) {
      rawGet(names, position + 1)
      copy(-1)
      if rawGet(registered) == .nil {
        pop()
        newTable()
        copy(-2)
        copy(-2)
        rawSet(registered)
        rawSet(pending)
      }
      setTop(pending)
    }
    forgetNames()
    while true {
      try take()
      guard isTable(-1) else { break }
      fill(described: top, pending: pending, registered: registered)
      setTop(pending)
    }
    // Contents that did not come: there is nothing to stand for the name.
    pushNil()
    while next(pending) {
      pop()
      copy(-1)
      pushNil()
      rawSet(registered)
    }
    forgetNames()
  }

  private func fill(described contents: Int32, pending: Int32, registered: Int32) {
    rawGet(contents, "name")
    let name = top
    copy(name)
    rawGet(pending)
    let table = top
    guard isTable(table) else { return }
    copy(name)
    pushNil()
    rawSet(pending)
    defer {
      rawGet(contents, "late")
      setLate(name, boolean(-1))
    }
    if rawGet(contents, "module") == .string {
      return load(module: top, registering: name, registered: registered)
    }
    rawGet(contents, "fields")
    let fields = top
    guard isTable(fields) else { return }
    pushNil()
    while next(fields) {
      copy(-2)
      insert(-2)
      rawSet(table)
    }
    if rawGet(contents, "extends") == .table {
      if isErrorClass(top) {
        makeErrorClass(table, extending: top)
      } else if isProcessClass(top) {
        makeProcessClass(table, extending: top)
      }
    } else if rawGet(contents, "metatable") == .table {
      setMetatable(table)
    }
    noteProvisional(name)
  }

  private func load(module: Int32, registering name: Int32, registered: Int32) {
    copy(name)
    pushNil()
    rawSet(registered)
    do throws(LuaError) {
      try getGlobal("require")
      copy(module)
      try call(arguments: 1, results: 1)
    } catch {
      return
    }
    guard isTable(-1) else { return }
    let loaded = top
    copy(name)
    if rawGet(registered) == .nil {
      copy(name)
      copy(loaded)
      rawSet(registered)
    }
  }
}
