// Whether this machine is fit for mplua. No counterpart in Python.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// What was found out about one thing that mplua needs or can use.
package struct MachineFinding: Sendable {
  /// How good it is.
  package enum Verdict: String, Sendable {
    case ok
    /// mplua works, with what the text says.
    case warning
    /// mplua, or a part of it, does not work.
    case failed
  }

  /// How good it is.
  package let verdict: Verdict
  /// What it is about, in a few words.
  package let subject: String
  /// What was found and, if it is not well, what follows from it.
  package let text: String

  /// `warning  open files  64 at most: …`, the words under each other.
  package var line: String {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return "\(padded(verdict.rawValue, 7))  \(padded(subject, 18))  \(text)"
  }
}

/// Tries out what mplua is built on: calls are called, files are read, nothing is taken on trust.
package enum MachineCheck {
  /// All that can be found out, in the order in which it matters.
  package static var findings: [MachineFinding] { versions + kernel + limits + files + libraries }

  private static var versions: [MachineFinding] {
    let kernel = SmallFile.read("/proc/sys/kernel/osrelease")?.split(separator: "\n").first
    return [
      finding(
        nil, "versions",
        "mplua \(mpluaVersion), Linux \(kernel ?? "of unknown version"), \(libraryVersion)")
    ]
  }

  private static var libraryVersion: String {
    let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      // `_CS_GNU_LIBC_VERSION`: glibc's own answer to the question.
      let count = unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), buffer.baseAddress, buffer.count)
      guard count > 0, let start = buffer.baseAddress else { return nil as String? }
      return unsafe String(cString: start)
    }
    return text ?? "an unknown C library"
  }

  /// Makes a finding: well without a complaint, else as bad as is said.
  static func finding(
    _ verdict: MachineFinding.Verdict?, _ subject: String, _ text: String
  ) -> MachineFinding {
    MachineFinding(verdict: verdict ?? .ok, subject: subject, text: text)
  }

  /// What a call that gave `result` says: -1 is bad, and the error number tells why.
  private static func judge(
    _ result: Int32, _ subject: String, _ use: String, or verdict: MachineFinding.Verdict,
    _ consequence: String
  ) -> MachineFinding {
    if result >= 0 { return finding(.ok, subject, use) }
    let reason = Errno(rawValue: errno)
    return finding(verdict, subject, "\(reason): \(consequence)")
  }

  // MARK: - Calls of the kernel

  private static var kernel: [MachineFinding] {
    [sharedMemory, punching, robustFutexes, severalFutexes, processDescriptor, sockets]
  }

  private static var sharedMemory: MachineFinding {
    let subject = "shared memory"
    let file = unsafe clinux_memory_file("mpluactl")
    guard file >= 0 else {
      return judge(file, subject, "", or: .failed, "memfd_create is refused, nothing can be shared")
    }
    defer { close(file) }
    // As the arena does.
    for shift in stride(from: 40, through: 28, by: -2) {
      guard clinux_grow_file(file, UInt64(1) << shift) == 0 else { continue }
      let address = unsafe mmap(
        nil, 1 << shift, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0)
      guard let address = unsafe address, unsafe address != MAP_FAILED else { continue }
      unsafe munmap(address, 1 << shift)
      let size = ProcessListing.bytes(1 << shift)
      return shift == 40
        ? finding(.ok, subject, "memory files, room for \(size) of objects and messages")
        : finding(
          .warning, subject,
          "room for \(size) only: limits on address space or file size (ulimit -v, -f) bound how "
            + "much can be in queues")
    }
    return judge(
      -1, subject, "", or: .failed,
      "256 MiB cannot be mapped, so nothing can be shared (ulimit -v, -f)")
  }

  private static var punching: MachineFinding {
    let file = unsafe clinux_memory_file("mpluactl")
    defer { if file >= 0 { close(file) } }
    let isDone = file >= 0 && clinux_reserve(file, 0, 8192) == 0 && clinux_punch(file, 0, 4096) == 0
    return judge(
      isDone ? 0 : -1, "memory back", "fallocate reserves memory and gives it back", or: .failed,
      "memory of files cannot be reserved and given back, so queues cannot grow")
  }

  /// A child dies with a lock, and the kernel is to say so.
  private static var robustFutexes: MachineFinding {
    let subject = "robust futexes"
    let address = unsafe mmap(
      nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      return judge(-1, subject, "", or: .failed, "a page of memory is refused")
    }
    defer { unsafe munmap(address, 4096) }
    let child = clinux_fork()
    if child == 0 { _exit(unsafe clinux_life_lock(address) == 0 ? 0 : 1) }
    guard child > 0 else {
      return judge(child, subject, "", or: .failed, "no process can be started")
    }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    let isTold = unsafe SharedWord(at: address).load() & Board.deadBit != 0
    return status == 0 && isTold
      ? finding(.ok, subject, "the kernel tells of every process that dies")
      : finding(
        .failed, subject, "the kernel does not tell that a process died: mplua does not start here")
  }

  private static var severalFutexes: MachineFinding {
    var words: [UInt32] = [1, 1]
    let result = unsafe words.withUnsafeMutableBufferPointer { words -> Int32 in
      guard let start = words.baseAddress else { return -1 }
      // Both differ from what is expected: the call returns at once.
      let watches = unsafe [
        clinux_watch(word: start, expected: 0), clinux_watch(word: start + 1, expected: 0),
      ]
      return unsafe clinux_futex_wait_all(watches, 2, 0)
    }
    let isThere = result >= 0 || errno == EAGAIN || errno == ETIMEDOUT
    return judge(
      isThere ? 0 : -1, "futex_waitv", "a sleep on several words at once", or: .warning,
      "a wait for several things, or for a lock whose owner may die, looks every 10 ms instead")
  }

  private static var processDescriptor: MachineFinding {
    let file = clinux_pidfd_open(getpid())
    let result = file < 0 ? file : clinux_pidfd_signal(file, 0, nil)
    let finding = judge(
      result, "pidfd_open", "descriptors of processes", or: .warning,
      "the end of a process is looked for every 10 ms, and a signal could hit a wrong process")
    if file >= 0 { close(file) }
    return finding
  }

  private static var sockets: MachineFinding {
    var ends: [Int32] = [-1, -1]
    var offset: Int32 = 0
    let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    var result = unsafe socketpair(AF_UNIX, kind, 0, &ends)
    if result == 0 {
      result = unsafe setsockopt(
        ends[0], SOL_SOCKET, SO_PEEK_OFF, &offset, socklen_t(MemoryLayout<Int32>.size))
    }
    let finding = judge(
      result, "sockets", "packets between processes, with descriptors in them", or: .failed,
      "pipes cannot be made or sent")
    for end in ends where end >= 0 { close(end) }
    return finding
  }
}
