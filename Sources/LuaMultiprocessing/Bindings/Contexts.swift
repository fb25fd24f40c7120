// Start methods and contexts: `mp.get_context("spawn")`. Python: `multiprocessing.context`.

internal import CLuaBridge
internal import Multiprocessing

// A context is a table with the module's own contents behind it: what is bound to the method stands in
// the context itself. Objects of one context work in all others, since all lie in one arena.

extension LuaState {
  /// Adds the functions to the module on top of the stack, and makes the contexts.
  func addContexts() {
    setFunctions([
      "get_context": { $0.run(getContext) },
      "set_start_method": { $0.run(setStartMethod) },
      "get_start_method": { $0.run(getStartMethod) },
      "get_all_start_methods": { $0.run(getAllStartMethods) },
      "set_executable": { $0.run(setExecutable) },
      "set_forkserver_preload": { $0.run(setForkServerPreload) },
      "freeze_support": { $0.runNothing("freeze_support") },
      "allow_connection_pickling": { $0.runNothing("allow_connection_pickling") },
    ])
    let module = top
    newTable(fields: 4)
    for method in StartMethod.allCases {
      push(method.rawValue)
      pushNewContext(method, module: module)
      rawSet(-3)
    }
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.contexts")
    pushContext(.inline)
    addInlinePool()
    pop()
    // In the module, too: what is there travels by name.
    rawSet(module, "context")
    ForkServer.fillLaunch = { (launch) throws(MultiprocessingError) in
      try fillServerLaunch(launch, self)
    }
  }

  /// Stack: [] -> [context].
  private func pushNewContext(_ method: StartMethod, module: Int32) {
    newTable(fields: 8)
    pushProcessClass()
    newProcessClass(name: method.className, extending: -1)
    push(method.rawValue)
    rawSet(-2, "_start_method")
    remove(-2)
    rawSet(-2, "Process")
    push(method.rawValue)
    push(body: { $0.run(poolMakeOfContext) }, upvalues: 1)
    rawSet(-2, "Pool")
    push(method.rawValue)
    push(body: { $0.run(getContextOfContext) }, upvalues: 1)
    rawSet(-2, "get_context")
    push(method.rawValue)
    push(body: { $0.run(getStartMethodOfContext) }, upvalues: 1)
    rawSet(-2, "get_start_method")
    push(body: { $0.run(setStartMethodOfContext) })
    rawSet(-2, "set_start_method")
    newTable(fields: 3)
    copy(module)
    rawSet(-2, "__index")
    push(method.contextName)
    rawSet(-2, "__name")
    push(method.contextName)
    push(body: { $0.run(contextToString) }, upvalues: 1)
    rawSet(-2, "__tostring")
    setMetatable(-2)
  }

  /// Stack: [] -> [context].
  func pushContext(_ method: StartMethod) {
    rawGet(LuaState.registry, "multiprocessing.contexts")
    push(method.rawValue)
    rawGet(-2)
    remove(-2)
  }

  /// The method whose context a value is; nil for any other value.
  func contextMethod(_ index: Int32) -> StartMethod? {
    guard isTable(index) else { return nil }
    let index = absolute(index)
    let base = top
    defer { setTop(base) }
    guard rawGet(LuaState.registry, "multiprocessing.contexts") == .table else { return nil }
    return StartMethod.allCases.first { method in
      push(method.rawValue)
      rawGet(base + 1)
      return rawEqual(index, -1)
    }
  }

  /// How the process at `index` is started: as its class says, or by the method in use, which is fixed
  /// by that.
  func startMethod(of process: Int32) -> StartMethod {
    pushProcessMethod(process, "_start_method")
    defer { pop() }
    return (isString(-1) ? StartMethod(rawValue: string(-1)) : nil) ?? Context.fixMethod()
  }

  /// The start method that an argument names.
  fileprivate func methodArgument(_ index: Int32) throws(LuaError) -> StartMethod {
    if isString(index), let method = StartMethod(rawValue: string(index)) { return method }
    let name = isString(index) ? Process.quoted(string(index)) : try text(of: index)
    let known = StartMethod.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    throw .value("cannot find context for \(name); there are \(known)")
  }

  /// A function that is there for Python's sake.
  fileprivate func runNothing(_ name: StaticString) -> Int32 {
    run { (state) throws(LuaError) in
      try state.refuseModule("\(name)")
      return 0
    }
  }
}

private let getContextSignature = Signature(
  name: "get_context", example: "get_context{method = \"spawn\"}",
  parameters: [Parameter("method")])

/// Lua: `mp.get_context([method])`: without one, that of the method in use, which is fixed by that.
private func getContext(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("get_context")
  try state.bind(getContextSignature, from: 1)
  let method = state.isNoneOrNil(1) ? Context.fixMethod() : try state.methodArgument(1)
  return try giveContext(method, state)
}

/// Lua: `ctx.get_context([method])`: without one, the context itself.
private func getContextOfContext(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("get_context")
  try state.bind(getContextSignature, from: 1)
  let own = StartMethod(rawValue: state.string(state.upvalue(1))) ?? .fork
  return try giveContext(state.isNoneOrNil(1) ? own : try state.methodArgument(1), state)
}

private func giveContext(_ method: StartMethod, _ state: LuaState) throws(LuaError) -> Int32 {
  if method == .forkserver {
    try state.lifting { () throws(MultiprocessingError) in try ForkServer.begin() }
  }
  state.pushContext(method)
  return 1
}

private let setStartMethodSignature = Signature(
  name: "set_start_method", example: "set_start_method(\"spawn\", {force = true})",
  parameters: [Parameter("method", .required), Parameter("force")])

/// Lua: `mp.set_start_method(method [, force])`.
private func setStartMethod(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("set_start_method")
  try state.bind(setStartMethodSignature, from: 1)
  let force = try state.flag(2, "force", default: false)
  if state.isNoneOrNil(1), !force { throw .value("cannot find context for nil") }
  let method = state.isNoneOrNil(1) ? nil : try state.methodArgument(1)
  try state.lifting { () throws(MultiprocessingError) in
    try Context.setMethod(method, force: force)
  }
  return 0
}

private func setStartMethodOfContext(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("set_start_method")
  throw .value("cannot set start method of concrete context")
}

private let getStartMethodSignature = Signature(
  name: "get_start_method", example: "get_start_method{allow_none = true}",
  parameters: [Parameter("allow_none")])

/// Lua: `mp.get_start_method([allow_none])`: fixes the method unless `allow_none` is true.
private func getStartMethod(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("get_start_method")
  try state.bind(getStartMethodSignature, from: 1)
  let allowsNone = try state.flag(1, "allow_none", default: false)
  if allowsNone, Context.chosenMethod == nil {
    state.pushNil()
  } else {
    state.push(Context.fixMethod().rawValue)
  }
  return 1
}

private func getStartMethodOfContext(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("get_start_method")
  try state.bind(getStartMethodSignature, from: 1)
  state.copy(state.upvalue(1))
  return 1
}

/// Lua: `mp.get_all_start_methods()`: the default first.
private func getAllStartMethods(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("get_all_start_methods")
  state.newTable(list: Int32(StartMethod.all.count))
  for (position, method) in StartMethod.all.enumerated() {
    state.push(method.rawValue)
    state.rawSet(-2, position + 1)
  }
  return 1
}

/// Lua: `mp.set_executable(path)`.
private func setExecutable(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("set_executable")
  try state.bind(
    Signature(
      name: "set_executable", example: "set_executable(\"/usr/bin/mplua\")",
      parameters: [Parameter("path", .required)]),
    from: 1)
  guard let path = try state.text(1, "path") else {
    throw .type("path must be a string, got \(state.typeName(1))")
  }
  Context.executable = path
  return 0
}

/// Lua: `mp.set_forkserver_preload(module_names [, {on_error = "warn"}])`.
private func setForkServerPreload(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("set_forkserver_preload")
  try state.bind(
    Signature(
      name: "set_forkserver_preload",
      example: "set_forkserver_preload({\"module\"}, {on_error = \"warn\"})",
      parameters: [Parameter("module_names", .value), Parameter("on_error", .keywordOnly)]),
    from: 1)
  guard state.isPlainTable(1) else { throw .type("module_names must be a list of strings") }
  var names: [String] = []
  state.pushNil()
  while state.next(1) {
    guard state.isString(-1), state.type(-2) == .number else {
      throw .type("module_names must be a list of strings")
    }
    state.pop()
  }
  for position in 0..<state.rawLength(1) {
    state.rawGet(1, position + 1)
    names.append(state.string(-1))
    state.pop()
  }
  var onFailure = Context.PreloadFailure.ignore
  if !state.isNoneOrNil(2) {
    guard state.isString(2), let known = Context.PreloadFailure(rawValue: state.string(2)) else {
      throw .value("on_error must be 'ignore', 'warn', or 'fail'")
    }
    onFailure = known
  }
  Context.setPreload(names, onFailure: onFailure)
  return 0
}

private func contextToString(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push("<\(state.string(state.upvalue(1)))>")
  return 1
}
