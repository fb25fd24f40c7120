// What signals do to a program of several processes: Ctrl-C, SIGTERM, Ctrl-\ and SIGPIPE.

import Glibc
import TestSupport
import Testing

@Suite("Signals and children", .timeLimit(.minutes(15)))
struct SignalTests {
  /// Starts children in eight different waits; each says so just before it begins to wait.
  static let eightWaits = """
    local q, full, jobs, lock = mp.Queue(), mp.Queue(1), mp.JoinableQueue(), mp.Lock()
    local r, w = mp.Pipe()
    local quiet, other = mp.Pipe()
    local ready = mp.Queue()
    full:put(1) jobs:put(1) lock:acquire()
    local children = {}
    for name, wait in pairs{
      get = function() q:get() end,
      put = function() full:put(2) end,
      joins = function() jobs:join() end,
      acquire = function() lock:acquire() end,
      recv = function() r:recv() end,
      send = function() while true do r:send(("x"):rep(1 << 20)) end end,
      sleep = function() mp.sleep(1000) end,
      any = function() mp.wait{quiet, other} end,
    } do
      local p = mp.Process{name = name, target = function() ready:put(name) wait() end}
      p:start()
      children[#children + 1] = p
    end
    for _ = 1, #children do ready:get() end
    print "ready"
    io.flush()
    """

  @Test("Ctrl-C ends children in every wait: one line, none left")
  func interruptsWaits() throws {
    let program = try RunningProgram(
      .mplua, script(Self.eightWaits + " for _, p in ipairs(children) do p:join() end"),
      on: .terminal)
    #expect(program.wait(for: "ready\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
    let lines = outcome.output.split(separator: "\n").dropFirst()
    #expect(lines.count == 1 && lines.first?.hasSuffix("KeyboardInterrupt") == true, "\(outcome)")
  }

  /// Where the main process is when SIGTERM comes.
  static let ends = [
    "children[1]:join()", "while true do end", "coroutine.wrap(function() mp.sleep(1000) end)()",
    "", "os.exit(3)", "local ok = pcall(mp.sleep, 1000) error(mp.Terminated())",
  ]

  @Test("SIGTERM ends the main process and all others, and closes variables", arguments: ends)
  func terminates(end: String) throws {
    // A grandchild, and one that does not hear it.
    let code =
      Self.eightWaits + """
        local deep = mp.Process{target = function()
          local inner = mp.Process{target = function() ready:put(mp.getpid()) mp.sleep(1000) end}
          inner:start()
          inner:join()
        end}
        deep:start()
        os.execute("kill -STOP " .. ready:get())
        local held <close> = setmetatable({}, {__close = function() print "closed" end})
        print "started"
        io.flush()
        """ + end
    let program = try RunningProgram(.mplua, script(code))
    #expect(program.wait(for: "started\n"))
    #expect(end.contains("while") ? program.waitUntilBusy() : program.waitUntilAsleep())
    program.signal(SIGTERM)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGTERM), "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
    #expect(outcome.errors.isEmpty)
    // `os.exit` closes nothing, and a script that has ended has closed before.
    if !end.hasPrefix("os.exit") { #expect(outcome.output.hasSuffix("closed\n")) }
  }

  @Test("the error of SIGTERM can be caught; a second SIGTERM within a second kills")
  func caughtTermination() throws {
    let code = """
      local ok, err = pcall(mp.sleep, 1000)
      assert(err:is(mp.Terminated) and not err:is(mp.KeyboardInterrupt))
      print(err)
      """
    let sleeping = "print 'ready' io.flush() "
    for (ending, expected) in [("", Ending.exited(0)), ("os.exit(4)", .exited(4))] {
      let program = try RunningProgram(.mplua, script(sleeping + code + ending))
      #expect(program.wait(for: "ready\n") && program.waitUntilAsleep())
      program.signal(SIGTERM)
      let outcome = program.finish()
      #expect(outcome.ending == expected && outcome.output == "ready\nTerminated: by SIGTERM\n")
    }
    let deaf = """
      mp.Process{target = mp.sleep, args = {1000}}:start()
      while true do pcall(function() \(sleeping) while true do end end) end
      """
    let program = try RunningProgram(.mplua, script(deaf))
    #expect(program.wait(for: "ready\n"))
    program.signal(SIGTERM)
    #expect(program.wait(for: "ready\n"))
    program.signal(SIGTERM)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGTERM) && outcome.leftProcesses.isEmpty)
  }

  @Test("without the module SIGTERM and Ctrl-\\ are as in lua", arguments: [SIGTERM, SIGQUIT])
  func stock(signal: Int32) throws {
    let code = """
      local held <close> = setmetatable({}, {__close = function() print "closed" end})
      io.stdout:setvbuf("no") print "ready" while true do end
      """
    let program = try RunningProgram(
      .mplua, ["-e", code], environment: ["SWIFT_BACKTRACE": "enable=no"])
    #expect(program.wait(for: "ready\n"))
    program.signal(signal)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(signal) && outcome.output == "ready\n", "\(outcome)")
  }

  @Test("at the prompt SIGTERM ends the program and its children", arguments: ["", "mp.sleep(99)"])
  func prompt(statement: String) throws {
    let program = try RunningProgram(.mplua, ["-i", "-l", "mp=multiprocessing"])
    program.send(
      "p = mp.Process{target = mp.sleep, args = {1000}} p:start() print('start' .. 'ed')\n")
    #expect(program.wait(for: "started\n"))
    program.send("print('be' .. 'gun') \(statement)\n")
    #expect(program.wait(for: "begun\n") && program.waitUntilAsleep())
    program.signal(SIGTERM)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGTERM), "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("who reads no more ends the main process and its children")
  func readerGone() throws {
    let code = """
      for _ = 1, 3 do mp.Process{target = mp.sleep, args = {1000}}:start() end
      while true do print "line" end
      """
    let words = ([Program.mplua.path] + script(code)).map {
      "'\($0.replacing("'", with: "'\\''"))'"
    }
    let outcome = try run(
      Program("/bin/sh"), ["-c", "{ \(words.joined(separator: " ")); echo $? >&2; } | head -1"])
    #expect(outcome.output == "line\n" && outcome.errors == "141\n", "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("Ctrl-\\ shows what every process does, and they go on", arguments: [true, false])
  func showsStacks(isTerminal: Bool) throws {
    let code =
      Self.eightWaits + """
        local function start(name, f)
          local p = mp.Process{name = name, target = function() ready:put(name) f() end}
          p:start()
          ready:get()
          return p
        end
        start("loops", function() while true do end end)
        start("inside", function() coroutine.wrap(function() mp.sleep(1000) end)() end)
        start("pipes", function()
          local file <close> = io.popen("trap '' QUIT; echo up; sleep 2; echo done")
          ready:put(file:read())
          ready:put(file:read("a"))
          mp.sleep(1000)
        end)
        assert(ready:get() == "up")
        -- It may be stopped inside the put: nobody else uses that queue.
        local mine = mp.Queue()
        local stopped = mp.Process{name = "stops", target = function() mine:put(1) mp.sleep(1000) end}
        stopped:start()
        mine:get()
        os.execute("kill -STOP " .. stopped.pid)
        -- What each does after its word to `ready` is the wait that is to be shown.
        local function state_of(p)
          local file <close> = io.open("/proc/" .. p.pid .. "/stat")
          return file:read("a"):match "%) (%a)"
        end
        for _, p in ipairs(children) do repeat until state_of(p) == "S" end
        repeat until state_of(stopped) == "T"
        print "all"
        io.flush()
        assert(ready:get() == "done\\n")
        for _, p in ipairs(children) do assert(p:is_alive()) end
        print "goes on"
        io.flush()
        mp.sleep(1000)
        """
    let program = try RunningProgram(.mplua, script(code), on: isTerminal ? .terminal : .pipes)
    #expect(program.wait(for: "all\n") && program.waitUntilAsleep())
    if isTerminal { program.send("\u{1c}") } else { program.signal(SIGQUIT) }
    #expect(program.wait(for: "goes on\n"))
    program.signal(SIGTERM)
    let outcome = program.finish()
    let report = isTerminal ? outcome.output : outcome.errors
    for (name, text) in [
      ("MainProcess", "waits: get() of the Queue made at (command line):5, for 0."),
      ("get", "waits: get() of the Queue made at (command line):2, for 0."),
      ("put", "waits: put() into the Queue made at (command line):2, which is full, for 0."),
      ("joins", "waits: join() of the JoinableQueue made at (command line):2, for 0."),
      ("acquire", "waits: acquire() of the Lock made at (command line):2, held by "),
      ("recv", "waits: recv() from the Pipe made at (command line):3, for 0."),
      ("send", "waits: send() into the Pipe made at (command line):3, which is full, for 0."),
      ("sleep", "waits: mp.sleep(), for 0."),
      (
        "any",
        "waits: mp.wait() for the Pipe made at (command line):4 or the Pipe made at (command line):4, for 0."
      ),
      ("loops", "runs\nstack traceback:\n\t(command line):"),
      ("inside", "waits: mp.sleep(), for 0."),
      ("pipes", "does not answer: sleeping (S)"),
      ("stops", "does not answer: stopped (T)"),
    ] {
      // The terminal shows the key, on the same line.
      let blocks = "\n\(report)".replacing("^\\", with: "\n").replacing(
        "\n\(name) (pid ", with: "\0"
      ).split(
        separator: "\0", omittingEmptySubsequences: false)
      // Who reads comes back from that later, and then answers too.
      #expect(blocks.count == 2 || name == "pipes", "\(name) is shown once: \(report)")
      let block = blocks.dropFirst().first?.drop { $0 != ")" }.dropFirst(2) ?? ""
      #expect(block.hasPrefix(text), "\(name): \(block.prefix(200))")
    }
    #expect(report.contains("\nin a coroutine of\nstack traceback:\n"))
    #expect(outcome.ending == .signalled(SIGTERM) && outcome.leftProcesses.isEmpty)
  }

  @Test("a child alone shows its stack; a second Ctrl-\\ within a second kills")
  func showsOne() throws {
    let code = """
      local p = mp.Process{name = "child", target = function()
        print "ready"
        while true do end
      end}
      p:start()
      print(p.pid)
      io.flush()
      p:join()
      assert(p.exitcode == -3, p.exitcode)
      print "ended"
      io.flush()
      mp.Process{target = mp.sleep, args = {1000}}:start()
      print "main"
      io.flush()
      while true do end
      """
    let program = try RunningProgram(.mplua, script(code))
    #expect(program.wait(for: "\n") && program.wait(for: "\n"))
    guard let pid = program.output.split(separator: "\n").compactMap({ Int32($0) }).first else {
      Issue.record("no pid in \(program.output)")
      return
    }
    kill(pid, SIGQUIT)
    // The first has to be answered before the second comes.
    #expect(program.wait(forError: "child (pid \(pid)) runs\n"))
    kill(pid, SIGQUIT)
    #expect(program.wait(for: "ended\n") && program.wait(for: "main\n") && program.waitUntilBusy())
    program.signal(SIGQUIT)
    #expect(program.wait(forError: "MainProcess (pid "))
    program.signal(SIGQUIT)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGQUIT) && outcome.leftProcesses.isEmpty)
    #expect(outcome.errors.hasPrefix("child (pid \(pid)) runs\nstack traceback:\n"))
    #expect(outcome.errors.contains("\nMainProcess (pid "))
  }

  @Test("Ctrl-C while the interpreter is closed neither crashes nor hangs")
  func interruptsClosing() throws {
    for pause in [0, 100, 1000, 10_000] {
      let code = """
        for i = 1, 200000 do setmetatable({}, {__gc = function() end}) end
        setmetatable({}, {__gc = function() print "closing" io.flush() end})
        os.exit(0, true)
        """
      let program = try RunningProgram(.mplua, script(code))
      #expect(program.wait(for: "closing\n"))
      usleep(UInt32(pause))
      program.signal(SIGINT)
      let ending = program.finish().ending
      #expect(ending == .signalled(SIGINT) || ending == .exited(0), "\(ending)")
    }
  }
}
