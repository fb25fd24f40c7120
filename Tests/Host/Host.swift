// A Swift program that embeds Lua, for the tests: what the example does not do.

import Glibc
import LuaMultiprocessing

/// How the host behaves; its first argument.
enum Behaviour: String {
  /// As it should.
  case proper
  /// Without the call that lets it be started again.
  case unprepared
  /// Two runtimes, one after the other, run the script.
  case twice
  /// With a thread of its own that sleeps.
  case threaded
  /// The script runs on another thread than the main one.
  case elsewhere
  /// It ends without closing its runtime.
  case open
}

struct Failure: Error, CustomStringConvertible {
  let description: String
}

func prepare(_ lua: LuaRuntime) throws {
  let isWorker = CommandLine.arguments.contains("--multiprocessing-fork")
  if isWorker, unsafe getenv("HOST_FAILS") != nil { throw Failure(description: "not today") }
  lua.register("host.area") { (width: Double, height: Double) in width * height }
  lua.register("host.fail") { (text: String) in throw Failure(description: text) }
  lua.register("host.refuse") { (text: String) in
    throw LuaScriptError(text, className: "ValueError")
  }
  lua.register("host.apply") { (function: LuaReference, value: LuaValue) throws -> LuaValue in
    try function.call(value)
  }
  lua.register("host.pid") { Int(getpid()) }
  try lua.run("prepared = (prepared or 0) + 1")
}

@main enum Host {
  static func main() {
    let behaviour = Behaviour(rawValue: CommandLine.arguments.dropFirst().first ?? "") ?? .proper
    if behaviour != .unprepared { LuaRuntime.runWorkerIfNeeded(prepare) }
    switch behaviour {
    case .proper, .unprepared: runScript().close()
    case .twice:
      var script = ""
      while let line = readLine(strippingNewline: false) { script += line }
      for _ in 1...2 { runScript(script).close() }
    case .open:
      // The end of the program finds it open.
      withExtendedLifetime(runScript()) { exit(0) }
    case .threaded:
      unsafe startThread { _ in
        while true { pause() }
      }
      runScript().close()
    case .elsewhere:
      unsafe startThread { _ in
        Host.runScript().close()
        exit(0)
      }
      while true { pause() }
    }
    print("closed")
  }

  /// Runs the script on standard input; the arguments behind the first are its `arg`.
  fileprivate static func runScript(_ script: String? = nil) -> LuaRuntime {
    do {
      let lua = try LuaRuntime()
      do {
        try lua.setGlobal("arg", to: Array(CommandLine.arguments.dropFirst(2)))
        if let script { try lua.run(script) } else { try lua.run(file: "/dev/stdin") }
      } catch {
        lua.exit(reporting: error)
      }
      return lua
    } catch {
      fatalError("\(error)")
    }
  }

  private static func startThread(
    _ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  ) {
    var thread = pthread_t()
    let status = unsafe pthread_create(&thread, nil, body, nil)
    precondition(status == 0, "no thread")
  }
}
