// Limits, folders and libraries of this machine. No counterpart in Python.

internal import Glibc
internal import SystemPackage

extension MachineCheck {
  // MARK: - Limits

  static var limits: [MachineFinding] { [openFiles, processes, memory, processors] }

  /// The limit that holds for this process; nil when there is none.
  private static func limit(_ name: String) -> UInt64? {
    SmallFile.read("/proc/self/limits").flatMap { SmallFile.number(after: name, in: $0) }
  }

  private static var openFiles: MachineFinding {
    guard let limit = limit("Max open files") else { return finding(.ok, "open files", "no limit") }
    return limit >= 256
      ? finding(.ok, "open files", "\(limit) at most for each process")
      : finding(
        .warning, "open files",
        "\(limit) at most for each process: each child and each end of a pipe takes one of its "
          + "parent's (ulimit -n)")
  }

  private static var processes: MachineFinding {
    let groups = ["/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"].compactMap {
      SmallFile.read($0).flatMap { SmallFile.number(after: "", in: $0) }
    }
    // Whoever may do everything is not bound by the limit of users.
    let user = geteuid() == 0 ? nil : limit("Max processes")
    guard let limit = ([user].compactMap(\.self) + groups).min() else {
      return finding(.ok, "processes", "no limit")
    }
    return limit >= 256
      ? finding(.ok, "processes", "\(limit) at most")
      : finding(
        .warning, "processes",
        "\(limit) at most, those of other programs included: start() raises OSError beyond "
          + "(ulimit -u, pids.max)")
  }

  private static var memory: MachineFinding {
    let text = SmallFile.read("/proc/meminfo") ?? ""
    guard let available = SmallFile.number(after: "MemAvailable:", in: text) else {
      return finding(
        .warning, "memory",
        "/proc/meminfo does not say what is left: a full machine kills instead of raising OSError")
    }
    let machine = Int(clamping: available) * 1024
    let group = AvailableMemory.smallestLimit.map { Int(clamping: $0) }
    let least = min(machine, group ?? machine)
    let found =
      "\(ProcessListing.bytes(machine)) available"
      + (group.map { ", \(ProcessListing.bytes($0)) allowed by the control group" } ?? "")
    return least >= 256 << 20
      ? finding(.ok, "memory", found)
      : finding(.warning, "memory", "\(found): put() and start() raise OSError when it is used up")
  }

  private static var processors: MachineFinding {
    let count = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return count > 1
      ? finding(.ok, "processors", "\(count)")
      : finding(.warning, "processors", "only 1: processes take turns, nothing gets faster")
  }

  // MARK: - Folders

  static var files: [MachineFinding] { [namedMemory, processFiles] }

  private static var namedMemory: MachineFinding {
    let subject = "/dev/shm"
    do throws(MultiprocessingError) {
      let file = try SharedMemoryFile.make()
      try file.grow(to: 4096)
    } catch {
      return finding(.failed, subject, "\(error): no SharedMemory and no ShareableList can be made")
    }
    var status = statvfs()
    guard unsafe statvfs(subject, &status) == 0 else {
      return finding(.ok, subject, "blocks of shared memory can be made")
    }
    let free = Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    let found = "\(ProcessListing.bytes(free)) free for blocks of shared memory"
    return free > 64 << 20
      ? finding(.ok, subject, found)
      : finding(
        .warning, subject,
        "\(found): a larger SharedMemory raises OSError; queues do not need it (docker: --shm-size)"
      )
  }

  private static var processFiles: MachineFinding {
    let pid = getpid()
    let isReadable =
      ProcessStatus(of: pid) != nil && (try? ProcessFiles.names(in: "/proc/\(pid)/fd")) != nil
    return isReadable
      ? finding(.ok, "/proc", "tells of the user's own processes")
      : finding(
        .warning, "/proc",
        "tells nothing of processes: mpluactl cannot look into programs, and a stopped process is "
          + "not told from a dead one")
  }

  // MARK: - Libraries

  static var libraries: [MachineFinding] {
    let names = ["libreadline.so.8", "libreadline.so.7", "libreadline.so.6", "libreadline.so"]
    let found = names.first { name in
      guard let library = unsafe dlopen(name, RTLD_LAZY | RTLD_LOCAL) else { return false }
      unsafe dlclose(library)
      return true
    }
    return [
      found.map { finding(.ok, "line editing", $0) }
        ?? finding(
          .warning, "line editing",
          "GNU readline is not installed: the prompt has no history and no editing of lines")
    ]
  }
}
