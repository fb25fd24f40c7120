// The tests' terminal: its screen by itself, then with the shell on it.

import Glibc
import TestSupport
import Testing

@Suite("Terminal", .timeLimit(.minutes(15)))
struct TerminalTests {
  private let shell = Program("sh")

  @Test(
    "shows what was written",
    arguments: [
      ("a\r\nb", "a\nb"), ("abc\rX", "Xbc"), ("abc\u{8}\u{8}X", "aXc"),
      ("0123456789ab", "0123456789\nab"),
      ("0123456789\r\nx", "0123456789\nx"), ("abc\u{1b}[2D\u{1b}[K", "a"),
      ("a\r\nb\u{1b}[A\u{1b}[GX", "X\nb"),
      ("abc\r\u{1b}[1P", "bc"), ("abc\r\u{1b}[2@", "  abc"), ("a\u{1b}[31mb\u{1b}[0m", "ab"),
      ("a\r\nb\u{1b}[H\u{1b}[2Jc", "c"), ("a\r\nb\r\nc\r\nd", "b\nc\nd"), ("\u{1b}[2;3Hx", "\n  x"),
      ("a\tb", "a       b"), ("é→", "é→"), ("a\r\nb\r\nc\u{1b}[2A\u{1b}[J", "a"),
    ])
  func shows(written: String, shown: String) {
    // Byte by byte: a sequence may come in parts.
    var screen = TerminalScreen(columns: 10, rows: 3)
    for byte in written.utf8 { screen.write([byte]) }
    #expect(screen.text == shown)
  }

  @Test("knows where the cursor is, and whether pastes are marked")
  func knowsState() {
    var screen = TerminalScreen(columns: 10, rows: 3)
    screen.write("ab\r\ncde\u{1b}[D\u{1b}[?2004h\u{7}".utf8)
    #expect((screen.row, screen.column) == (1, 2))
    #expect(screen.textBeforeCursor == "cd")
    #expect(screen.marksPastes)
    #expect(screen.bells == 1)
    screen.write("\u{1b}[?2004l".utf8)
    #expect(!screen.marksPastes)
  }

  @Test("tells how the terminal is set, also after the program's end")
  func tellsSettings() throws {
    let session = try TerminalSession(
      shell, ["-c", "echo on; read a; stty -icanon -echo; echo raw; read b; stty sane"])
    #expect(session.wait(forLast: "on"))
    #expect(session.settings?.isSane == true)
    session.type("x\n")
    #expect(session.wait(forLast: "raw"))
    #expect(session.settings?.isCanonical == false)
    #expect(session.settings?.echoes == false)
    session.type("\n")
    #expect(session.finish().isClean)
    #expect(session.settings?.isSane == true)
  }

  @Test("stays as a killed program left it")
  func staysRaw() throws {
    let session = try TerminalSession(shell, ["-c", "stty -icanon; echo raw; exec sleep 56"])
    #expect(session.wait(forLast: "raw"))
    session.signal(SIGKILL)
    #expect(session.finish().ending == .signalled(SIGKILL))
    #expect(session.settings?.isCanonical == false)
  }

  @Test("tells the program of a new size")
  func resizes() throws {
    let session = try TerminalSession(
      shell, ["-c", "trap 'stty size; exit' WINCH; echo on; while :; do sleep 0.1; done"])
    #expect(session.wait(forLast: "on"))
    session.resize(columns: 50, rows: 10)
    #expect(session.wait { $0.lines.contains("10 50") })
    #expect(session.finish().isClean)
  }

  @Test("says when what was waited for can no longer come")
  func endsWaiting() throws {
    let session = try TerminalSession(shell, ["-c", "echo one; echo two"])
    #expect(!session.wait(forLast: "three"))
    #expect(session.screen.lines == ["one", "two"])
  }
}
