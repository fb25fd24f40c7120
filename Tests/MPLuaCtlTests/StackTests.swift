// `mpluactl stack`: where the processes of running programs are, and that they go on.

import Foundation
import TestSupport
import Testing

@Suite("mpluactl stack", .timeLimit(.minutes(15)))
struct StackTests {
  /// What is said of each process, in order; what stands above is left out.
  private func parts(_ outcome: Outcome) -> [String] {
    outcome.output.dropLast().split(separator: "\n\n").dropFirst().map(String.init)
  }

  /// Asks until these texts are there, and gives the part of each process by its name.
  private func stacks(
    of looked: Looked, with texts: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String: String] {
    let outcome = try looked.look("stack") { outcome in
      texts.allSatisfy { outcome.output.contains($0) }
    }
    for text in texts {
      #expect(outcome.output.contains(text), "\(outcome)", sourceLocation: sourceLocation)
    }
    #expect(
      outcome.ending == .exited(0) && outcome.errors.isEmpty, "\(outcome)",
      sourceLocation: sourceLocation)
    let pairs = parts(outcome).map { part in
      (part.split(separator: " (pid ").first.map(String.init) ?? "", part)
    }
    return Dictionary(pairs, uniquingKeysWith: { "\($0)\n\n\($1)" })
  }

  @Test(
    "children in eight different waits are each shown rightly, with their line",
    arguments: ["fork", "spawn", "forkserver"])
  func eightWaits(method: String) throws {
    let looked = try Looked("mp.set_start_method '\(method)' \(Looked.eightWaits)", lines: 8)
    let main = "MainProcess (pid \(looked.pid))"
    let waits = [
      "lock": ("acquire() of the Lock made at (command line):3, held by \(main)", 8),
      "get": ("get() of the Queue made at (command line):3", 9),
      "put": ("put() into the Queue made at (command line):3, which is full", 10),
      "recv": ("recv() from the Pipe made at (command line):4", 11),
      "semaphore":
        (
          "acquire() of the Semaphore made at (command line):5, whose tokens are with \(main)", 12
        ),
      "condition": ("wait() for the Condition made at (command line):5", 13),
      "event": ("wait() for the Event made at (command line):5", 14),
      "barrier": ("wait() at the Barrier made at (command line):5, with 1 of 2 there", 15),
    ]
    let stacks = try stacks(of: looked, with: waits.values.map { "waits: \($0.0), for " } + [main])
    for (name, (wait, line)) in waits {
      let part = try #require(stacks[name], "\(stacks)")
      let lines = part.split(separator: "\n")
      #expect(lines[0].hasPrefix("\(name) (pid ") && lines[0].contains(") waits: \(wait), for "))
      #expect(lines[1] == "stack traceback:", "\(part)")
      #expect(lines[2].hasPrefix("\t[C]: in "), "\(part)")
      #expect(lines[3].hasPrefix("\t(command line):\(line): in "), "\(part)")
      #expect(lines[4].hasPrefix("\t(command line):17: in "), "\(part)")
    }
    let mainLines = try #require(stacks["MainProcess"]).split(separator: "\n")
    let all =
      "mp.wait() for the Pipe made at (command line):4 or the Event made at (command line):5"
    #expect(mainLines[0].hasPrefix("\(main) waits: \(all), for "), "\(mainLines)")
    #expect(mainLines.contains { $0.hasPrefix("\t(command line):19: in main chunk") })
    let server = stacks["ForkServer"] ?? ""
    #expect(server.contains(" runs no script; it waits: ") == (method == "forkserver"), "\(server)")
    #expect(stacks.count == (method == "forkserver" ? 10 : 9), "\(stacks.keys)")
  }

  @Test("the relay of a process's output is told from processes that run scripts")
  func relay() throws {
    let looked = try Looked(
      "mp.Process{name = 'child', output = 'group', target = mp.sleep, args = {1000}}:start() mp.sleep(1000)"
    )
    let stacks = try stacks(of: looked, with: ["waits: mp.sleep()", "runs no script"])
    let relay = try #require(stacks["the output of child"], "\(stacks)")
    #expect(relay.hasSuffix(") runs no script"), "\(relay)")
    #expect(stacks["child"]?.contains(") waits: mp.sleep(), for ") == true, "\(stacks)")
    #expect(stacks.count == 3, "\(stacks.keys)")
  }

  @Test("the program is shown, and its processes are in the order of ps")
  func order() throws {
    let looked = try Looked(Looked.eightWaits, lines: 8)
    let table = try looked.table(with: ["get()", "put()", "recv()", "mp.wait()"])
    let outcome = try looked.look("stack") { parts($0).count == 9 }
    #expect(outcome.output.hasPrefix("\(table[0])\n\nMainProcess (pid "), "\(outcome)")
    let listed = table.dropFirst(2).compactMap { Int32($0.split(separator: " ")[0]) }
    let shown = parts(outcome).compactMap { part in
      part.split(separator: "(pid ").dropFirst().first.flatMap { Int32($0.prefix { $0 != ")" }) }
    }
    #expect(shown == listed && shown.count == 9, "\(outcome)")
    // Any process of the program names it.
    let other = try run(.mpluactl, ["stack", "\(shown[5])"])
    #expect(parts(other).count == 9 && other.output.hasPrefix(table[0]), "\(other)")
  }

  @Test("Lua code that runs is shown where it is, in a coroutine too")
  func running() throws {
    let code = """
      mp.Process{name = "loops", daemon = true, target = function()
        while true do end
      end}:start()
      mp.Process{name = "inside", daemon = true, target = function()
        local inner = coroutine.wrap(function()
          while true do end
        end)
        inner()
      end}:start()
      local function down(n)
        if n == 0 then mp.sleep(1000) end
        down(n - 1)
      end
      down(100000)
      """
    let looked = try Looked(code)
    let stacks = try stacks(
      of: looked,
      with: ["\n\t(command line):3: in ", "\n\t(command line):7: in ", "\n\t...\t(skipping 9998"])
    let loops = try #require(stacks["loops"])
    #expect(loops.contains(") runs\nstack traceback:\n\t(command line):3: in "), "\(loops)")
    let inside = try #require(stacks["inside"])
    #expect(inside.contains(") runs\nstack traceback:\n\t(command line):7: in "), "\(inside)")
    let outer = inside.components(separatedBy: "\nin a coroutine of\nstack traceback:\n").last
    #expect(outer?.contains("\n\t(command line):9: in ") == true, "\(inside)")
    let deep = try #require(stacks["MainProcess"])
    #expect(deep.contains(") waits: mp.sleep(), for "), "\(deep)")
    #expect(deep.contains("\n\t(command line):15: in main chunk"), "\(deep)")
  }

  @Test("an answer that is too long for the socket is cut")
  func longName() throws {
    let code = """
      local name = ("x"):rep(100000)
      _G[name] = function() mp.sleep(1000) end
      _G[name]()
      """
    let looked = try Looked(code)
    let outcome = try looked.look("stack") { $0.output.contains("in function 'xxx") }
    #expect(outcome.output.hasSuffix("xxx\n…\n"), "\(outcome.output.suffix(100))")
    #expect(outcome.output.utf8.count > 60_000)
  }

  @Test("a stopped process is shown from outside, and then goes on")
  func stopped() throws {
    let code = """
      local runs = mp.Event()
      local function sleep() runs:set() mp.sleep(2) print "slept" mp.sleep(1000) end
      local still = mp.Process{name = "still", target = sleep, daemon = true}
      still:start()
      runs:wait()
      os.execute("kill -STOP " .. still.pid)
      print(still.pid)
      mp.sleep(1000)
      """
    let looked = try Looked(code, lines: 1)
    let part = try stacks(of: looked, with: ["does not answer: stopped (T)"])["still"] ?? ""
    let pid = try #require(Int32(looked.program.output.split(separator: "\n")[1]))
    #expect(part.hasPrefix("still (pid \(pid)) does not answer: stopped (T)"), "\(part)")
    #expect(!part.contains("outside of Lua code"), "\(part)")
    kill(pid, SIGCONT)
    #expect(looked.program.wait(for: "slept\n"))
    let later = try stacks(of: looked, with: ["still (pid \(pid)) waits: "])["still"] ?? ""
    #expect(
      later.contains("stack traceback:\n\t[C]: in function 'multiprocessing.sleep'"), "\(later)")
  }

  @Test("a function of C that blocks is shown from outside; what comes of it is not changed")
  func blocked() throws {
    let code = """
      local file = io.popen("sleep 3; echo done")
      print "reads"
      print(file:read("a"), file:close())
      print(io.read())
      """
    let looked = try Looked(code, lines: 1)
    for _ in 0..<2 {
      let part = try stacks(of: looked, with: [" does not answer: "])["MainProcess"] ?? ""
      #expect(part.contains("does not answer: sleeping (S)"), "\(part)")
      #expect(part.hasSuffix(", outside of Lua code"), "\(part)")
    }
    #expect(looked.program.wait(for: "done\n\ttrue\texit\t0\n"))
    // It reads a line; who had asked has gone long ago.
    let part = try stacks(of: looked, with: [" does not answer: "])["MainProcess"] ?? ""
    #expect(part.hasSuffix(", outside of Lua code"), "\(part)")
    looked.program.send("line\n")
    #expect(looked.program.wait(for: "line\n"))
  }

  @Test("many who ask at once are all answered, and a Ctrl-\\ among them is the first")
  func crowd() throws {
    let code = """
      local stop = mp.Event()
      local function count()
        local n = 0
        while not stop:is_set() do n = n + 1 end
        print(n > 0)
      end
      local children = {}
      for i = 1, 3 do
        children[i] = mp.Process{name = "child", target = count}
        children[i]:start()
      end
      print "going"
      local line = io.read("l")
      stop:set()
      for _, child in ipairs(children) do child:join() assert(child.exitcode == 0) end
      print(line)
      """
    let looked = try Looked(code, lines: 1)
    _ = try looked.look("stack") {
      $0.output.components(separatedBy: ") runs\nstack traceback:\n").count == 4
    }
    for _ in 0..<3 {
      let askers = try (0..<12).map { _ in
        try RunningProgram(.mpluactl, ["stack", "\(looked.pid)"], timeLimit: .seconds(60))
      }
      for asker in askers {
        let outcome = asker.finish()
        let children = parts(outcome).filter { $0.hasPrefix("child ") }
        #expect(children.count == 3, "\(outcome)")
        let areAnswers = children.allSatisfy { $0.contains("stack traceback:\n\t") }
        #expect(areAnswers, "\(outcome)")
      }
    }
    for child in parts(try run(.mpluactl, ["stack", "\(looked.pid)"])).dropFirst() {
      let digits = child.split(separator: "(pid ").last?.prefix { $0.isNumber } ?? ""
      kill(try #require(Int32(digits)), SIGQUIT)
    }
    let after = try run(.mpluactl, ["stack", "\(looked.pid)"])
    #expect(parts(after).filter { $0.contains(") runs\n") }.count == 3, "\(after)")
    looked.program.send("the end\n")
    #expect(looked.program.wait(for: "true\ntrue\ntrue\nthe end\n"))
    let outcome = looked.program.finish()
    #expect(outcome.isClean, "\(outcome)")
    #expect(outcome.errors.components(separatedBy: "child (pid ").count == 4, "\(outcome)")
  }

  @Test("who asks may be killed at any moment")
  func killedAsker() throws {
    let code = """
      mp.Process{name = "loops", daemon = true, target = function()
        while true do end
      end}:start()
      print "reads"
      while true do print(io.read()) end
      """
    let looked = try Looked(code, lines: 1)
    let script = """
      "$@" & asker=$!
      until grep -q "@mplua-stack-$asker$" /proc/net/unix; do :; done
      kill -KILL $asker
      """
    for _ in 0..<20 {
      let outcome = try run(
        Program("sh"), ["-c", script, "sh", Program.mpluactl.path, "stack", "\(looked.pid)"])
      #expect(outcome.isClean && outcome.output.isEmpty, "\(outcome)")
    }
    // Here it answers, to nobody.
    looked.program.send("on\n")
    #expect(looked.program.wait(for: "on\n"))
    let parts = try stacks(of: looked, with: ["loops", "MainProcess"])
    #expect(parts["loops"]?.contains(") runs\nstack traceback:") == true, "\(parts)")
    #expect(parts["MainProcess"]?.contains(" does not answer: ") == true, "\(parts)")
  }

  @Test("nothing is left in a process that was asked: no descriptor, and its results are the same")
  func nothingLeft() throws {
    let code = """
      print "going"
      local sum, text = 0, {}
      local steps = coroutine.wrap(function()
        for i = 1, 300 do coroutine.yield(pcall(error, i)) end
      end)
      for i = 1, 300 do
        local _, value = steps()
        mp.sleep(0.005)
        sum = sum + value
        for j = 1, 1000 do text[j] = ("%d"):format(j) end
        assert(#table.concat(text) == 2893)
      end
      print(sum)
      io.read()
      """
    let looked = try Looked(code, lines: 1)
    func descriptors() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/\(looked.pid)/fd").count
    }
    let before = try descriptors()
    var count = 0
    while !looked.program.output.contains("45150\n") {
      let outcome = try run(.mpluactl, ["stack", "\(looked.pid)"])
      #expect(outcome.output.contains("MainProcess (pid \(looked.pid)) "), "\(outcome)")
      if outcome.ending != .exited(0) { break }
      count += 1
      // It reads too.
      looked.program.send("")
    }
    #expect(count > 3)
    #expect(try descriptors() == before)
    let outcome = looked.program.finish()
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
  }

  @Test(
    "no process dies of the question, at its start or its end",
    arguments: ["fork", "spawn", "forkserver"])
  func storm(method: String) throws {
    let code = """
      mp.set_start_method "\(method)"
      print "going"
      while true do
        local children = {}
        for i = 1, 4 do
          children[i] = mp.Process{target = function() end}
          children[i]:start()
        end
        for _, child in ipairs(children) do
          child:join()
          if child.exitcode ~= 0 then print("died", child.exitcode) os.exit(1) end
        end
      end
      """
    let looked = try Looked(code, lines: 1)
    for _ in 0..<60 {
      let outcome = try run(.mpluactl, ["stack", "\(looked.pid)"])
      #expect(outcome.ending == .exited(0) && outcome.errors.isEmpty, "\(outcome)")
      #expect(outcome.output.contains("\n\nMainProcess (pid \(looked.pid)) "), "\(outcome)")
    }
    looked.program.send("")
    #expect(!looked.program.output.contains("died"), "\(looked.program.output)")
    // It still runs.
    _ = try stacks(of: looked, with: ["MainProcess (pid \(looked.pid)) "])
  }

  /// Holds a copy of a program's arena in which the first process is this one.
  static let impostor = """
    import os, sys
    folder = f"/proc/{sys.argv[1]}/fd"
    source = next(f"{folder}/{n}" for n in os.listdir(folder)
                  if os.readlink(f"{folder}/{n}").startswith("/memfd:mplua "))
    source = os.open(source, os.O_RDONLY)
    size, offset = os.fstat(source).st_size, 0
    copy = os.memfd_create("mplua")
    os.ftruncate(copy, size)
    while True:
      try: offset = os.lseek(source, offset, os.SEEK_DATA)
      except OSError: break
      os.pwrite(copy, os.pread(source, 4096, offset), offset)
      offset += 4096
    # The slots begin at 65536, each has 512 bytes, the number is at 80.
    os.pwrite(copy, os.getpid().to_bytes(4, "little"), 65536 + 512 + 80)
    print(os.getpid(), flush=True)
    input()
    print("lives")
    """

  @Test("a process that would die of the question is not asked")
  func deaf() throws {
    let looked = try Looked("while true do end")
    let python = try RunningProgram(Program("python3"), ["-c", Self.impostor, "\(looked.pid)"])
    try #require(python.wait(for: "\n"))
    let pid = try #require(Int32(python.output.dropLast()))
    let outcome = try run(.mpluactl, ["stack", "\(pid)"])
    #expect(outcome.output.contains("MainProcess (pid \(pid)) does not answer: "), "\(outcome)")
    #expect(outcome.ending == .exited(0), "\(outcome)")
    python.send("\n")
    #expect(python.wait(for: "lives\n"))
    #expect(python.finish().isClean)
  }

  @Test("without a call that the question needs the processes are shown from outside")
  func deniedCall() throws {
    let looked = try Looked("mp.sleep(1000)")
    _ = try looked.table(with: ["mp.sleep()"])
    // The call is pidfd_open.
    let outcome = try run(
      Program("python3"),
      ["-c", DoctorTests.denier, "434", Program.mpluactl.path, "stack", "\(looked.pid)"])
    let text =
      "MainProcess (pid \(looked.pid)) cannot be asked: Function not implemented; it waits: "
    #expect(outcome.output.contains("\n\n\(text)mp.sleep(), for "), "\(outcome)")
    #expect(outcome.ending == .exited(0), "\(outcome)")
  }

  @Test("hooks that the program has set itself stay, in coroutines too")
  func hooks() throws {
    let code = """
      local function count(name)
        local n, stop = 0, false
        debug.sethook(function() n = n + 1 stop = stop or io.open(arg.stop) end, "", 10000)
        print(name)
        while not stop do end
        local before = n
        for i = 1, 1e6 do end
        print(name, n > before, debug.gethook() ~= nil, select(3, debug.gethook()))
      end
      arg.stop = io.read()
      coroutine.wrap(count)("inner")
      arg.stop = io.read()
      count("outer")
      """
    let looked = try Looked(code)
    for name in ["inner", "outer"] {
      let file = FileManager.default.temporaryDirectory
        .appending(path: "mplua-stack-\(looked.pid)-\(name)")
      defer { try? FileManager.default.removeItem(at: file) }
      looked.program.send("\(file.path)\n")
      #expect(looked.program.wait(for: "\(name)\n"))
      for _ in 0..<3 {
        _ = try stacks(of: looked, with: ["MainProcess (pid \(looked.pid)) runs\n"])
      }
      try Data().write(to: file)
      #expect(looked.program.wait(for: "\(name)\ttrue\ttrue\t10000\n"), "\(looked.program.output)")
    }
  }

  @Test("the signal means nothing without what it is to carry")
  func stranger() throws {
    let looked = try Looked("while true do print(io.read()) end")
    for _ in 0..<3 { kill(looked.pid, __libc_current_sigrtmin() + 20) }
    looked.program.send("on\n")
    #expect(looked.program.wait(for: "on\n"))
  }

  @Test("nobody is heard who was not asked")
  func forger() throws {
    let looked = try Looked("print(io.read())")
    let code = """
      import socket, subprocess, sys
      asker = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
      while True:
        forger = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try: forger.connect("\\0mplua-stack-%d" % asker.pid)
        except ConnectionRefusedError: continue
        break
      try: forger.send(b"forged")
      except BrokenPipeError: pass
      print(asker.communicate()[0].decode())
      """
    let outcome = try run(
      Program("python3"), ["-c", code, Program.mpluactl.path, "stack", "\(looked.pid)"])
    #expect(outcome.isClean && outcome.output.contains(" does not answer: "), "\(outcome)")
    #expect(!outcome.output.contains("forged"), "\(outcome)")
  }

  @Test("processes that cannot be shown are named with the reason, as by ps")
  func refusals() throws {
    let plain = try RunningProgram(
      .mplua, ["-e", "io.stdout:setvbuf'no' print(io.open('/proc/self/stat'):read('n')) io.read()"])
    #expect(plain.wait(for: "\n"))
    let pid = try #require(Int32(plain.output.dropLast()))
    for pid in [.max, getpid(), pid] {
      let outcome = try run(.mpluactl, ["stack", "\(pid)"])
      let expected = try run(.mpluactl, ["ps", "\(pid)"])
      #expect(outcome.ending == .exited(1) && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors == expected.errors && !outcome.errors.isEmpty, "\(outcome)")
    }
    #expect(plain.finish().isClean)
    let none = try run(.mpluactl, ["stack"])
    #expect(none.errors.hasPrefix("Error: Missing expected argument '<pid>'"), "\(none)")
    #expect(none.ending == .exited(64), "\(none)")
  }
}
