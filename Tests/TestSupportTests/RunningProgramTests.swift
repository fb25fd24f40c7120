// The tests' own tool, tried on the shell.

import TestSupport
import Testing

@Suite("Running programs", .timeLimit(.minutes(15)))
struct RunningProgramTests {
  private let shell = Program("sh")

  @Test("keeps output, errors and status apart")
  func separates() throws {
    let outcome = try run(shell, ["-c", "echo out; echo err >&2; exit 3"])
    #expect(outcome.output == "out\n")
    #expect(outcome.errors == "err\n")
    #expect(outcome.ending == .exited(3))
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("names the signal that ended the program")
  func namesSignal() throws {
    #expect(try run(shell, ["-c", "kill -KILL $$"]).ending == .signalled(9))
  }

  @Test("moves more than a pipe holds, both ways at once")
  func movesMuch() throws {
    let text = String(repeating: "0123456789abcde\n", count: 65_536)
    let outcome = try run(Program("cat"), input: text)
    #expect(outcome.output == text)
    #expect(outcome.isClean)
  }

  @Test("sets and takes away variables, and chooses the directory")
  func setsPlace() throws {
    let outcome = try run(
      shell, ["-c", "echo $A ${HOME-none}; pwd"], environment: ["A": "1", "HOME": nil],
      directory: "/usr")
    #expect(outcome.output == "1 none\n/usr\n")
  }

  @Test("gives a terminal that controls the session")
  func givesTerminal() throws {
    let script = "test -t 0 && test -t 1 && test -t 2 && echo all; echo mine >/dev/tty"
    let outcome = try run(shell, ["-c", script], on: .terminal)
    #expect(outcome.output == "all\nmine\n")
    #expect(outcome.isClean)
  }

  @Test("talks with a program on a terminal")
  func talks() throws {
    let program = try RunningProgram(
      shell, ["-c", "echo ready; read word; echo got $word"], on: .terminal)
    #expect(program.wait(for: "ready"))
    program.send("this\n")
    #expect(program.wait(for: "got this\n"))
    #expect(!program.wait(for: "more"))
    #expect(program.finish().isClean)
  }

  @Test("sends what is typed, Ctrl-C too")
  func typesControl() throws {
    let program = try RunningProgram(shell, ["-c", "echo ready; exec sleep 50"], on: .terminal)
    #expect(program.wait(for: "ready"))
    program.send("\u{3}")
    #expect(program.finish().ending == .signalled(2))
  }

  @Test("tells of processes that were left, and ends them")
  func tellsOfLeft() throws {
    let script = "sleep 51 & setsid sleep 52 & env -i sleep 53 & exit 0"
    let outcome = try run(shell, ["-c", script])
    #expect(outcome.ending == .exited(0))
    #expect(outcome.leftProcesses.count == 3, "\(outcome)")
    #expect(!outcome.isClean)
  }

  @Test("ends everything when the time is up")
  func endsInTime() throws {
    let clock = ContinuousClock()
    let taken = try clock.measure {
      let outcome = try run(
        shell, ["-c", "trap '' TERM INT; echo on; setsid sleep 54 & sleep 55"],
        timeLimit: .milliseconds(300))
      #expect(outcome.output == "on\n")
      #expect(outcome.ending == .timedOut)
    }
    #expect(taken < .seconds(5))
  }

  @Test("passes no descriptor and no ignored signal on")
  func passesNothing() throws {
    #expect(try run(shell, ["-c", "ls /proc/$$/fd"]).output == "0\n1\n2\n")
    #expect(try run(shell, ["-c", "kill -PIPE $$"]).ending == .signalled(13))
  }

  @Test("says what cannot be started")
  func saysWhatIsMissing() {
    #expect(throws: LaunchError.self) { try run(Program("/no/such/program")) }
  }
}
