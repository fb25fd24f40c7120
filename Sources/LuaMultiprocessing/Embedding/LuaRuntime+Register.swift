// Swift functions that scripts call.

internal import CLuaBridge

/// A registered function: takes its arguments from the stack, leaves its results there.
typealias HostFunction = (LuaRuntime, LuaState) throws(LuaError) -> Int32

extension LuaRuntime {
  /// Makes a Swift function a global function of scripts.
  ///
  /// Arguments are checked: "bad argument #1 to 'area' (number expected, got string)". More than the
  /// function takes are dropped; nil and missing ones are for optionals. What the function throws is
  /// raised in Lua: see ``LuaScriptError``.
  ///
  /// Workers started by fork have the function too; fresh ones if it is registered in what
  /// ``runWorkerIfNeeded(_:)`` is given. In messages it travels by its name.
  ///
  /// The runtime keeps the function until it is closed: let it capture the runtime as `unowned`.
  ///
  /// - Parameters:
  ///   - name: The name of the global variable; with a dot, `geometry.area`, it is a field of a table.
  ///   - function: What scripts call.
  public func register<each Argument: LuaConvertible, Result: LuaConvertible>(
    _ name: String, _ function: @escaping (repeat each Argument) throws -> Result
  ) {
    add(name) { (runtime, lua) throws(LuaError) in
      var arguments = HostArguments(name, runtime, lua)
      let values = (repeat try arguments.next((each Argument).self))
      let result: Result
      do { result = try function(repeat each values) } catch { throw .init(thrown: error, in: lua) }
      try lua.push(result.luaValue)
      return 1
    }
  }

  /// Makes a Swift function without a result a global function of scripts.
  ///
  /// - Parameters:
  ///   - name: The name of the global variable; with a dot, `geometry.area`, it is a field of a table.
  ///   - function: What scripts call.
  public func register<each Argument: LuaConvertible>(
    _ name: String, _ function: @escaping (repeat each Argument) throws -> Void
  ) {
    add(name) { (runtime, lua) throws(LuaError) in
      var arguments = HostArguments(name, runtime, lua)
      let values = (repeat try arguments.next((each Argument).self))
      do { try function(repeat each values) } catch { throw .init(thrown: error, in: lua) }
      return 0
    }
  }

  /// Makes a Swift function with several results a global function of scripts.
  ///
  /// - Parameters:
  ///   - name: The name of the global variable; with a dot, `geometry.area`, it is a field of a table.
  ///   - function: What scripts call.
  public func register<each Argument: LuaConvertible, each Result: LuaConvertible>(
    _ name: String, _ function: @escaping (repeat each Argument) throws -> (repeat each Result)
  ) {
    add(name) { (runtime, lua) throws(LuaError) in
      var arguments = HostArguments(name, runtime, lua)
      let values = (repeat try arguments.next((each Argument).self))
      let results: (repeat each Result)
      do { results = try function(repeat each values) } catch {
        throw .init(thrown: error, in: lua)
      }
      let base = lua.top
      for result in repeat each results { try lua.push(result.luaValue) }
      return lua.top - base
    }
  }

  private func add(_ name: String, _ function: @escaping HostFunction) {
    checkThread()
    precondition(isOpen, "a function is registered in a closed LuaRuntime")
    functions.append(function)
    let lua = current
    let base = lua.top
    defer { lua.setTop(base) }
    guard lua.hasStack(20) else { preconditionFailure("no stack to register '\(name)' on") }
    lua.push(functions.count - 1)
    lua.push(body: { $0.run(callHostFunction) }, upvalues: 1)
    lua.keepHostFunction(name)
    lua.setGlobalPath(name)
  }
}

/// Takes the arguments of a registered function, one after another.
private struct HostArguments {
  private let name: String
  private let runtime: LuaRuntime
  private let lua: LuaState
  private var count: Int32 = 0

  init(_ name: String, _ runtime: LuaRuntime, _ lua: LuaState) {
    self.name = name
    self.runtime = runtime
    self.lua = lua
  }

  /// - Throws: The usual error for a bad argument.
  mutating func next<Argument: LuaConvertible>(_: Argument.Type) throws(LuaError) -> Argument {
    count += 1
    let isMissing = lua.isNone(count)
    do throws(LuaConversionError) {
      return try Argument(luaValue: try ValueReader.value(at: count, of: lua, runtime))
    } catch {
      var error = error
      if isMissing, error.path.isEmpty {
        error = LuaConversionError("\(Argument.luaTypeName) expected, got no value")
      }
      throw .type("bad argument #\(count) to '\(name)' (\(error))")
    }
  }
}

/// What the interpreter calls for every registered function.
private func callHostFunction(_ lua: LuaState) throws(LuaError) -> Int32 {
  guard let runtime = LuaMemory(of: lua).owner, let number = lua.integer(lua.upvalue(1)),
    runtime.functions.indices.contains(number)
  else { throw .runtime("the host's function is gone: its runtime is closed") }
  runtime.checkThread()
  let before = runtime.current
  runtime.current = lua
  runtime.depth += 1
  defer {
    runtime.current = before
    runtime.depth -= 1
  }
  return try runtime.functions[number](runtime, lua)
}

extension LuaState {
  /// Lets the function on top of the stack travel by its name, whatever scripts do to the variable.
  fileprivate func keepHostFunction(_ name: String) {
    let function = top
    if rawGet(LuaState.registry, HostFunctions.key) != .table {
      pop()
      newTable()
      copy(-1)
      rawSet(LuaState.registry, HostFunctions.key)
    }
    push(name)
    copy(function)
    rawSet(-3)
    setTop(function)
    forgetNames()
  }

  /// Makes the value on top of the stack a global variable, or the field of a table that is one.
  ///
  /// Stack: [value] -> [].
  fileprivate func setGlobalPath(_ path: String) {
    let value = top
    var names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let last = names.removeLast()
    pushGlobals()
    for name in names {
      push(name)
      if rawGet(-2) != .table {
        pop()
        newTable()
        push(name)
        copy(-2)
        rawSet(-4)
      }
      remove(-2)
    }
    push(last)
    copy(value)
    rawSet(-3)
    setTop(value - 1)
  }
}

/// The functions that a host has registered.
enum HostFunctions {
  /// Where the registry keeps them, by their names.
  static let key: StaticString = "multiprocessing.host"
  /// What messages have in a module's place before the name of one.
  static let mark: UInt8 = 1
}
