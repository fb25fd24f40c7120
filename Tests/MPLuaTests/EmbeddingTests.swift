// Swift programs that embed Lua: their functions in all processes, under every start method.

import TestSupport
import Testing

@Suite("Embedding", .timeLimit(.minutes(15)))
struct EmbeddingTests {
  @Test("the example prints what it should", arguments: StartMethod.allCases)
  func example(method: StartMethod) throws {
    let expected = try #require(Repository.text(of: "examples/expected/embedding.txt"))
    let code = """
      require 'multiprocessing'.set_start_method '\(method.rawValue)'
      return assert(loadfile 'factors.lua')(...)
      """
    let outcome = try run(
      .built("embedding-example"), ["/dev/stdin"], input: code,
      directory: "\(Repository.root)/examples/embedding")
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output == expected, "\(outcome)")
  }

  @Test("workers call the host's functions, and get its errors", arguments: StartMethod.allCases)
  func workers(method: StartMethod) throws {
    let outcome = try host(
      .proper,
      """
      local mp = require 'multiprocessing'
      mp.set_start_method(arg[1])
      local pool <close> = mp.Pool(2)
      print(pool:apply(host.area, {3, 4}), pool:apply(function() return host.area(1, 2) end))
      for _, task in ipairs {host.fail, host.refuse, host.area} do
        local ok, err = pcall(pool.apply, pool, task, {'bad'})
        print(ok, err:is(mp.ValueError), err:is(mp.RuntimeError), err.name, err.message)
      end
      print(pool:apply(function() return host.pid() == mp.getpid() end), prepared)
      print(pool:apply(function() return prepared end))
      """, [method.rawValue])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(
      outcome.output == """
        12.0\t2.0
        false\tfalse\ttrue\tRuntimeError\tbad
        false\ttrue\tfalse\tValueError\tbad
        false\tfalse\tfalse\tTypeError\tbad argument #1 to 'host.area' (number expected, got string)
        true\t1
        1
        closed

        """, "\(outcome)")
  }

  @Test("a host's function is the same one on both sides", arguments: StartMethod.allCases)
  func identity(method: StartMethod) throws {
    let outcome = try host(
      .proper,
      """
      local mp = require 'multiprocessing'
      mp.set_start_method(arg[1])
      local area, queue = host.area, mp.Queue()
      host.area = nil
      queue:put {area, {inner = area}}
      local list = queue:get()
      print(list[1] == area, list[2].inner == area)
      local p = mp.Process{target = function(f) queue:put{f == area, f(2, 3)} end, args = {area}}
      p:start()
      p:join()
      print(table.unpack(queue:get()))
      """, [method.rawValue])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output == "true\ttrue\ntrue\t6.0\nclosed\n", "\(outcome)")
  }

  @Test("a function that calls Lua works in workers too", arguments: StartMethod.allCases)
  func callbacks(method: StartMethod) throws {
    let outcome = try host(
      .proper,
      """
      local mp = require 'multiprocessing'
      mp.set_start_method(arg[1])
      local function work()
        local co = coroutine.wrap(function(x)
          return host.apply(function(y) return host.apply(math.abs, y) end, x)
        end)
        local ok, err = pcall(host.apply, error, {code = 7})
        return co(-5), ok, err.code
      end
      print(mp.Pool(1):apply(work))
      """, [method.rawValue])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output == "5\tfalse\t7\nclosed\n", "\(outcome)")
  }

  @Test("a host that cannot be started again says so", arguments: ["spawn", "forkserver"])
  func unprepared(method: String) throws {
    let outcome = try host(
      .unprepared,
      """
      local mp = require 'multiprocessing'
      local ok, err = pcall(function()
        mp.get_context(arg[1]).Process{target = print, args = {'child'}}:start()
      end)
      print(ok, err)
      print(pcall(mp.set_start_method, 'forkserver'))
      print(mp.get_start_method())
      print(pcall(function() mp.Process{output = 'group'}:start() end))
      local p = mp.Process{target = print, args = {'forked'}}
      p:start()
      p:join()
      """, [method])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(
      outcome.output == """
        false\tRuntimeError: this program cannot be started again as a worker, as the start methods \
        spawn and forkserver do: its main does not call LuaRuntime.runWorkerIfNeeded
        false\tRuntimeError: this program cannot be started again as a worker, as the start methods \
        spawn and forkserver do: its main does not call LuaRuntime.runWorkerIfNeeded
        fork
        false\tRuntimeError: this program cannot be started again as a helper, as output = 'group' \
        needs: its main does not call LuaRuntime.runWorkerIfNeeded
        forked
        closed

        """, "\(outcome)")
  }

  @Test("the output of a host's processes has their names", arguments: StartMethod.allCases)
  func output(method: StartMethod) throws {
    let outcome = try host(
      .proper,
      """
      local mp = require 'multiprocessing'
      local context = mp.get_context(arg[1])
      local p = context.Process{name = 'child', output = 'prefix', target = print, args = {'x'}}
      p:start()
      p:join()
      """, [method.rawValue])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output == "child: x\nclosed\n", "\(outcome)")
  }

  @Test("a worker that cannot be prepared says why", arguments: ["spawn", "forkserver"])
  func failingPreparation(method: String) throws {
    let outcome = try run(
      .built("host"), ["proper", method],
      input: """
        local mp = require 'multiprocessing'
        local p = mp.get_context(arg[1]).Process{target = print, args = {'child'}}
        local ok, err = pcall(function() p:start() p:join() end)
        print(ok, arg[1] == 'spawn' and p.exitcode or err)
        """, environment: ["HOST_FAILS": "1"])
    #expect(outcome.isClean, "\(outcome)")
    #expect(outcome.errors.contains("RuntimeError: not today"), "\(outcome)")
    let expected = [
      "spawn": "true\t1",
      "forkserver":
        "false\tRuntimeError: the fork server ended with exit code 1 while it was started",
    ]
    #expect(outcome.output == "\(expected[method] ?? "")\nclosed\n", "\(outcome)")
  }

  @Test("one runtime after another", arguments: StartMethod.allCases)
  func twice(method: StartMethod) throws {
    let outcome = try host(
      .twice,
      """
      local mp = require 'multiprocessing'
      mp.set_start_method(arg[1], {force = true})
      local pool <close> = mp.Pool(1)
      print(pool:apply(host.area, {3, 4}))
      mp.Process{target = print, args = {'joined'}}:start()
      """, [method.rawValue])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output == "12.0\njoined\n12.0\njoined\nclosed\n", "\(outcome)")
  }

  @Test("a host with threads starts its workers by the fork server")
  func threads() throws {
    let outcome = try host(
      .threaded,
      """
      local mp = require 'multiprocessing'
      mp.log_to_stderr()
      print(mp.Pool(1):apply(host.area, {2, 3}))
      """)
    #expect(outcome.isClean, "\(outcome)")
    #expect(outcome.output == "6.0\nclosed\n", "\(outcome)")
    #expect(
      outcome.errors.contains("this process has 2 threads, which fork would not copy"), "\(outcome)"
    )
  }

  @Test("the module is refused on another thread than the main one")
  func otherThread() throws {
    let outcome = try host(
      .elsewhere,
      """
      print(select(2, pcall(require, 'multiprocessing')))
      print(host.area(1, 2))
      """)
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(
      outcome.output == """
        RuntimeError: multiprocessing can be loaded on the main thread of a program only
        2.0

        """, "\(outcome)")
  }

  @Test("children are joined, and daemons end, also when the runtime is never closed")
  func openEnd() throws {
    let outcome = try host(
      .open,
      """
      local mp = require 'multiprocessing'
      local started = mp.Event()
      mp.Process{target = function() mp.sleep(1000) end, daemon = true}:start()
      mp.Process{target = function() started:wait() print 'joined' end}:start()
      started:set()
      """)
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output == "joined\n", "\(outcome)")
  }

  @Test("os.exit ends the host", arguments: ["8", "8, true"])
  func scriptExit(arguments: String) throws {
    let outcome = try host(
      .open,
      """
      local mp = require 'multiprocessing'
      mp.Process{target = print, args = {'child'}}:start()
      os.exit(\(arguments))
      """)
    #expect(outcome.ending == .exited(8) && outcome.leftProcesses.isEmpty, "\(outcome)")
    #expect(outcome.output == "child\n" && outcome.errors.isEmpty, "\(outcome)")
  }

  @Test("an error that nobody handles is reported as mplua does")
  func report() throws {
    let outcome = try host(.proper, "local mp = require 'multiprocessing'\nhost.refuse 'no'")
    #expect(outcome.ending == .exited(1) && outcome.output.isEmpty, "\(outcome)")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.first?.hasSuffix("host: /dev/stdin:2: ValueError: no") == true, "\(outcome)")
    #expect(lines.dropFirst().first == "stack traceback:", "\(outcome)")
  }

  @Test("Ctrl-C ends the host and its workers by the signal", arguments: StartMethod.allCases)
  func interruption(method: StartMethod) throws {
    let outcome = try host(
      .proper,
      """
      local mp = require 'multiprocessing'
      mp.set_start_method(arg[1])
      local ready = mp.Queue()
      local p = mp.Process{target = function()
        ready:put(true)
        while true do mp.sleep(1000) end
      end}
      p:start()
      ready:get()
      io.popen('kill -INT ' .. p.pid .. ' ' .. mp.getpid()):close()
      p:join()
      """, [method.rawValue])
    #expect(outcome.ending == .signalled(2) && outcome.leftProcesses.isEmpty, "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
    #expect(outcome.errors.contains("KeyboardInterrupt"), "\(outcome)")
  }

  /// What `Tests/Host` is to do.
  private enum Behaviour: String {
    case proper, unprepared, twice, threaded, elsewhere, open
  }

  private func host(
    _ behaviour: Behaviour, _ script: String, _ arguments: [String] = []
  ) throws -> Outcome {
    try run(.built("host"), [behaviour.rawValue] + arguments, input: script)
  }
}
