// `Process{output = …}`: what reaches the descriptors, whoever writes much, reads slowly or is killed.

import Glibc
import TestSupport
import Testing

@Suite("Output of processes", .timeLimit(.minutes(15)))
struct ProcessOutputTests: PromptUser {
  /// Starts a process with output `mode` that runs `body`, as `p`, and begins the script.
  private func starting(_ mode: String, _ body: String, _ keywords: String = "") -> String {
    "local p = mp.Process{name = 'child', output = '\(mode)', \(keywords) target = function() \(body) end} p:start()\n"
  }

  @Test("ten children that write at once garble no line", arguments: StartMethod.allCases)
  func writesAtOnce(method: StartMethod) throws {
    let code = """
      local ps = {}
      for i = 1, 10 do
        ps[i] = mp.Process{name = "c" .. i, output = "prefix", target = function()
          for n = 1, 10000 do print(n .. " " .. ("x"):rep(n % 100)) end
        end}
        ps[i]:start()
      end
      for _, p in ipairs(ps) do p:join() end
      print "end"
      """
    let outcome = try run(
      .mplua, script(code), environment: method.environment, timeLimit: .seconds(120))
    #expect(outcome.isClean && outcome.errors.isEmpty)
    var counts: [Substring: Int] = [:]
    let lines = outcome.output.utf8.split(separator: UInt8(ascii: "\n")).map { Substring($0) }
    for line in lines.dropLast() {
      let name = line.prefix { $0 != ":" }
      let number = counts[name, default: 0] + 1
      counts[name] = number
      let expected = "\(name): \(number) " + String(repeating: "x", count: number % 100)
      guard line == expected else {
        Issue.record("\(line) instead of \(expected)")
        break
      }
    }
    #expect(lines.last == "end")
    #expect(counts == Dictionary(uniqueKeysWithValues: (1...10).map { ("c\($0)"[...], 10_000) }))
  }

  @Test("groups of 50 MiB stay in one piece each", arguments: [nil, "/nowhere"])
  func largeGroups(folder: String?) throws {
    let code = """
      local ps = {}
      for i, letter in ipairs{"a", "b"} do
        ps[i] = mp.Process{output = "group", target = function()
          local line = letter:rep(1023) .. "\\n"
          for _ = 1, 50 * 1024 do io.write(line) end
        end}
        ps[i]:start()
      end
      for _, p in ipairs(ps) do p:join() end
      """
    let outcome = try run(
      Program("/bin/sh"),
      ["-c", "\"$0\" -e \"$1\" | uniq -c | cut -c -12", Program.mplua.path, script(code)[1]],
      environment: ["TMPDIR": folder], timeLimit: .seconds(120))
    #expect(outcome.isClean && outcome.errors.isEmpty)
    let blocks = outcome.output.split(separator: "\n").sorted()
    #expect(blocks == ["  51200 aaaa", "  51200 bbbb"])
  }

  @Test("lines of 5 MiB of several children stay whole")
  func longLines() throws {
    let code = """
      local ps = {}
      for i, letter in ipairs{"a", "b", "c"} do
        ps[i] = mp.Process{name = letter, output = "prefix", target = function()
          for _ = 1, 2 do print(letter:rep(5 << 20)) end
        end}
        ps[i]:start()
      end
      """
    let outcome = try run(.mplua, script(code), timeLimit: .seconds(120))
    #expect(outcome.isClean)
    let lines = outcome.output.utf8.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 6)
    for line in lines {
      #expect(line.count == 5 << 20 + 3)
      #expect(line.dropFirst(3).allSatisfy { $0 == line.first })
    }
  }

  @Test("what is printed after join comes after it", arguments: StartMethod.allCases)
  func keepsOrder(method: StartMethod) throws {
    let code = """
      for i = 1, 50 do
        local p = mp.Process{output = i % 2 == 0 and "prefix" or "group", target = print, args = {i}}
        print("before", i)
        p:start()
        p:join()
        print("after", i)
      end
      """
    let outcome = try run(.mplua, script(code), environment: method.environment)
    let expected = (1...50).map { i in
      "before\t\(i)\n" + (i % 2 == 0 ? "Process-\(i): " : "") + "\(i)\nafter\t\(i)\n"
    }.joined()
    #expect(outcome.output == expected)
    #expect(outcome.isClean)
  }

  @Test(
    "a reader that goes away ends the child, too", arguments: ["prefix", "group"],
    StartMethod.allCases)
  func readerGone(mode: String, method: StartMethod) throws {
    let code = script(
      "local p = mp.Process{output = \"\(mode)\", target = function() "
        + (mode == "prefix"
          ? "while true do print(1) end" : "for i = 1, 100000 do print(i) end")
        + " end} p:start() p:join() io.stderr:write(p.exitcode)")[1]
    let outcome = try run(
      Program("/bin/sh"), ["-c", "\"$0\" -e '\(code)' | head -1", Program.mplua.path],
      environment: method.environment)
    #expect(outcome.isClean)
    #expect(outcome.output == (mode == "prefix" ? "Process-1: 1\n" : "1\n"))
    #expect(outcome.errors == (mode == "prefix" ? "-13" : "0"))
  }

  @Test("a closed standard output makes no noise", arguments: ["prefix", "group"])
  func closedOutput(mode: String) throws {
    let code = script(
      "local p = mp.Process{output = \"\(mode)\", target = function() print(1) io.stderr:write(2) end} p:start() p:join() os.exit(p.exitcode + 5)"
    )[1]
    let outcome = try run(
      Program("/bin/sh"), ["-c", "\"$0\" -e '\(code)' >&-", Program.mplua.path])
    #expect(outcome.ending == .exited(5))
    #expect(outcome.errors == (mode == "prefix" ? "Process-1: 2\n" : "2"))
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("a full disk is told of once", arguments: ["prefix", "group"])
  func fullDisk(mode: String) throws {
    let code = script(
      "local p = mp.Process{output = \"\(mode)\", target = function() for i = 1, 3 do print(i) mp.sleep(0.01) end end} p:start() p:join() os.exit(p.exitcode + 5)"
    )[1]
    let outcome = try run(
      Program("/bin/sh"), ["-c", "\"$0\" -e '\(code)' >/dev/full", Program.mplua.path])
    #expect(outcome.ending == .exited(5))
    #expect(
      outcome.errors
        == "mplua: cannot write the output of Process-1: No space left on device\n")
  }

  @Test(
    "a killed parent leaves nothing behind", arguments: ["prefix", "group"], StartMethod.allCases)
  func parentKilled(mode: String, method: StartMethod) throws {
    let code =
      "local go = mp.Event()\n"
      + starting(
        mode, "print 'first' go:wait() print 'second' mp.parent_process():join() print 'third'")
        + """
        mp.Process{output = "\(mode)", daemon = true, target = mp.sleep, args = {1000}}:start()
        io.read()
        go:set()
        print "set"
        io.flush()
        while true do mp.sleep(1000) end
        """
    let program = try RunningProgram(.mplua, script(code), environment: method.environment)
    if mode == "prefix" { #expect(program.wait(for: "child: first\n")) }
    program.send("\n")
    if mode == "prefix" { #expect(program.wait(for: "child: second\n")) }
    if mode == "group" { #expect(program.wait(for: "set\n")) }
    program.signal(SIGKILL)
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGKILL))
    #expect(outcome.leftProcesses.isEmpty)
    let lines = outcome.output.split(separator: "\n").filter { $0 != "set" }
    let name = mode == "prefix" ? "child: " : ""
    #expect(lines == ["\(name)first"[...], "\(name)second"[...], "\(name)third"[...]])
  }

  @Test("Ctrl-C shows the last words of children", arguments: StartMethod.allCases)
  func interrupted(method: StartMethod) throws {
    let body = """
      local ok, err = pcall(function() ready:put(1) mp.sleep(1000) end)
      print(err.name)
      error("after Ctrl-C", 0)
      """
    let code = """
      local ready = mp.Queue()
      \(starting("prefix", body))
      \(starting("group", body))
      ready:get() ready:get()
      print "ready"
      p:join()
      """
    let program = try RunningProgram(
      .mplua, script(code), environment: method.environment, on: .terminal)
    #expect(program.wait(for: "ready\n"))
    program.send("\u{3}")
    let outcome = program.finish()
    #expect(outcome.ending == .signalled(SIGINT))
    #expect(outcome.leftProcesses.isEmpty)
    // The terminal shows what was typed before the first line.
    let lines = Set(outcome.output.replacing("^C", with: "").split(separator: "\n"))
    let expected: Set<Substring> = [
      "child: KeyboardInterrupt", "child: after Ctrl-C", "KeyboardInterrupt", "after Ctrl-C",
    ]
    #expect(lines.isSuperset(of: expected), "\(outcome.output)")
  }

  /// Runs a script, whose standard error is what the test sees, before a reader that reads nothing
  /// until the test says so.
  private func runUnread(_ code: String, _ method: StartMethod) throws -> RunningProgram {
    let command = """
      exec 3<&0 4>&1
      { "$0" -e "$1" 2>&4; echo "status $?" >&4; } | { read go <&3; wc -c >&4; }
      """
    return try RunningProgram(
      Program("/bin/sh"), ["-c", command, Program.mplua.path, script(code)[1]],
      environment: method.environment, timeLimit: .seconds(60))
  }

  @Test("SIGTERM ends all though nobody reads what they write", arguments: StartMethod.allCases)
  func terminated(method: StartMethod) throws {
    let code = """
      local n = mp.Value("i", 0)
      \(starting("prefix", "while true do print(('x'):rep(1000)) n.value = n.value + 1 end"))
      \(starting("group", "print('last') mp.sleep(1000)"))
      while n.value == 0 do mp.sleep(0.001) end
      io.stderr:write("pid ", mp.getpid(), "\\n")
      p:join()
      """
    let program = try runUnread(code, method)
    #expect(program.wait(for: "pid ") && program.wait(for: "\n"))
    let pid = try #require(
      program.output.split(separator: "\n").first.flatMap { Int32($0.dropFirst(4)) })
    #expect(kill(pid, SIGTERM) == 0)
    #expect(program.wait(for: "status 143\n"))
    program.send("\n")
    #expect(program.finish().isClean)
  }

  @Test("a slow reader slows the child down", arguments: StartMethod.allCases)
  func slowReader(method: StartMethod) throws {
    let code = """
      local n = mp.Value("i", 0)
      \(starting("prefix", "for i = 1, 200000 do print(('x'):rep(1000)) n.value = i end"))
      local seen
      repeat
        seen = n.value
        mp.sleep(0.2)
      until seen > 0 and n.value == seen
      p:kill()
      io.stderr:write("seen ", seen, "\\n")
      """
    let program = try runUnread(code, method)
    #expect(program.wait(for: "seen ") && program.wait(for: "\n"))
    let seen = try #require(
      program.output.split(separator: "\n").first.flatMap { Int($0.dropFirst(5)) })
    // Two pipes and what the relay has in hand hold 64 KiB each.
    #expect(seen < 1000)
    program.send("\n")
    #expect(program.wait(for: "status 0\n"))
    #expect(program.finish().isClean)
  }

  @Test("a bar stays below it")
  func belowIsBar() throws {
    let code =
      starting(
        "prefix", "for i = 1, 5 do print(i) io.stderr:write('e', i, '\\n') mp.sleep(0.02) end")
        + """
        local pool <close> = mp.Pool(2)
        pool:map(function(v) mp.sleep(0.02) return v end, mp.range(8), {chunksize = 1, progress = "bar"})
        p:join()
        """
    let session = try TerminalSession(.mplua, script(code), timeLimit: .seconds(60))
    #expect(session.finish().isClean)
    let lines = session.screen.lines
    #expect(lines.count { $0.hasPrefix("bar [") } == 1, "\(session.screen.text)")
    let others = lines.filter { !$0.hasPrefix("bar [") }.sorted()
    #expect(others == (1...5).flatMap { ["child: \($0)", "child: e\($0)"] }.sorted())
  }

  @Test(
    "at the prompt it comes above the line, and a bar stays below", arguments: ["prefix", "group"])
  func atThePrompt(mode: String) throws {
    let path = "\(Repository.root)/.build/output-signal-\(mode)"
    _ = unsafe unlink(path)
    let session = try open("output-\(mode)")
    session.type(
      "p = mp.Process{name = 'c', output = '\(mode)', target = function() while not io.open('\(path)') do mp.sleep(0.01) end print 'one' io.stderr:write 'two\\n' os.execute 'echo three' end} p:start()\r"
    )
    #expect(session.wait { $0.text.contains("p:start()") && $0.lines.last == ">" })
    session.type("xy = 13\u{1b}[D")
    #expect(session.wait { $0.textBeforeCursor == "> xy = 1" })
    close(unsafe Glibc.open(path, O_CREAT | O_WRONLY, 0o600))
    let prefix = mode == "prefix" ? "c: " : ""
    let isAbove = session.wait { screen in
      screen.textBeforeCursor == "> xy = 1" && screen.lines.last == "> xy = 13"
        && screen.lines.suffix(4).dropLast().sorted()
          == ["\(prefix)one", "\(prefix)three", "\(prefix)two"]
    }
    #expect(isAbove, "\(session.screen.text)")
    #expect(session.screen.lines.count { $0 == "> xy = 13" } == 1, "\(session.screen.text)")
    session.type("\u{3}")
    #expect(session.wait(forLast: ">"))
    leave(session)
  }
}
