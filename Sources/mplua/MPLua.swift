// mplua: Lua's stand-alone interpreter with the module `multiprocessing`.

import Glibc
import LuaMultiprocessing

@main enum MPLua {
  static func main() {
    let arguments = ProgramArguments.all
    if FreshProgram.isMeant(by: arguments) { FreshProgram.run(arguments) }
    guard let lua = LuaMemory.makeState() else {
      StandardStream.error.write("mplua: cannot create state: not enough memory\n")
      exit(EXIT_FAILURE)
    }
    lua.installWarnings()
    let program = Program(lua)
    // In a function called by Lua, so that tracebacks end as those of Lua's own interpreter do.
    lua.push(body: { $0.run { lua throws(LuaError) in try Program(lua).run() } })
    var succeeded = false
    do {
      try lua.call(arguments: 0, results: 1)
      succeeded = lua.boolean(-1)
    } catch {
      program.report()
    }
    let code = lua.endProgram(exitCode: succeeded ? EXIT_SUCCESS : EXIT_FAILURE)
    let isToRestart = Restart.isAsked(lua)
    lua.closeProgram()
    Interrupt.endBySignalIfUncaught()
    if isToRestart { Restart.now(program.restartArguments) }
    exit(code)
  }
}
