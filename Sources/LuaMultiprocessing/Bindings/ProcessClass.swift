// The class `mp.Process` and the classes that extend it. Python: `multiprocessing.Process`.

internal import CLuaBridge
internal import Multiprocessing

// A class is a table of methods. Its metatable makes it callable and leads to the class that it
// extends; its raw field `__instance` is the metatable of its processes.

extension LuaState {
  /// Pushes `mp.Process`, made on first use.
  func pushProcessClass() {
    if rawGet(LuaState.registry, "multiprocessing.Process") == .table { return }
    pop()
    newProcessClass(name: "Process", extending: nil)
    setFunctions(ProcessMethods.all)
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.Process")
  }

  /// Stack: [] -> [class].
  ///
  /// A script's class has a number of its own, which its copies in other processes have too.
  func newProcessClass(name: String, extending parent: Int32?, identity: Int? = nil) {
    let parent = parent.map(absolute)
    newTable(fields: 16)
    push(name)
    rawSet(-2, "__name")
    if let identity {
      push(identity)
      rawSet(-2, "__identity")
    }
    makeProcessClass(-1, extending: parent)
  }

  /// Makes a class of processes of a table that has its name, and perhaps methods.
  func makeProcessClass(_ index: Int32, extending parent: Int32?) {
    let parent = parent.map(absolute)
    copy(index)
    newTable(fields: 8)
    rawGet(-2, "__name")
    rawSet(-2, "__name")
    copy(-2)
    rawSet(-2, "__class")
    setFunctions([
      "__index": { $0.run(processGet) },
      "__newindex": { $0.run(processSet) },
      "__tostring": { $0.run(processToString) },
      "__eq": { $0.run(processEqual) },
      "__gc": { $0.run(processCollect) },
      "__close": { $0.run(processLeaveScope) },
    ])
    rawSet(-2, "__instance")
    newTable(fields: 4)
    push(literal: "class")
    rawSet(-2, "__name")
    push(body: { $0.run(processClassToString) })
    rawSet(-2, "__tostring")
    push(body: { $0.run(processConstruct) })
    rawSet(-2, "__call")
    if let parent {
      copy(parent)
      rawSet(-2, "__index")
    }
    setMetatable(-2)
    noteProcessClass()
    pop()
  }

  /// Notes that this process knows the class on top of the stack, or a copy of one: messages tell of its
  /// processes by the number that the class has in all of them.
  private func noteProcessClass() {
    let index = top
    defer { setTop(index) }
    guard rawGet(index, "__identity") == .number, let identity = integer(-1) else { return }
    pushWeakTable("multiprocessing.process_classes", .values)
    if rawGet(-1, identity) == .nil {
      copy(index)
      rawSet(-3, identity)
    }
  }

  /// Pushes a class of a script that this process knows.
  ///
  /// Stack: [] -> [class] when the result is true.
  func pushProcessClass(identity: Int) -> Bool {
    let base = top
    if rawGet(LuaState.registry, "multiprocessing.process_classes") == .table,
      rawGet(-1, identity) == .table
    {
      remove(base + 1)
      return true
    }
    setTop(base)
    return false
  }

  /// The class at an index if it is a script's.
  func scriptClass(_ index: Int32) -> ProcessHandle.ScriptClass? {
    guard isTable(index) else { return nil }
    let index = absolute(index)
    let base = top
    defer { setTop(base) }
    guard rawGet(index, "__identity") == .number, let identity = integer(-1),
      rawGet(index, "__name") == .string
    else { return nil }
    return ProcessHandle.ScriptClass(identity: identity, name: string(-1))
  }

  /// Whether a value is `mp.Process` or a class that extends it.
  func isProcessClass(_ index: Int32) -> Bool {
    guard isTable(index) else { return false }
    defer { pop() }
    guard rawGet(index, "__instance") == .table else { return false }
    defer { pop() }
    return rawGet(-1, "__class") == .table
  }

  func checkProcessClass(_ index: Int32, _ usage: String) throws(LuaError) {
    if !isProcessClass(index) {
      throw .argument(index, "process class expected, got \(typeName(index)); \(usage)")
    }
  }
}

/// `mp.Process(…)`.
///
/// Lua: [class, …] -> [process].
private func processConstruct(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.checkProcessClass(1, "call it as mp.Process{target = f}")
  if state.contextMethod(2) != nil { throw .type("call it as ctx.Process{…}, not ctx:Process{…}") }
  if state.isModule(2) { throw .type("call it as mp.Process{…}, not mp:Process{…}") }
  let handle = ProcessHandle()
  handle.scriptClass = state.scriptClass(1)
  state.pushBare(object: handle, userValues: 1)
  state.newTable()
  state.setUserValue(-2)
  state.rawGet(1, "__instance")
  state.setMetatable(-2)
  state.insert(2)
  // [class, process, arguments…] -> [process, init, process, arguments…]
  state.copy(1)
  state.lookUp("init")
  state.replace(1)
  state.copy(2)
  state.insert(1)
  return state.continuingAndReturningBelow(arguments: state.top - 2)
}

/// Lua: `tostring(mp.Process)`.
private func processClassToString(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.checkProcessClass(1, "call it as tostring(mp.Process)")
  state.rawGet(1, "__name")
  state.push("<class '\(state.string(-1))'>")
  return 1
}

/// Lua: `mp.Process:extend("Worker")`.
func processExtend(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.checkProcessClass(1, "call it as mp.Process:extend(\"Worker\")")
  guard let name = try state.text(2, "the name of the class") else {
    throw .argument(2, "the name of the new class expected, got no value")
  }
  let identity = Randomness.integer
  state.newProcessClass(name: name, extending: 1, identity: identity)
  return 1
}

/// The most arguments that a target can be called with.
private let argumentLimit = 200_000

private let initSignature = Signature(
  name: "Process", example: "Process{target = f}",
  parameters: [
    Parameter("group"), Parameter("target"), Parameter("name"), Parameter("args", .table),
    Parameter("kwargs", .table), Parameter("daemon", .keywordOnly),
    Parameter("memory_limit", .keywordOnly), Parameter("output", .keywordOnly),
  ])

/// Lua: `mp.Process.init(self, …)`; what makes a process of a new userdata.
func processInit(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let handle = state.optionalObject(1, as: ProcessHandle.self) else {
    throw .type(
      "init needs the process itself first, got \(state.typeName(1)); "
        + "write mp.Process.init(self, {…})")
  }
  try state.bind(initSignature, from: 2)
  let group: Int32 = 2, target: Int32 = 3, name: Int32 = 4, args: Int32 = 5, kwargs: Int32 = 6
  guard state.isNoneOrNil(group) else {
    throw state.isFunction(group)
      ? .type("Process(f): the first parameter is group; write Process{target = f}")
      : .object(.assertionError, "group argument must be None for now")
  }
  try state.checkCallable(target, "target", "write Process{target = f}")
  if !state.isNoneOrNil(name), !state.isString(name) {
    throw .object(.assertionError, "name must be a string, got \(state.typeName(name))")
  }
  try state.checkArgumentList(args, "args", "args = ", maximum: argumentLimit)
  try state.checkKeywords(kwargs)
  let isDaemon = state.isNoneOrNil(7) ? nil : try state.flag(7, "daemon", default: false)
  try state.checkMemoryLimit(8)
  handle.process = Process(
    className: state.className(1), name: state.isNoneOrNil(name) ? nil : state.string(name),
    isDaemon: isDaemon, outputMode: try state.outputMode(9))
  state.setTop(8)
  state.setProcessField(1, "memory_limit")
  state.setTop(kwargs)
  state.setProcessField(1, "_kwargs")
  state.setProcessField(1, "_args")
  state.pop()
  state.setProcessField(1, "_target")
  return 0
}

extension LuaState {
  /// The name of the class that the process at `index` belongs to.
  func className(_ index: Int32) -> String {
    guard pushMetatable(index) else { return "Process" }
    defer { pop(2) }
    return rawGet(-1, "__name") == .string ? string(-1) : "Process"
  }

  /// How the output of a process is to be shown; nil for nil.
  fileprivate func outputMode(_ index: Int32) throws(LuaError) -> OutputMode? {
    if isNoneOrNil(index) { return nil }
    if isString(index), let mode = OutputMode(rawValue: string(index)) { return mode }
    let isPlain = [.string, .number, .boolean].contains(type(index))
    let got = isPlain ? try text(of: index) : "a \(typeName(index))"
    throw .value(
      "output must be 'prefix' or 'group', got \(isString(index) ? "'\(got)'" : got)")
  }

  func checkCallable(_ index: Int32, _ name: String, _ usage: String) throws(LuaError) {
    if isNoneOrNil(index) || isFunction(index) || hasMetafield(index, "__call") { return }
    throw .type("\(name) must be a function, got \(typeName(index)); \(usage)")
  }

  /// Checks that the value is a list or nil, and says what to write instead, between `before` and
  /// `after`.
  func checkArgumentList(
    _ index: Int32, _ name: String, _ before: String, _ after: String = "", maximum: Int = .max
  ) throws(LuaError) {
    if isNoneOrNil(index) || optionalObject(index, as: Range.self) != nil { return }
    guard isPlainTable(index) else {
      let got = typeName(index)
      let advice = "\(before){\(example(of: index))}\(after)"
      throw .type("\(name) must be a list, got \(got); write \(advice)")
    }
    let base = top
    defer { setTop(base) }
    let hint = name == "args" ? "; keywords go into kwargs" : ""
    pushNil()
    while next(index) {
      pop()
      if type(-1) == .number { continue }
      let key = isString(-1) ? string(-1) : typeName(-1)
      guard key == "n" else {
        let has = rawLength(index) > 0 ? "one with the key '\(key)'" : "a table without [1]"
        throw .type("\(name) must be a list, got \(has)\(hint)")
      }
      rawGet(index, "n")
      defer { pop() }
      guard let count = integer(-1), (0...maximum).contains(count) else {
        throw .value("\(name): n must be the number of items, got \((try? text(of: -1)) ?? "n")")
      }
    }
  }

  /// Checks that the value is a table of keywords or nil.
  fileprivate func checkKeywords(_ index: Int32) throws(LuaError) {
    if isNoneOrNil(index) { return }
    guard isTable(index) else {
      throw .type("kwargs must be a table of keywords, got \(typeName(index))")
    }
    guard rawLength(index) == 0 else {
      throw .type("kwargs must be a table of keywords, got a list; arguments go into args")
    }
  }

  /// How the value may be written in the script.
  private func example(of index: Int32) -> String {
    switch type(index) {
    case .number, .boolean: (try? text(of: index)) ?? "x"
    case .string: rawLength(index) <= 20 ? "\"\(string(index))\"" : "s"
    case .userdata: "q"
    default: "x"
    }
  }
}

/// Lua: `p:run()`, unless a class overrides it.
///
/// Calls the target with its arguments.
func processRun(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.process(1)
  guard state.processField(1, "_target") != .nil else { return 0 }
  var count: Int32 = 0
  if state.processField(1, "_args") != .nil {
    count = try state.unpackList(-1)
  }
  state.remove(3)
  if state.processField(1, "_kwargs") != .nil, state.isFilled(-1) {
    count += 1
  } else {
    state.pop()
  }
  return state.continuing(arguments: count)
}

extension LuaState {
  /// Pushes the items of a list, as many as its `n` says or as it has.
  ///
  /// Stack: [] -> [items…].
  func unpackList(_ index: Int32) throws(LuaError) -> Int32 {
    let list = absolute(index)
    if let range = optionalObject(list, as: Range.self) {
      guard range.count < 1_000_000 else { throw .value("too many arguments: \(range.count)") }
      try reserveStack(Int32(range.count) + 4)
      for position in 0..<range.count { push(range[position]) }
      return Int32(range.count)
    }
    rawGet(list, "n")
    let count = integer(-1) ?? rawLength(list)
    pop()
    guard count >= 0, count < 1_000_000 else { throw .value("too many arguments: n = \(count)") }
    try reserveStack(Int32(count) + 4)
    for position in 0..<count { rawGet(list, position + 1) }
    return Int32(count)
  }

  fileprivate func isFilled(_ index: Int32) -> Bool {
    let table = absolute(index)
    pushNil()
    guard next(table) else { return false }
    pop(2)
    return true
  }
}
