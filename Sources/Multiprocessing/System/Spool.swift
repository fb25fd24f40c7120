// Bytes that wait to be written, however many. Python: `tempfile.SpooledTemporaryFile`.

internal import Glibc

/// A text that grows at its end: the first part in memory, from a size on all of it in a file without
/// a name.
///
/// Where no file can be made or it takes no more, all that comes later stays in memory.
@safe struct Spool: ~Copyable {
  /// How many bytes stay in memory.
  private static let memoryLimit = 1 << 20

  // `O_TMPFILE` without its own `O_DIRECTORY`: the header's macro is not imported.
  private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

  /// What is not in the file: all of it, or what comes behind.
  private var memory: [UInt8] = []
  private var file: Int32 = -1
  private var fileByteCount = 0
  private var isFileFull = false
  private var last: UInt8 = 0

  init() {}

  deinit { if file >= 0 { close(file) } }

  /// Whether there is nothing.
  var isEmpty: Bool { memory.isEmpty && fileByteCount == 0 }

  /// Whether the last byte ends a line.
  var endsLine: Bool { last == UInt8(ascii: "\n") }

  /// Adds bytes.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let end = unsafe bytes.last else { return }
    last = end
    unsafe memory.append(contentsOf: bytes)
    guard fileByteCount > 0 || memory.count > Self.memoryLimit, !isFileFull else { return }
    if file < 0 { file = Self.makeFile() }
    moveToFile()
  }

  private mutating func moveToFile() {
    var moved = 0
    unsafe memory.withUnsafeBytes { bytes in
      while file >= 0, moved < bytes.count {
        let count = unsafe pwrite(
          file, bytes.baseAddress?.advanced(by: moved), bytes.count - moved,
          fileByteCount + moved)
        if count > 0 { moved += count } else if count == 0 || errno != EINTR { break }
      }
    }
    fileByteCount += moved
    isFileFull = moved < memory.count
    // Its memory is used again for what comes next.
    memory.removeFirst(moved)
  }

  /// Gives all of it away, in order, until `take` gives false; then there is nothing left.
  mutating func drain(_ take: (UnsafeRawBufferPointer) -> Bool) {
    defer { clear() }
    guard unsafe readFile(take) else { return }
    _ = unsafe memory.withUnsafeBytes { bytes in unsafe take(bytes) }
  }

  private func readFile(_ take: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    var position = 0
    return unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      while position < fileByteCount {
        let wanted = min(buffer.count, fileByteCount - position)
        let count = unsafe pread(file, buffer.baseAddress, wanted, position)
        if count < 0, errno == EINTR { continue }
        // What a disk gives back no more is lost; the rest is not.
        guard count > 0 else { return true }
        guard unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return false }
        position += count
      }
      return true
    }
  }

  private mutating func clear() {
    if file >= 0 { close(file) }
    file = -1
    fileByteCount = 0
    isFileFull = false
    memory.removeAll(keepingCapacity: memory.count <= Self.memoryLimit)
  }

  /// Makes a file that ends with its descriptor; -1 when none can be made.
  private static func makeFile() -> Int32 {
    let chosen = unsafe getenv("TMPDIR").map { folder in unsafe String(cString: folder) }
    for folder in [chosen, "/tmp", "/var/tmp"].compactMap({ $0 }) where !folder.isEmpty {
      let file = unsafe open(folder, nameless | O_RDWR | O_CLOEXEC, 0o600)
      if file >= 0 { return file }
      // A file system that knows none without a name.
      let path = unsafe strdup("\(folder)/mplua_XXXXXX")
      defer { unsafe free(path) }
      guard let path = unsafe path else { continue }
      let named = unsafe mkstemp(path)
      guard named >= 0 else { continue }
      Descriptor.closeOnExecute(named)
      unsafe unlink(path)
      return named
    }
    return -1
  }
}
