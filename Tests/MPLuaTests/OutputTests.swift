// What reaches the descriptors when several processes write.

import Glibc
import TestSupport
import Testing

@Suite("Output of several processes", .timeLimit(.minutes(15)))
struct OutputTests {
  /// Line lengths around the sizes of pipes and buffers, and how many each of four children prints.
  static let lengths = [
    (10, 2000), (65_535, 20), (65_536, 20), (65_537, 20), (100_000, 20), (1 << 20, 3),
  ]

  @Test("lines never mix, however long", arguments: lengths)
  func wholeLines(length: Int, count: Int) throws {
    let outcome = try run(
      .mplua,
      script(
        """
        local function write(letter)
          local line = letter:rep(\(length))
          for _ = 1, \(count) do print(line) end
        end
        local ps = {}
        for i, letter in ipairs{"a", "b", "c", "d"} do
          ps[i] = mp.Process{target = write, args = {letter}}
          ps[i]:start()
        end
        """))
    #expect(outcome.isClean)
    let lines = outcome.output.utf8.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 4 * count)
    for line in lines {
      #expect(line.count == length)
      #expect(line.allSatisfy { $0 == line.first })
    }
  }

  /// Around the size of the stream's buffer and its double.
  static let partLengths = [1, 65_520, 65_521, 65_522, 131_041, 131_042, 131_043]

  @Test("a part of a line is written when it is flushed", arguments: partLengths)
  func flushedPart(length: Int) throws {
    for flush in ["io.flush()", "io.stdout:flush()"] {
      let code = """
        local p = mp.Process{}
        p:start()
        p:join()
        io.write(("x"):rep(\(length) - 1), "y")
        \(flush)
        while true do end
        """
      let program = try RunningProgram(.mplua, script(code))
      #expect(program.wait(for: "y"), "\(flush)")
      program.signal(SIGKILL)
      #expect(program.finish().output.utf8.count == length)
    }
  }

  @Test("reports of uncaught errors never mix")
  func wholeReports() throws {
    let outcome = try run(
      .mplua,
      script(
        """
        local function fail(depth)
          if depth == 0 then error("boom") end
          fail(depth - 1)
          return depth
        end
        for i = 1, 30 do mp.Process{target = fail, args = {2}}:start() end
        """))
    #expect(outcome.isClean)
    let reports = outcome.errors.components(before: "Process Process-")
    #expect(reports.count == 30)
    for report in reports {
      let number = report.prefix { $0.isNumber }
      let expected = """
        \(number):
        (command line):3: boom
        stack traceback:
        \t[C]: in function 'error'
        \t(command line):3: in upvalue 'fail'
        \t(command line):4: in upvalue 'fail'
        \t(command line):4: in function <(command line):2>
        \t[C]: in ?

        """
      #expect(report == expected)
    }
  }

  @Test("parts of lines keep their order around a fork")
  func parts() throws {
    let outcome = try run(
      .mplua,
      script(
        """
        local function run(f) local p = mp.Process{target = f} p:start() p:join() end
        io.write("before ")
        run(function() io.write("flushed ") io.stdout:flush() io.write("rest ") end)
        io.write("after\\n")
        run(function() print("exit") os.exit(3) end)
        io.stdout:setvbuf("full")
        io.write("held\\n")
        os.execute("echo first")
        """))
    #expect(outcome.output == "before flushed rest after\nexit\nfirst\nheld\n")
    #expect(outcome.isClean)
  }

  /// Programs that print for ever, before and after they started a process, and in one.
  static let endless = [
    "for i = 1, math.huge do print(i) end",
    "local p = mp.Process{target = print} p:start() p:join() for i = 1, math.huge do print(i) end",
    "mp.Process{target = function() for i = 1, math.huge do print(i) end end}:start()",
  ]

  @Test("a reader that goes away ends the program", arguments: endless)
  func readerGone(code: String) throws {
    let command = "\"$0\" -e '\(script(code)[1])' | head -1"
    let outcome = try run(Program("/bin/sh"), ["-c", command, Program.mplua.path])
    #expect(outcome.isClean, "\(outcome)")
    #expect(outcome.output.isEmpty == false)
  }

  @Test(
    "closed standard streams stay closed to the script",
    arguments: ["<&-", ">&-", "<&- >&- 2>&-"])
  func closedStreams(redirection: String) throws {
    let code = script(
      """
      local input, output = io.read(), io.write("x"):flush()
      local p = mp.Process{target = function() print("child") end}
      p:start()
      p:join()
      local q = mp.Queue()
      q:put(1)
      os.exit(q:get() == 1 and input == nil and 5)
      """)[1]
    let outcome = try run(
      Program("/bin/sh"), ["-c", "\"$0\" -e '\(code)' \(redirection)", Program.mplua.path])
    #expect(outcome.ending == .exited(5), "\(outcome)")
  }

  @Test("a script from standard input is read once", arguments: [[], ["-"]])
  func scriptFromInput(arguments: [String]) throws {
    let code = """
      local mp = require("multiprocessing")
      for i = 1, 3 do
        local p = mp.Process{target = function() print(i, io.read()) os.exit(0, true) end}
        p:start()
        p:join()
      end
      print("end")
      """
    let outcome = try run(.mplua, arguments, input: code)
    #expect(outcome.output == "1\tnil\n2\tnil\n3\tnil\nend\n")
    #expect(outcome.isClean)
  }

  @Test("the rest of a file on standard input is left to the parent")
  func restOfInput() throws {
    let code = script(
      """
      for i = 1, 2 do
        print(io.read())
        local p = mp.Process{target = function() os.exit(0, true) end}
        p:start()
        p:join()
      end
      print(io.read(), io.read())
      """)[1]
    let command = "printf \"1\\n2\\n3\\n\" > rest.txt; \"$0\" -e '\(code)' < rest.txt; rm rest.txt"
    let outcome = try run(
      Program("/bin/sh"), ["-c", command, Program.mplua.path],
      directory: "\(Repository.root)/.build")
    #expect(outcome.output == "1\n2\n3\tnil\n")
  }
}

/// The arguments that run a script which has the module as `mp`.
func script(_ code: String) -> [String] {
  ["-e", "local mp = require(\"multiprocessing\")\n\(code)"]
}

extension String {
  /// What stands behind each occurrence of a text, up to the next.
  fileprivate func components(before text: String) -> [String] {
    replacing(text, with: "\0").split(separator: "\0").map(String.init)
  }
}
