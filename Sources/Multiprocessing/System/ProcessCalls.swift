// System calls about processes. Python: `os.fork`, `os.waitpid`, `os.pidfd_open`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Thin wrappers: one for each call.
enum ProcessCalls {
  static var pid: Int32 { getpid() }
  static var parentPid: Int32 { getppid() }

  /// In what the system counts the times of processes.
  static var ticksPerSecond: Int { sysconf(Int32(_SC_CLK_TCK)) }

  /// In what the system counts memory.
  static var pageByteCount: Int { sysconf(Int32(_SC_PAGESIZE)) }

  /// Writes out what stdio holds, so that a fork does not duplicate it.
  static func flushStandardStreams() { clinux_flush_all() }

  /// Makes a child; 0 in the child.
  static func fork() throws(MultiprocessingError) -> Int32 {
    let pid = clinux_fork()
    guard pid >= 0 else { throw .system(Errno(rawValue: errno), "fork a process") }
    return pid
  }

  /// Ends this process without running anything that the parent registered.
  static func exitNow(_ code: Int32) -> Never { _exit(code & 0xFF) }

  /// Asks to be killed when the parent dies, and makes sure that it had not died before.
  static func dieWithParent(_ parent: Int32) {
    _ = clinux_die_with_parent()
    if getppid() != parent { kill(getpid(), SIGKILL) }
  }

  /// Makes standard input empty.
  static func detachStandardInput() { _ = clinux_detach_stdin() }

  /// The result of asking for a child's end.
  enum Reaping {
    case running
    case ended(ExitStatus)
    /// The child is not ours, or was reaped by somebody else.
    case unknown
  }

  /// Asks without waiting.
  static func reap(_ pid: Int32) -> Reaping {
    var status: Int32 = 0
    while true {
      let result = unsafe waitpid(pid, &status, WNOHANG)
      if result == pid { return .ended(ExitStatus(waitStatus: status)) }
      if result == 0 { return .running }
      if errno != EINTR { return .unknown }
    }
  }

  /// Whether a child has ended; it is not reaped.
  static func hasEnded(_ pid: Int32) -> Bool {
    var status = unsafe siginfo_t()
    let options = Int32(WEXITED) | Int32(WNOHANG) | Int32(WNOWAIT)
    let result = unsafe waitid(P_PID, id_t(pid), &status, options)
    // Without one that has ended the signal's number stays 0; without a child there is no more to hear.
    return result != 0 ? errno != EINTR : unsafe status.si_signo != 0
  }

  /// Whether a process descriptor says that the process has ended.
  static func isReadable(_ descriptor: Int32) -> Bool {
    descriptor >= 0 && waitReadable(descriptor, until: .now) == .look
  }

  /// A descriptor that is always readable, for a process that has ended already.
  static func openReadable() -> Int32 { unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }

  /// Opens a descriptor of a child that was not reaped yet; -1 when the system refuses.
  static func openDescriptor(of pid: Int32) -> Int32 { clinux_pidfd_open(pid) }

  /// The same of any process, with the system's reason when it refuses.
  static func openDescriptor(ofAny pid: Int32) throws(Errno) -> Int32 {
    let descriptor = openDescriptor(of: pid)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return descriptor
  }

  static func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

  static func send(
    _ signal: Int32, to pid: Int32, descriptor: Int32
  ) throws(MultiprocessingError) {
    let result =
      descriptor >= 0 ? clinux_pidfd_signal(descriptor, signal, nil) : kill(pid, signal)
    // A process that has ended has heard every signal.
    guard result == 0 || errno == ESRCH else {
      throw .system(Errno(rawValue: errno), "send signal \(signal) to process \(pid)")
    }
  }

  /// Sends SIGTERM to a process that is no child of this one, if `isMeant` says so once the number
  /// cannot go to another process any more.
  static func terminate(_ pid: Int32, if isMeant: () -> Bool) {
    let descriptor = openDescriptor(of: pid)
    guard descriptor >= 0 else { return }
    if isMeant() { _ = clinux_pidfd_signal(descriptor, SIGTERM, nil) }
    closeDescriptor(descriptor)
  }

  /// Waits until a process descriptor says that the process ended; without one, 10 ms.
  static func waitForEnd(descriptor: Int32, until deadline: Deadline) -> Futex.Wake {
    if descriptor >= 0 { return waitReadable(descriptor, until: deadline) }
    let slice = Deadline(nanoseconds: Clock.nanoseconds + 10_000_000)
    let until = deadline.earlier(of: slice)
    let wake = waitReadable(-1, until: until)
    return wake == .deadline && until != deadline ? .look : wake
  }

  private static func waitReadable(_ descriptor: Int32, until deadline: Deadline) -> Futex.Wake {
    var polls = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    return Poll.wait(for: &polls, until: deadline)
  }
}
