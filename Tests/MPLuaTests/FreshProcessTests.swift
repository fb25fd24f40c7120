// The option by which processes of a program start the interpreter anew is nobody else's.

import TestSupport
import Testing

@Suite("Fresh processes", .timeLimit(.minutes(15)))
struct FreshProcessTests {
  @Test(
    "the option is unknown to whoever types it",
    arguments: [[], ["3"], ["0", "1", "1", "-1"], ["99", "1", "1", "-1"], ["a", "b", "c", "d"]])
  func optionIsHidden(arguments: [String]) throws {
    let outcome = try run(.mplua, ["--multiprocessing-fork"] + arguments, input: "return")
    #expect(outcome.ending == .exited(1))
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("unrecognized option '--multiprocessing-fork'"), "\(outcome)")
  }

  @Test("the script and LUA_INIT are not run again", arguments: ["spawn", "forkserver"])
  func scriptRunsOnce(method: String) throws {
    let code = """
      local mp = require 'multiprocessing'
      print 'script'
      local p = mp.get_context('\(method)').Process{target = print, args = {'child', init}}
      p:start()
      p:join()
      """
    let outcome = try run(
      .mplua, ["-W", "-e", code],
      environment: ["LUA_INIT": "print 'init'; init = __name__"])
    #expect(outcome.isClean)
    #expect(outcome.output == "init\nscript\nchild\t__main__\n", "\(outcome)")
  }

  @Test("-E and -W hold in the child", arguments: ["spawn", "forkserver"])
  func options(method: String) throws {
    let code = """
      local mp = require 'multiprocessing'
      local p = mp.get_context('\(method)').Process{target = function()
        warn 'heard'
        print(package.path:find('elsewhere', 1, true))
      end}
      p:start()
      p:join()
      """
    let outcome = try run(
      .mplua, ["-E", "-W", "-e", code], environment: ["LUA_PATH": "/elsewhere/?.lua"])
    #expect(outcome.output == "nil\n" && outcome.errors == "Lua warning: heard\n", "\(outcome)")
    #expect(outcome.isClean)
  }

  @Test("Ctrl-C ends all of them, quietly", arguments: ["spawn", "forkserver"])
  func interruption(method: String) throws {
    let code = """
      local mp = require 'multiprocessing'
      local ready = mp.Queue()
      local p = mp.get_context('\(method)').Process{target = function()
        ready:put(true)
        while true do mp.sleep(1000) end
      end}
      p:start()
      ready:get()
      io.popen('kill -INT ' .. p.pid .. ' ' .. mp.getpid()):close()
      p:join()
      """
    let outcome = try run(.mplua, ["-e", code])
    #expect(outcome.ending == .signalled(2), "\(outcome)")
    #expect(outcome.errors.hasSuffix(": KeyboardInterrupt\n"), "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
  }
}
