// How programs with children end, as whoever started them sees it.

import Glibc
import TestSupport
import Testing

@Suite("The end of programs with children", .timeLimit(.minutes(15)))
struct ExitTests {
  /// Ends of the main process: the code, the status, and what is printed after it.
  static let ends: [(code: String, status: Int32, output: String)] = [
    ("", 0, "child\n"),
    ("os.exit(5)", 5, "child\n"),
    ("os.exit(256 + 5)", 5, "child\n"),
    ("coroutine.wrap(os.exit)(5)", 5, "child\n"),
    ("error(\"x\")", 1, "child\n"),
    (
      "local x <close> = setmetatable({}, {__close = function() print(\"closed\") end}) "
        + "os.exit(5, true)", 5, "closed\nchild\n"
    ),
    (
      "last = setmetatable({}, {__gc = function() "
        + "mp.Process{target = function() mp.sleep(0.05) print(\"late\") end}:start() end})",
      0, "child\nlate\n"
    ),
  ]

  @Test("daemons are ended, other children joined", arguments: 0..<ends.count)
  func joins(number: Int) throws {
    let end = Self.ends[number]
    let outcome = try run(
      .mplua,
      script(
        """
        local r, w = mp.Pipe(false)
        mp.Process{target = mp.sleep, args = {60}, daemon = true}:start()
        mp.Process{target = function() r:recv() print("child") end}:start()
        mp.Process{target = function() mp.sleep(0.05) w:send(1) end}:start()
        \(end.code)
        """))
    #expect(outcome.ending == .exited(end.status))
    #expect(outcome.output == end.output)
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("an uncaught error object prints as a string does")
  func uncaught() throws {
    let outcome = try run(.mplua, script("error(mp.ValueError(\"bad\"))"))
    #expect(
      outcome.errors == """
        \(Program.mplua.path): (command line):2: ValueError: bad
        stack traceback:
        \t(command line):2: in main chunk
        \t[C]: in ?

        """)
    let joined = try run(.mplua, script("error(\"failed: \" .. mp.ValueError(\"bad\"))"))
    #expect(
      joined.errors.hasPrefix("\(Program.mplua.path): (command line):2: failed: ValueError: bad\n"))
  }

  @Test("p:interrupt() ends a child with a report")
  func interrupted() throws {
    let outcome = try run(
      .mplua,
      script(
        """
        local p = mp.Process{target = function() while true do end end}
        p:start()
        p:interrupt()
        p:join()
        print(p.exitcode)
        """))
    #expect(outcome.output == "1\n")
    #expect(outcome.errors.hasPrefix("Process Process-1:\n"))
    // It may come before the function has begun; then there is no line to name, but a traceback.
    #expect(outcome.errors.contains("KeyboardInterrupt\nstack traceback:\n"))
  }

  @Test("a crash is minus its signal")
  func crash() throws {
    let outcome = try run(
      .mplua,
      script(
        """
        local p = mp.Process{target = function() os.execute("kill -SEGV $PPID") end}
        p:start()
        p:join()
        print(p.exitcode)
        """), environment: ["SWIFT_BACKTRACE": "enable=no"])
    #expect(outcome.output == "-11\n")
    #expect(outcome.errors.isEmpty)
  }

  @Test("the log of a child's life is that of Python 3.11")
  func log() throws {
    let outcome = try run(
      .mplua,
      script(
        """
        mp.log_to_stderr(mp.DEBUG)
        local p = mp.Process{target = os.exit, args = {3}}
        p:start()
        p:join()
        local r, w = mp.Pipe(false)
        local d = mp.Process{target = function() w:send(1) mp.sleep(60) end, daemon = true}
        d:start()
        r:recv()
        """))
    #expect(
      outcome.errors == """
        [INFO/Process-1] child process calling self.run()
        [INFO/Process-1] process shutting down
        [DEBUG/Process-1] running all "atexit" finalizers with priority >= 0
        [DEBUG/Process-1] running the remaining "atexit" finalizers
        [INFO/Process-1] process exiting with exitcode 3
        [INFO/Process-2] child process calling self.run()
        [INFO/MainProcess] process shutting down
        [DEBUG/MainProcess] running all "atexit" finalizers with priority >= 0
        [INFO/MainProcess] calling terminate() for daemon Process-2
        [INFO/MainProcess] calling join() for process Process-2
        [DEBUG/MainProcess] running the remaining "atexit" finalizers

        """)
  }

  /// What the main process does when Ctrl-C comes, and where its line says that it was.
  static let waits: [(code: String, place: String)] = [
    ("p:join()", "(command line):5: "),
    ("mp.sleep(60)", "(command line):5: "),
    ("mp.wait{p}", "(command line):5: "),
    ("while true do end", "(command line):5: "),
    ("coroutine.wrap(function() while true do end end)()", "(command line):5: "),
    ("", ""),
    ("os.exit(3)", ""),
  ]

  @Test("Ctrl-C prints one line and ends everybody", arguments: 0..<waits.count)
  func control(number: Int) throws {
    let wait = Self.waits[number]
    let program = try RunningProgram(
      .mplua,
      script(
        """
        local q = mp.Queue()
        local p = mp.Process{target = function() q:put(1) while true do end end}
        p:start() q:get() print("ready")
        \(wait.code)
        """), on: .terminal)
    #expect(program.wait(for: "ready\n"))
    #expect(wait.code.contains("while") ? program.waitUntilBusy() : program.waitUntilAsleep())
    program.send("\u{3}")
    let outcome = program.finish()
    let line = "\(Program.mplua.path): \(wait.place)KeyboardInterrupt\n"
    #expect(outcome.output == "ready\n^C\(line)")
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("Ctrl-C that is caught lets the program go on")
  func caught() throws {
    let program = try RunningProgram(
      .mplua,
      script(
        """
        local q = mp.Queue()
        local p = mp.Process{target = function() q:put(1) mp.sleep(60) end}
        p:start() q:get() print("ready")
        print(pcall(p.join, p))
        p:join()
        print(p.exitcode)
        """), on: .terminal)
    #expect(program.wait(for: "ready\n") && program.waitUntilAsleep())
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.output == "ready\n^Cfalse\tKeyboardInterrupt\n-2\n")
    #expect(outcome.isClean)
  }

  @Test("a second Ctrl-C within a second kills")
  func second() throws {
    let program = try RunningProgram(
      .mplua,
      script(
        """
        local q = mp.Queue()
        local p = mp.Process{target = function() q:put(1) while true do pcall(mp.sleep, 60) end end}
        p:start() q:get() print("ready")
        """), on: .terminal)
    #expect(program.wait(for: "ready\n") && program.waitUntilAsleep())
    program.send("\u{3}")
    #expect(program.wait(for: "KeyboardInterrupt\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
  }
}
