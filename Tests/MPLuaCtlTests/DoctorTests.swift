// `mpluactl doctor`: what it finds on this machine, and on one from which something was taken away.

import TestSupport
import Testing

@Suite("mpluactl doctor", .timeLimit(.minutes(15)))
struct DoctorTests {
  /// What is looked at, in this order.
  static let subjects = [
    "versions", "shared memory", "memory back", "robust futexes", "futex_waitv", "pidfd_open",
    "sockets", "open files", "processes", "memory", "processors", "/dev/shm", "/proc",
    "line editing",
  ]

  /// The verdict and the text of each subject.
  private func findings(_ outcome: Outcome) -> [String: (verdict: String, text: String)] {
    var findings: [String: (verdict: String, text: String)] = [:]
    for line in outcome.output.split(separator: "\n") {
      let line = String(line)
      guard let subject = Self.subjects.first(where: { line.dropFirst(9).hasPrefix("\($0)  ") })
      else { continue }
      let text = line.dropFirst(9 + subject.count).drop { $0 == " " }
      findings[subject] = (String(line.prefix { $0 != " " }), String(text))
    }
    return findings
  }

  @Test("where the tests run, mplua can run")
  func thisMachine() throws {
    let outcome = try run(.mpluactl, ["doctor"])
    #expect(outcome.isClean && outcome.errors.isEmpty, "\(outcome)")
    let findings = findings(outcome)
    #expect(Set(findings.keys) == Set(Self.subjects), "\(outcome)")
    #expect(findings.values.allSatisfy { ["ok", "warning"].contains($0.verdict) }, "\(outcome)")
    #expect(findings["versions"]?.text.hasPrefix("mplua 0.") == true, "\(outcome)")
    #expect(findings["versions"]?.text.contains(", Linux ") == true, "\(outcome)")
    #expect(outcome.output.contains("\n\nThis machine is fit for mplua"), "\(outcome)")
  }

  /// A limit, whom it concerns, and how the line begins.
  static let limits = [
    ("-n 60", "open files", "warning", "60 at most for each process: each child and each end of a"),
    ("-v 30000000", "shared memory", "warning", "room for 16.0 GiB only: limits on address space"),
    (
      "-f 100000", "shared memory", "failed",
      "File too large: 256 MiB cannot be mapped, so nothing can be shared"
    ),
  ]

  @Test("a limit is a warning or a failure, and the text says what follows", arguments: limits)
  func limit(limit: String, subject: String, verdict: String, text: String) throws {
    let outcome = try run(
      Program("bash"), ["-c", "ulimit \(limit); exec \(Program.mpluactl.path) doctor"])
    let finding = try #require(findings(outcome)[subject], "\(outcome)")
    #expect(finding.verdict == verdict && finding.text.hasPrefix(text), "\(outcome)")
    #expect(outcome.ending == .exited(verdict == "failed" ? 1 : 0), "\(outcome)")
    let isFit = outcome.output.contains("\nThis machine is fit for mplua; warnings: ")
    let isUnfit = outcome.output.contains("\nThis machine is not fit for mplua; failed: 1.\n")
    #expect(isFit == (verdict == "warning") && isUnfit == (verdict == "failed"), "\(outcome)")
  }

  /// Runs a command to which the kernel denies a call, as an old one or a sandbox does.
  static let denier = """
    import ctypes, os, struct, sys
    def step(code, yes, no, value): return struct.pack("<HBBI", code, yes, no, value)
    steps = (step(0x20, 0, 0, 0) + step(0x15, 0, 1, int(sys.argv[1]))
             + step(0x06, 0, 0, 0x50000 | 38) + step(0x06, 0, 0, 0x7FFF0000))
    class Program(ctypes.Structure): _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_char_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(4, steps)), 0, 0) == 0, os.strerror(ctypes.get_errno())
    os.execv(sys.argv[2], sys.argv[2:])
    """

  /// A call's number, the same on all processors, and what is said without it.
  static let calls = [
    (449, "futex_waitv", "Function not implemented: a wait for several things, or for a lock"),
    (434, "pidfd_open", "Function not implemented: the end of a process is looked for every 10 ms"),
  ]

  @Test("a call that the kernel denies is found out by calling it", arguments: calls)
  func deniedCall(number: Int, subject: String, text: String) throws {
    let outcome = try run(
      Program("python3"), ["-c", Self.denier, "\(number)", Program.mpluactl.path, "doctor"])
    let finding = try #require(findings(outcome)[subject], "\(outcome)")
    #expect(finding.verdict == "warning" && finding.text.hasPrefix(text), "\(outcome)")
    #expect(outcome.ending == .exited(0), "\(outcome)")
  }
}
