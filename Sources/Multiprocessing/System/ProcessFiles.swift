// What /proc tells of other processes. Python: `psutil` comes closest.

internal import Glibc
internal import SystemPackage

/// The files of the system about processes that are not ours.
enum ProcessFiles {
  /// A memory file that a process has open: its path, and what tells it from all others.
  struct MemoryFile {
    let path: String
    let identity: Identity

    struct Identity: Hashable {
      let device: UInt64
      let number: UInt64
    }
  }

  /// All processes that can be seen.
  static var pids: [Int32] {
    ((try? names(in: "/proc")) ?? []).compactMap { Int32($0) }.sorted()
  }

  /// The names in a folder.
  ///
  /// System calls: `open`, `getdents`.
  static func names(in folder: String) throws(Errno) -> [String] {
    guard let entries = unsafe opendir(folder) else { throw Errno(rawValue: errno) }
    defer { unsafe closedir(entries) }
    var names: [String] = []
    while let entry = unsafe readdir(entries) {
      names.append(
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  /// Whether a process belongs to the user who asks; nil when there is none.
  static func isOwn(_ pid: Int32) -> Bool? {
    var status = stat()
    guard unsafe stat("/proc/\(pid)", &status) == 0 else { return nil }
    return status.st_uid == geteuid()
  }

  /// The memory files that a process has open under a name.
  static func memoryFiles(_ name: String, of pid: Int32) throws(Errno) -> [MemoryFile] {
    let folder = "/proc/\(pid)/fd"
    return try names(in: folder).compactMap { number in
      let path = "\(folder)/\(number)"
      guard link(path)?.hasPrefix("/memfd:\(name) ") == true else { return nil }
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { return nil }
      return MemoryFile(
        path: path,
        identity: MemoryFile.Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)))
    }
  }

  /// The file of a process's program; nil when it may not be known.
  static func program(of pid: Int32) -> String? { link("/proc/\(pid)/exe") }

  /// The words of a process's command; nil when it has ended.
  static func command(of pid: Int32) -> [String]? {
    SmallFile.read("/proc/\(pid)/cmdline").flatMap { text in
      text.isEmpty ? nil : text.split(separator: "\0").map(String.init)
    }
  }

  /// The signals that a process has handlers for, as bits from signal 1 on; nil when it cannot be told.
  static func caughtSignals(of pid: Int32) -> UInt64? {
    guard let text = SmallFile.read("/proc/\(pid)/status"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let digits = line.split(whereSeparator: { $0 == "\t" || $0 == " " }).last
    else { return nil }
    return UInt64(digits, radix: 16)
  }

  /// Whether a process is known to use another network than this one, and so other sockets without a file.
  static func hasOtherNetwork(_ pid: Int32) -> Bool {
    guard let network = link("/proc/\(pid)/ns/net") else { return false }
    return network != link("/proc/self/ns/net")
  }

  /// Where a symbolic link leads.
  ///
  /// System call: `readlink`.
  private static func link(_ path: String) -> String? {
    unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let characters = unsafe buffer.bindMemory(to: CChar.self)
      guard let start = characters.baseAddress else { return nil }
      let count = unsafe readlink(path, start, buffer.count)
      guard count >= 0 else { return nil }
      let link = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
      return unsafe String(decoding: link, as: UTF8.self)
    }
  }
}
