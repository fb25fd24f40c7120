// What Lua's libraries have of themselves, kept from when they were opened.

internal import CLuaBridge

extension LuaState {
  /// Keeps in the registry, by library and name, what the libraries have of themselves: a script may put
  /// other things in their places.
  ///
  /// That is their functions, the standard files and the tables of `package`. What is in no library is kept
  /// by names that no library has: the metatables of strings and of files, and the functions in those, in
  /// the methods of files and in `package.searchers`.
  func keepStock() {
    let base = top
    newTable(fields: 20)
    let stock = top
    pushLoadedModules()
    let loaded = top
    pushNil()
    while next(loaded) {
      keepFunctions(of: top)
      copy(-3)
      insert(-2)
      rawSet(stock)
      pop()
    }
    keep(["stdin", "stdout", "stderr"], of: "io", loaded, in: stock)
    keep(["loaded", "preload", "searchers"], of: "package", loaded, in: stock)
    keepMetatables(in: stock)
    rawGet(loaded, "package")
    if isTable(-1), rawGet(-1, "searchers") == .table {
      newTable(fields: 4)
      for position in 1...max(1, rawLength(-2)) {
        rawGet(-2, position)
        push("\(position)")
        insert(-2)
        if isFunction(-1) { rawSet(-3) } else { pop(2) }
      }
      rawSet(stock, "package.searchers")
    }
    setTop(stock)
    rawSet(LuaState.registry, "multiprocessing.stock")
    setTop(base)
  }

  /// Makes a table of the functions of the table at an index.
  ///
  /// Stack: [] -> [table].
  private func keepFunctions(of table: Int32) {
    newTable(fields: 24)
    let functions = top
    pushNil()
    while next(table) {
      copy(-2)
      insert(-2)
      if isFunction(-1) { rawSet(functions) } else { pop(2) }
    }
  }

  /// Keeps fields of a library that are no functions.
  private func keep(
    _ fields: [StaticString], of library: StaticString, _ loaded: Int32, in stock: Int32
  ) {
    let base = top
    defer { setTop(base) }
    guard rawGet(loaded, library) == .table, rawGet(stock, library) == .table else { return }
    for field in fields {
      rawGet(base + 1, field)
      rawSet(base + 2, field)
    }
  }

  /// Keeps the metatables of strings and files, and the functions in them.
  private func keepMetatables(in stock: Int32) {
    let base = top
    newTable(fields: 4)
    let tables = top
    push(literal: "")
    if pushMetatable(-1) {
      keepFunctions(of: top)
      rawSet(stock, "string metatable")
      rawSet(tables, "string")
    }
    setTop(tables)
    if rawGet(LuaState.registry, "FILE*") == .table {
      keepFunctions(of: top)
      rawSet(stock, "FILE* metatable")
      if rawGet(-1, "__index") == .table {
        keepFunctions(of: top)
        rawSet(stock, "FILE* methods")
        rawSet(tables, "FILE* methods")
      } else {
        pop()
      }
      rawSet(tables, "FILE*")
    }
    setTop(tables)
    rawSet(stock, "metatables")
    setTop(base)
  }
}
