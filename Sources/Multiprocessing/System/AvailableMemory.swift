// What the machine and the control groups have left. No counterpart in Python.

internal import Glibc

/// Answers whether memory may be reserved without waking the out-of-memory killer.
///
/// In a memory control group the reservation itself would be killed, so it is asked before. A good
/// check, not a guarantee: others reserve at the same time.
enum AvailableMemory {
  /// Whether `byteCount` more bytes leave a reserve of one part in 32 everywhere.
  static func allows(byteCount: Int) -> Bool {
    let wanted = UInt64(byteCount)
    if let text = SmallFile.read("/proc/meminfo"),
      let available = SmallFile.number(after: "MemAvailable:", in: text),
      let total = SmallFile.number(after: "MemTotal:", in: text)
    {
      if available * 1024 < wanted + total * 1024 / 32 { return false }
    }
    for group in groups where !group.allows(wanted) { return false }
    return true
  }

  /// The least that a control group of this process may have in use; nil without a limit.
  static var smallestLimit: UInt64? {
    let texts = groups.compactMap { SmallFile.read($0.limit) }
    let limits = texts.compactMap { SmallFile.number(after: "", in: $0) }
    // The old version of the groups says "no limit" with a huge number.
    return limits.filter { $0 < 1 << 60 }.min()
  }

  /// One control group with a memory limit: the names of its files differ between the versions.
  private struct Group {
    let limit: String
    let usage: String
    let statistics: String
    let cacheKey: String

    func allows(_ wanted: UInt64) -> Bool {
      guard let text = SmallFile.read(limit), let limit = SmallFile.number(after: "", in: text),
        let used = SmallFile.read(usage).flatMap({ SmallFile.number(after: "", in: $0) })
      else { return true }
      // Files that were only read are counted as used but can go at once.
      let cache = SmallFile.read(statistics).flatMap { SmallFile.number(after: cacheKey, in: $0) }
      let busy = used - min(used, cache ?? 0)
      return busy + wanted + limit / 32 <= limit
    }
  }

  // The groups of a process do not change under it in practice, so they are looked up once.
  private static let groups: [Group] = {
    guard let text = SmallFile.read("/proc/self/cgroup") else { return [] }
    var groups: [Group] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      // A parent's limit binds its children too.
      var path = parts[2] == "/" ? "" : String(parts[2])
      while true {
        let folder = root + path
        groups.append(
          isUnified
            ? Group(
              limit: folder + "/memory.max", usage: folder + "/memory.current",
              statistics: folder + "/memory.stat", cacheKey: "\ninactive_file ")
            : Group(
              limit: folder + "/memory.limit_in_bytes", usage: folder + "/memory.usage_in_bytes",
              statistics: folder + "/memory.stat", cacheKey: "\ntotal_inactive_file "))
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return groups.filter { unsafe access($0.limit, R_OK) == 0 }
  }()
}

/// Reads the short texts of /proc and /sys.
enum SmallFile {
  /// The first 16 KiB of a file, or nil when it cannot be read.
  static func read(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return unsafe withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
      var count = 0
      while count < buffer.count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        let more = unsafe Glibc.read(file, rest.baseAddress, rest.count)
        if more < 0 && errno == EINTR { continue }
        if more <= 0 { break }
        count += more
      }
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
      return unsafe String(decoding: bytes, as: UTF8.self)
    }
  }

  /// The decimal number that follows a key; nil when there is none ("max" means no limit).
  static func number(after key: String, in text: String) -> UInt64? {
    let text = Array(text.utf8)
    let key = Array(key.utf8)
    let starts = 0...max(0, text.count - key.count)
    guard let found = starts.first(where: { text[$0...].starts(with: key) }) else { return nil }
    let digits = text[(found + key.count)...].drop { $0 == UInt8(ascii: " ") }
      .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return UInt64(String(decoding: digits, as: UTF8.self))
  }
}
