// The program of a process that is no copy of the one that started it. Python:
// `multiprocessing.spawn.spawn_main`, `multiprocessing.forkserver.main`.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

/// The run of a program that another process of its tree started, without a script.
package enum FreshProgram {
  /// Whether the program's arguments ask for such a run.
  package static func isMeant(by arguments: [[UInt8]]) -> Bool {
    FreshProcess.isMeant(by: arguments) || RelayProgram.isMeant(by: arguments)
  }

  /// Becomes the process that the arguments name, and does its work.
  package static func run(_ arguments: [[UInt8]]) -> Never { run(arguments) { _ in } }

  /// The same for a host.
  ///
  /// - Parameters:
  ///   - arguments: The program's.
  ///   - prepare: What a host does with each interpreter before the module is loaded.
  static func run(
    _ arguments: [[UInt8]], prepare: (LuaState) throws(LuaError) -> Void
  ) -> Never {
    if RelayProgram.isMeant(by: arguments) { RelayProgram.run(arguments) }
    guard let fresh = FreshProcess(arguments), let lua = LuaMemory.makeState() else {
      FreshProcess.giveUp()
    }
    lua.installWarnings()
    let isHelper = fresh.preparation.identity.isEmpty
    let process = fresh.become()
    let code: Int32
    do throws(LuaError) {
      try open(fresh, lua, prepare)
      if isHelper {
        code = try serve(fresh, lua)
      } else {
        code = live(as: process, fresh, lua)
      }
    } catch {
      lua.push(error)
      code = Bootstrap.report(lua)
    }
    FreshProcess.end(code)
  }

  /// Opens the libraries and the module, as the process that started this one had them.
  private static func open(
    _ fresh: FreshProcess, _ lua: LuaState, _ prepare: (LuaState) throws(LuaError) -> Void
  ) throws(LuaError) {
    try Messages.get(lua, from: fresh.launch.queue, until: .now)
    let table = lua.top
    lua.rawGet(table, "ignores_environment")
    if lua.boolean(-1) { lua.ignoreEnvironment() }
    lua.pop()
    try lua.openLibraries()
    lua.preloadMultiprocessing()
    lua.applyPreparation()
    lua.collectByGenerations()
    try prepare(lua)
    try lua.getGlobal("require")
    lua.push(literal: "multiprocessing")
    try lua.call(arguments: 1, results: 0)
    try lua.writeWholeLines()
  }

  /// The life of the process, from the message that describes it to its end; gives the exit code.
  private static func live(
    as process: Process, _ fresh: FreshProcess, _ lua: LuaState
  ) -> Int32 {
    let child = lua.newCoroutine()
    Interrupt.enterChild(child)
    do throws(LuaError) {
      Bootstrap.reseed(child)
      let take = { () throws(LuaError) in
        try Messages.get(child, from: fresh.launch.queue, until: .now)
      }
      try child.takeRegistered(take)
      child.pushUndescribed(process)
      try take()
      child.describeProcess()
      fresh.finishLaunch()
      child.applyMemoryLimit(of: 1)
      child.pushProcessMethod(1, "run")
      child.insert(1)
    } catch {
      FreshProcess.releaseSignals()
      child.push(error)
      let code = Bootstrap.finish(exitCode: Bootstrap.report(child), child)
      Interrupt.endBySignalIfUncaught()
      return code
    }
    FreshProcess.releaseSignals()
    return Bootstrap.runChild(child)
  }

  /// The fork server's life.
  private static func serve(_ fresh: FreshProcess, _ lua: LuaState) throws(LuaError) -> Int32 {
    fresh.finishLaunch()
    try preload(lua)
    Interrupt.forget()
    lua.collectGarbage()
    ForkServer.serve { child in
      let process = child.become()
      Interrupt.takeOver(lua)
      child.enterDirectory()
      do throws(LuaError) {
        try Messages.get(lua, from: child.launch.queue, until: .now)
      } catch {
        lua.push(error)
        return Bootstrap.report(lua)
      }
      lua.applyPreparation()
      return live(as: process, child, lua)
    }
    return 0
  }

  /// Loads the modules that were chosen for the server.
  private static func preload(_ lua: LuaState) throws(LuaError) {
    let (modules, onFailure) = Context.preload
    for module in modules {
      try lua.getGlobal("require")
      lua.push(module)
      do throws(LuaError) {
        try lua.callForReport(arguments: 1, results: 0)
      } catch {
        switch onFailure {
        case .ignore: lua.pop()
        case .warn:
          let reason = (try? lua.text(of: -1)) ?? "?"
          lua.pop()
          StandardError.write(line: "mplua: the fork server cannot load '\(module)': \(reason)")
        case .fail: throw error
        }
      }
    }
  }
}
