// `mpluactl ps`: what is shown of running programs, and of what is none.

import Foundation
import TestSupport
import Testing

@Suite("mpluactl ps", .timeLimit(.minutes(15)))
struct PSTests {
  @Test("children in eight different waits are each shown rightly")
  func eightWaits() throws {
    let looked = try Looked(Looked.eightWaits, lines: 8)
    let main = "MainProcess (pid \(looked.pid))"
    let waits = [
      "lock": "acquire() of the Lock made at (command line):3, held by \(main)",
      "get": "get() of the Queue made at (command line):3",
      "put": "put() into the Queue made at (command line):3, which is full",
      "recv": "recv() from the Pipe made at (command line):4",
      "semaphore":
        "acquire() of the Semaphore made at (command line):5, whose tokens are with \(main)",
      "condition": "wait() for the Condition made at (command line):5",
      "event": "wait() for the Event made at (command line):5",
      "barrier": "wait() at the Barrier made at (command line):5, with 1 of 2 there",
    ]
    let all =
      "mp.wait() for the Pipe made at (command line):4 or the Event made at (command line):5"
    let lines = try looked.table(with: waits.values + [all])
    #expect(lines.first?.hasPrefix("\(looked.pid): \(Program.mplua.path) -e ") == true, "\(lines)")
    #expect(
      lines[1].split(separator: " ").joined(separator: " ")
        == "PID STATE CPU MEMORY FOR PROCESS WAITS IN", "\(lines)")
    #expect(lines.count == 11, "\(lines)")
    for (name, wait) in waits {
      // A space more than the main process's name has before it.
      let isChild = lines.contains {
        $0.contains(" waiting ") && $0.contains(" s    \(name) ") && $0.hasSuffix("  \(wait)")
      }
      #expect(isChild, "\(name): \(lines)")
    }
    #expect(lines[2].contains(" s  MainProcess ") && lines[2].hasSuffix("  \(all)"), "\(lines)")
  }

  @Test("the cycle of a deadlock can be read: who waits for whom, and who holds what")
  func deadlock() throws {
    let code = """
      mp.set_deadlock_detection(false)
      local first, second = mp.Lock(), mp.Lock()
      local met = mp.Barrier(2)
      local function hold(one, other)
        return function() one:acquire() met:wait() print(mp.current_process().pid) other:acquire() end
      end
      local one = mp.Process{name = "one", target = hold(first, second)}
      local two = mp.Process{name = "two", target = hold(second, first)}
      one:start() two:start()
      print(one.pid, two.pid)
      one:join()
      """
    let looked = try Looked(code, lines: 3)
    let pids = try #require(
      looked.program.output.split(separator: "\n").map { $0.split(separator: "\t") }
        .first { $0.count == 2 })
    let lines = try looked.table(with: [
      "acquire() of the Lock made at (command line):3, held by two (pid \(pids[1]))",
      "acquire() of the Lock made at (command line):3, held by one (pid \(pids[0]))",
      "join() of one (pid \(pids[0]))",
    ])
    for (name, other) in [("one", "two"), ("two", "one")] {
      #expect(
        lines.contains { $0.contains(" s    \(name) ") && $0.contains("held by \(other) ") },
        "\(lines)")
    }
  }

  @Test("a stopped process and one that runs are told from those that wait")
  func states() throws {
    let code = """
      mp.Process{name = "busy", target = function() while true do end end, daemon = true}:start()
      local runs = mp.Event()
      local function sleep() runs:set() mp.sleep(1000) end
      local still = mp.Process{name = "still", target = sleep, daemon = true}
      still:start()
      runs:wait()
      os.execute("kill -STOP " .. still.pid)
      mp.sleep(1000)
      """
    let looked = try Looked(code)
    let outcome = try looked.look("ps") { outcome in
      ["stopped", "running", "waiting"].allSatisfy { outcome.output.contains($0) }
    }
    let lines = outcome.output.split(separator: "\n")
    for (name, state) in [("busy", "running"), ("still", "stopped"), ("MainProcess", "waiting")] {
      #expect(
        lines.contains {
          $0.contains(" \(state) ") && $0.split(separator: " ").contains(name[...])
        },
        "\(outcome)")
    }
  }

  @Test("the tasks of a pool's workers are counted, and JSON says the same as the table")
  func json() throws {
    let code = """
      local pool = mp.Pool(2)
      pool:map(function(x) return x end, mp.range(10), 1)
      print "done"
      mp.sleep(1000)
      """
    let looked = try Looked(code, lines: 1)
    let outcome = try looked.look("ps", "--json") {
      $0.output.components(separatedBy: "next task").count == 3
    }
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let trees = try #require((object as? [String: Any])?["trees"] as? [[String: Any]])
    #expect(trees.count == 1)
    let processes = try #require(trees.first?["processes"] as? [[String: Any]])
    #expect(processes.count == 3, "\(outcome)")
    #expect(processes.compactMap { $0["tasks_done"] as? Int }.reduce(0, +) == 10, "\(outcome)")
    #expect(processes.first?["name"] as? String == "MainProcess")
    #expect(processes.first?["pid"] as? Int32 == looked.pid)
    #expect(processes.first?["parent"] == nil)
    for worker in processes.dropFirst() {
      #expect(worker["parent"] as? Int32 == looked.pid)
      #expect(worker["state"] as? String == "waiting")
      #expect(worker["waits_in"] as? String == "the wait for its pool's next task")
      #expect((worker["wait_seconds"] as? Double ?? -1) >= 0)
      #expect((worker["memory_bytes"] as? Int ?? 0) > 1 << 20)
      #expect((worker["cpu_seconds"] as? Double ?? -1) >= 0)
    }
    let table = try looked.table(with: ["  DONE  "])
    #expect(table.count == 5, "\(table)")
  }

  @Test("processes that cannot be shown are named with the reason")
  func refusals() throws {
    func refusal(_ pid: Int32) throws -> String {
      let outcome = try run(.mpluactl, ["ps", "\(pid)"])
      #expect(outcome.ending == .exited(1) && outcome.output.isEmpty, "\(outcome)")
      return outcome.errors
    }
    #expect(try refusal(.max) == "Error: there is no process \(Int32.max)\n")
    let own = try refusal(getpid())
    #expect(own.hasPrefix("Error: process \(getpid()) ("), "\(own)")
    #expect(own.hasSuffix(") is no program of mplua\n"), "\(own)")
    let plain = try RunningProgram(
      .mplua, ["-e", "io.stdout:setvbuf'no' print(io.open('/proc/self/stat'):read('n')) io.read()"])
    #expect(plain.wait(for: "\n"))
    let pid = try #require(plain.output.split(separator: "\n").first.flatMap { Int32($0) })
    #expect(
      try refusal(pid)
        == "Error: process \(pid) is mplua, but has not required multiprocessing: there is nothing to see\n"
    )
    #expect(plain.finish().isClean)
  }

  @Test(
    "another user's process is refused", .enabled(if: geteuid() != 0, "root is everybody's user"))
  func otherUser() throws {
    let outcome = try run(.mpluactl, ["ps", "1"])
    #expect(
      outcome.errors == "Error: process 1 belongs to another user; only your own are seen\n")
    #expect(outcome.ending == .exited(1))
  }

  @Test("while processes start and are killed, every look succeeds")
  func killing() throws {
    let code = """
      print "going"
      while true do
        local children = {}
        for i = 1, 4 do
          children[i] = mp.Process{target = mp.sleep, args = {1000}}
          children[i]:start()
        end
        for _, child in ipairs(children) do child:kill() child:join() end
      end
      """
    let looked = try Looked(code, lines: 1)
    for _ in 0..<50 {
      let outcome = try run(.mpluactl, ["ps", "\(looked.pid)"])
      #expect(outcome.ending == .exited(0) && outcome.output.contains("MainProcess"), "\(outcome)")
      // Without a number it also looks at what other tests have running.
      let all = try run(.mpluactl, ["ps"])
      #expect(all.ending == .exited(0) && all.output.contains("\(looked.pid): "), "\(all)")
    }
  }

  /// A program of another kind that holds a memory file with our name, and what is said of it.
  static let strangers = [
    ("os.write(f, b'x' * 5000)", "is not the memory of a program tree"),
    ("os.ftruncate(f, 1 << 40)", "is not the memory of a program tree"),
    ("os.write(f, struct.pack('<QQ', mark, 1 << 62))", "is damaged: its size is 16 bytes"),
    (
      "os.ftruncate(f, 1 << 28); os.pwrite(f, struct.pack('<QQ', mark, 1 << 28), 0); os.pwrite(f, b'\\7', 112)",
      "the program is of another version of mplua: the layout of its arena is 7, this one reads 2"
    ),
    (
      "os.ftruncate(f, 1 << 28); os.pwrite(f, struct.pack('<QQ', mark, 1 << 28), 0); os.pwrite(f, b'\\2', 112)",
      "is damaged: it has 0 slots and 0 objects"
    ),
  ]

  @Test("a file with our name that is none of ours is refused", arguments: strangers)
  func stranger(code: String, message: String) throws {
    let python = try RunningProgram(
      Program("python3"),
      [
        "-c",
        "import os, struct; mark = 0x6D706C756131; f = os.memfd_create('mplua'); \(code); print(os.getpid(), flush=True); input()",
      ])
    #expect(python.wait(for: "\n"))
    let pid = try #require(Int32(python.output.dropLast()))
    let outcome = try run(.mpluactl, ["ps", "\(pid)"])
    #expect(outcome.ending == .exited(1) && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains(message), "\(outcome)")
    let all = try run(.mpluactl, ["ps"])
    #expect(all.ending == .exited(0), "\(all)")
    #expect(
      all.errors.split(separator: "\n").contains {
        $0.hasPrefix("mpluactl: \(pid): ") && $0.contains(message)
      }, "\(all)")
    python.send("\n")
    _ = python.finish()
  }

  /// Holds a copy of a program's arena in which words were overwritten at random, anew for each line
  /// that it reads.
  static let damager = """
    import os, random, sys
    source = next(f"/proc/{sys.argv[1]}/fd/{n}" for n in os.listdir(f"/proc/{sys.argv[1]}/fd")
                  if os.readlink(f"/proc/{sys.argv[1]}/fd/{n}").startswith("/memfd:mplua "))
    source = os.open(source, os.O_RDONLY)
    size = os.fstat(source).st_size
    copy = os.memfd_create("mplua")
    os.ftruncate(copy, size)
    print(os.getpid(), flush=True)
    for seed in sys.stdin:
      random.seed(int(seed))
      offset, pages = 0, []
      while len(pages) < 2000:
        try: offset = os.lseek(source, offset, os.SEEK_DATA)
        except OSError: break
        pages.append(offset)
        os.pwrite(copy, os.pread(source, 4096, offset), offset)
        offset += 4096
      for _ in range(random.choice([1, 10, 100, 1000])):
        # Not the mark, the size and the version.
        offset = random.choice(pages) + random.randrange(0, 4096, 4)
        if offset < 16 or offset == 112: continue
        value = random.choice([0, 1, 2, 0xFFFFFFFF, random.getrandbits(8), random.getrandbits(32)])
        os.pwrite(copy, value.to_bytes(4, "little"), offset)
      print("ready", flush=True)
    """

  @Test("a damaged arena harms nobody: it is shown or refused")
  func damage() throws {
    let code =
      "local pool = mp.Pool(2) pool:map(function(x) return x end, mp.range(4))\n"
      + Looked.eightWaits
    let looked = try Looked(code, lines: 8)
    let python = try RunningProgram(
      Program("python3"), ["-c", Self.damager, "\(looked.pid)"], timeLimit: .seconds(120))
    #expect(python.wait(for: "\n"))
    let pid = try #require(Int32(python.output.dropLast()))
    for seed in 0..<100 {
      python.send("\(seed)\n")
      #expect(python.wait(for: "ready\n"))
      let commands = [["ps"], ["top", "--count", "1", "--interval", "0.05"], ["stack"]]
      let command = commands[seed % 3]
      let outcome = try run(.mpluactl, command + ["\(pid)"])
      let isRefused = outcome.ending == .exited(1) && outcome.errors.contains("is damaged")
      #expect(outcome.ending == .exited(0) || isRefused, "seed \(seed): \(outcome)")
    }
    _ = python.finish()
  }
}
