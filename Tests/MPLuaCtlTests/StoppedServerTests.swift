// A fork server that a signal has stopped: whoever needs it waits, says so, and can be interrupted.

import Glibc
import TestSupport
import Testing

@Suite("A stopped fork server", .timeLimit(.minutes(15)))
struct StoppedServerTests {
  /// Starts a server, and has ways to stop it and to let it go on.
  private static let server = """
    local ctx = mp.get_context "forkserver"
    local q = mp.Queue()
    local function contents(path)
      local file <close> = io.open(path)
      return file:read "a"
    end
    local p = ctx.Process{target = function() q:put(contents "/proc/self/stat") end}
    p:start()
    local server = math.tointeger(q:get():match "%) %a (%d+)")
    p:join()
    local function stop()
      os.execute("kill -STOP " .. server)
      repeat until contents("/proc/" .. server .. "/stat"):match "%) T"
    end
    local function go_on() os.execute("kill -CONT " .. server) end
    local function interrupted(f, ...)
      local ok, err = pcall(f, ...)
      assert(not ok and err:is(mp.KeyboardInterrupt), err)
    end
    print(server)

    """

  @Test("a start waits for it as any wait does, and leaves nothing when it is interrupted")
  func start() throws {
    let code =
      Self.server + """
        stop()
        p = ctx.Process{target = q.put, args = {q, "given up"}}
        interrupted(p.start, p)
        assert(p.pid == nil and not p:is_alive() and #mp.active_children() == 0)
        go_on()
        p = ctx.Process{target = q.put, args = {q, "started"}}
        p:start()
        p:join()
        assert(p.exitcode == 0 and q:get() == "started" and q:empty())
        print "fine"
        """
    let looked = try Looked(code, lines: 1, on: .terminal)
    let server = try #require(looked.program.output.split(separator: "\n").last)
    let wait = "start() of a process by ForkServer (pid \(server))"
    let lines = try looked.table(with: [wait])
    #expect(lines.contains { $0.contains(" waiting ") && $0.hasSuffix("  \(wait)") }, "\(lines)")
    #expect(lines.contains { $0.contains("\(server)  stopped ") }, "\(lines)")
    looked.program.send("\u{1c}")
    #expect(looked.program.wait(for: "MainProcess (pid \(looked.pid)) waits: \(wait), for "))
    looked.program.send("\u{3}")
    #expect(looked.program.wait(for: "fine\n"), "\(looked.program.finish())")
  }

  @Test("so does the start of a pool's workers")
  func pool() throws {
    let code =
      Self.server + """
        stop()
        interrupted(ctx.Pool, 2)
        assert(#mp.active_children() == 0)
        go_on()
        local pool <close> = ctx.Pool(2)
        assert(pool:apply(math.abs, {-1}) == 1)
        print "fine"
        """
    let looked = try Looked(code, lines: 1, on: .terminal)
    _ = try looked.table(with: ["start() of a process by ForkServer (pid "])
    looked.program.send("\u{3}")
    #expect(looked.program.wait(for: "fine\n"), "\(looked.program.finish())")
  }

  @Test("a join can be interrupted; the program's end lets the server go on")
  func join() throws {
    let code =
      Self.server + """
        local finish = mp.Event()
        p = ctx.Process{name = "child", target = finish.wait, args = {finish}}
        p:start()
        stop()
        finish:set()
        repeat until contents("/proc/" .. p.pid .. "/stat"):match "%) Z"
        interrupted(p.join, p)
        assert(p:is_alive() and p.exitcode == nil)
        print "fine"
        """
    let looked = try Looked(code, lines: 1, on: .terminal)
    _ = try looked.table(with: ["join() of child (pid "])
    looked.program.send("\u{3}")
    #expect(looked.program.wait(for: "fine\n"))
    let outcome = looked.program.finish()
    #expect(outcome.ending == .exited(0) && outcome.leftProcesses.isEmpty, "\(outcome)")
  }
}
