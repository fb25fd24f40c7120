// Progress bars as a user's terminal shows them.

import Glibc
import TestSupport
import Testing

@Suite("Progress", .timeLimit(.minutes(15)))
struct ProgressTests {
  /// A pool `pool` of two workers and a function `double`.
  private static let beginning = """
    local mp = require "multiprocessing"
    local pool <close> = mp.Pool(2)
    local function double(v) return 2 * v end

    """

  private func open(_ script: String, term: String = "xterm") throws -> TerminalSession {
    try TerminalSession(
      .mplua, ["-e", Self.beginning + script], environment: ["TERM": term],
      timeLimit: .seconds(120))
  }

  /// The lines that are shown at the end; rates and times are not compared.
  private func end(_ session: TerminalSession) -> [String] {
    #expect(session.finish().leftProcesses.isEmpty)
    #expect(session.settings?.isSane == true)
    return session.screen.lines
  }

  @Test("fill up, with count, per cent, rate and time, and stay as they ended")
  func fill() throws {
    let lines = try end(
      open("print(#pool:map(double, mp.range(8), {chunksize = 1, progress = 'numbers'}))"))
    try #require(lines.count == 2)
    #expect(lines[0].wholeMatch(of: /numbers \[#{30}\] 8\/8 100% \d+(\.\d)?\/s 0:\d\d/) != nil)
    #expect(lines[1] == "8")
  }

  @Test("count what is done where nobody knows how much there is")
  func count() throws {
    let script = """
      local n = 0
      local function numbers() if n < 5 then n = n + 1 return n end end
      for r in pool:imap(double, numbers, {progress = true}) do assert(r % 2 == 0) end
      print "end"
      """
    let lines = try end(open(script))
    try #require(lines.count == 2)
    #expect(lines[0].wholeMatch(of: /5 done \d+(\.\d)?(\/s| s each) 0:\d\d/) != nil)
    #expect(lines[1] == "end")
  }

  @Test("stay below what the workers print")
  func stayBelow() throws {
    let script = """
      local function task(v)
        if v % 2 == 0 then print("task " .. v) else io.stderr:write("task " .. v .. "\\n") end
        return v
      end
      pool:map(task, mp.range(6), {chunksize = 1, progress = "tasks"})
      """
    var lines = try end(open(script))
    let bar = lines.removeLast()
    #expect(bar.wholeMatch(of: /tasks \[#{30}\] 6\/6 100% .*/) != nil)
    #expect(lines.sorted() == (0..<6).map { "task \($0)" })
  }

  @Test("fit a narrow terminal")
  func fit() throws {
    let session = try open(
      """
      print "narrow?" io.read()
      pool:map(double, mp.range(8), {chunksize = 1, progress = "numbers"})
      """)
    #expect(session.wait(forLast: "narrow?"))
    session.resize(columns: 24, rows: 10)
    session.type("\n")
    let lines = end(session)
    // Neither a bar nor all of the numbers have room.
    let bar = try #require(lines.last)
    #expect(bar.hasPrefix("numbers 8/8 100% ") && bar.count <= 23, "\(lines)")
    #expect(lines.filter { $0.contains("numbers") }.count == 1, "\(lines)")
  }

  @Test("are one line at the end where a line cannot be drawn anew")
  func plain() throws {
    let lines = try end(
      open("pool:map(double, mp.range(8), {chunksize = 1, progress = true})", term: "dumb"))
    #expect(lines.count == 1)
    #expect(lines[0].wholeMatch(of: /\[#{30}\] 8\/8 100% .*/) != nil)
  }

  @Test(
    "stay as they are when the loop is left",
    arguments: [
      ("break", ["after"]), ("error('enough', 0)", ["enough", "after"]),
    ])
  func left(leaving: String, rest: [String]) throws {
    let script = """
      local ok, problem = pcall(function()
        for r, i in pool:imap(double, mp.range(1, 100), {progress = "left"}) do
          if i == 3 then \(leaving) end
        end
      end)
      if not ok then print(problem) end
      print "after"
      """
    let lines = try end(open(script))
    #expect(lines.first?.hasPrefix("left [") == true, "\(lines)")
    #expect(Array(lines.dropFirst()) == rest)
  }

  @Test("leave the line to what a Ctrl-C prints")
  func interrupted() throws {
    let session = try open(
      """
      print "go"
      pool:map(function(v) if v > 2 then mp.sleep(1000) end end, mp.range(8),
        {chunksize = 1, progress = "slow"})
      """)
    #expect(session.wait { screen in screen.lines.last?.hasPrefix("slow [") == true })
    session.type("\u{3}")
    let lines = end(session)
    #expect(lines.count == 3, "\(lines)")
    #expect(lines.last?.hasSuffix(": KeyboardInterrupt") == true, "\(lines)")
    #expect(lines.dropLast().last?.hasPrefix("slow [") == true, "\(lines)")
  }
}
