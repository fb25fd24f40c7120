// `mp.help(x)`: what a value is called, and its page. Python: the builtin `help`.

internal import CLuaBridge

extension LuaState {
  /// The page of a name as scripts write it; nil when it has none.
  package func helpText(named name: String) -> String? {
    let library = HelpLibrary.shared
    return library.entry(named: name).map(library.page)
  }

  /// The page of a value: of the function or class that it is, or of its class; nil when it has none.
  ///
  /// A string is a value of no class here, not a name.
  package func helpText(of index: Int32) -> String? {
    helpName(of: index).flatMap { helpText(named: $0) }
  }

  /// Names that are much like one that has no page, as scripts write them.
  package func helpNames(near name: String) -> [String] {
    let library = HelpLibrary.shared
    return library.names(near: name).map(library.title)
  }

  /// Pushes the function `help(x)`, which prints: the prompt has it as a global.
  ///
  /// Stack: [] -> [function].
  package func pushHelp() {
    push(body: { $0.run(help) })
  }

  /// Adds the function to the module on top of the stack.
  func addHelp() {
    pushHelp()
    rawSet(-2, "help")
  }

  // MARK: - Names of values

  /// The name of a value in the help, by raw access only; nil when it has none.
  private func helpName(of index: Int32) -> String? {
    let base = top
    defer { setTop(base) }
    guard hasStack(20) else { return nil }
    copy(index)
    let value = top
    guard rawGet(LuaState.registry, "multiprocessing") == .table else { return nil }
    if isModule(value) { return "multiprocessing" }
    if contextMethod(value) != nil { return "Context" }
    // A class of errors or processes stands for its own when it is a script's.
    while isFunction(value) || isTable(value) {
      if let name = nameInModule(value) { return name }
      guard isErrorClass(value) || isProcessClass(value), pushMetatable(value),
        rawGet(-1, "__index") == .table
      else { break }
      replace(value)
      setTop(value + 1)
    }
    return className(of: value)
  }

  private func className(of value: Int32) -> String? {
    guard !isString(value), pushMetatable(value) else { return nil }
    let metatable = top
    if isErrorClass(metatable) { return helpName(of: metatable) }
    if rawGet(metatable, "__class") == .table { return helpName(of: -1) }
    guard rawGet(metatable, "__name") == .string else { return nil }
    return HelpLibrary.shared.entry(named: string(-1)).map(\.name)
  }

  /// Looks for a value in the module, its submodules and the classes.
  ///
  /// Stack: [value, module] -> [value, module].
  private func nameInModule(_ value: Int32) -> String? {
    let module = value + 1
    if let name = key(of: value, in: module) { return name }
    for name: StaticString in [
      "futures", "shared_memory", "sharedctypes", "connection", "logging", "reduction", "pool",
    ] {
      defer { setTop(module) }
      guard rawGet(module, name) == .table else { continue }
      if rawEqual(-1, value) { return "\(name)" }
      if let key = key(of: value, in: top) { return "\(name).\(key)" }
    }
    defer { setTop(module) }
    guard rawGet(module, "classes") == .table else { return nil }
    let classes = top
    pushNil()
    while next(classes) {
      if isTable(-1), isString(-2) {
        if rawEqual(-1, value) { return string(-2) }
        if let key = key(of: value, in: top) { return "\(string(-2)).\(key)" }
      }
      pop()
    }
    return nil
  }

  private func key(of value: Int32, in table: Int32) -> String? {
    let base = top
    defer { setTop(base) }
    pushNil()
    while next(table) {
      if isString(-2), rawEqual(-1, value) { return string(-2) }
      pop()
    }
    return nil
  }
}

/// Lua: `mp.help([x])`: prints the page of a value, or of a name given as a string; of all there is
/// without one.
private func help(_ state: LuaState) throws(LuaError) -> Int32 {
  let text: String
  if state.isNone(1) {
    text = state.helpText(named: "mp") ?? ""
  } else if state.isString(1) {
    let name = state.string(1)
    text = state.helpText(named: name) ?? HelpLibrary.shared.apology(for: name)
  } else {
    text = state.helpText(of: 1) ?? "no help for a value of type \(state.typeName(1))"
  }
  try state.getGlobal("print")
  state.push(text)
  try state.call(arguments: 1, results: 0)
  return 0
}
