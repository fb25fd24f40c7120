// Finding and killing all the processes that one run of a program has started.

import Glibc

/// The processes of one run: those of its session, and those that carry its mark.
///
/// A child that starts a session of its own still has the mark in its environment, and one that
/// clears its environment is still in the session.
struct Descendants {
  /// The environment variable that marks the processes of a run.
  static let variable = "MPLUA_TEST_RUN"

  let session: pid_t
  let mark: String

  /// The living processes, as `pid command`.
  func list() -> [(pid: pid_t, description: String)] {
    processes().compactMap { pid in
      guard let stat = Stat(of: pid), stat.state != "Z", stat.state != "X" else { return nil }
      guard stat.session == session || isMarked(pid) else { return nil }
      return (pid, "\(pid) \(stat.command)")
    }
  }

  /// Waits up to `grace` for all to end, then kills what is left and says what it was.
  func reap(after grace: Duration) -> [String] {
    let deadline = ContinuousClock.now + grace
    var left = list()
    while !left.isEmpty, ContinuousClock.now < deadline {
      usleep(5_000)
      left = list()
    }
    if !left.isEmpty { killAll() }
    return left.map(\.description)
  }

  /// Kills until none is left: a process may fork while the list is read.
  func killAll() {
    for _ in 0..<100 {
      let left = list()
      if left.isEmpty { return }
      for process in left {
        kill(process.pid, SIGKILL)
      }
      usleep(2_000)
    }
  }

  private func isMarked(_ pid: pid_t) -> Bool {
    let environment = readText("/proc/\(pid)/environ") ?? ""
    return environment.split(separator: "\0").contains("\(Self.variable)=\(mark)")
  }

  private func processes() -> [pid_t] {
    guard let handle = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(handle) }
    var pids: [pid_t] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if let pid = pid_t(name) { pids.append(pid) }
    }
    return pids
  }
}

/// The fields of `/proc/PID/stat` that matter here.
struct Stat {
  let command: String
  /// A letter, as `ps` shows it.
  let state: String
  let session: pid_t
  /// The processors' time that it has used, in 10 ms.
  let ticks: Int

  init?(of pid: pid_t) {
    // The command stands in parentheses and may hold any character, parentheses too.
    guard let line = readText("/proc/\(pid)/stat"), let open = line.firstIndex(of: "("),
      let close = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: close)...].split(separator: " ")
    guard fields.count > 12, let session = pid_t(fields[3]), let user = Int(fields[11]),
      let system = Int(fields[12])
    else { return nil }
    command = String(line[line.index(after: open)..<close])
    state = String(fields[0])
    self.session = session
    ticks = user + system
  }
}
