// The file of the trace. No counterpart in Python.

internal import Glibc
internal import SystemPackage

/// The file that all processes of the tree append to.
///
/// It consists of blocks that are one page of memory each, and begin where a page begins. The system
/// copies a page in one go, so a process that is killed in `write` has written a block or nothing.
enum TraceFile {
  static let blockByteCount = 4096

  /// How far below the limit of a file's size writing stops: going beyond it would kill the process.
  private static let margin = 1 << 20

  /// How many blocks from the end on `endsWith` looks at.
  private static let searchedBlocks = 1024

  /// Makes the file, or empties it.
  ///
  /// - Returns: Its descriptor.
  /// - Throws: `.system` when it cannot be written, `.operation` for what is no file.
  static func open(_ path: [UInt8]) throws(MultiprocessingError) -> Int32 {
    let name = path.map(CChar.init(bitPattern:)) + [0]
    // A pipe without a reader would never open otherwise.
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
    let file = unsafe Glibc.open(name, flags, 0o666)
    guard file >= 0 else { throw .system(Errno(rawValue: errno), "open the trace") }
    var status = stat()
    let type = unsafe fstat(file, &status) == 0 ? status.st_mode & S_IFMT : 0
    guard type == S_IFREG || type == S_IFCHR else {
      close(file)
      throw .operation("it is not a file")
    }
    if type == S_IFREG, ftruncate(file, 0) != 0 {
      let reason = Errno(rawValue: errno)
      close(file)
      throw .system(reason, "empty the trace")
    }
    return file
  }

  /// Begins the list of events with its first one.
  ///
  /// Viewers know the format by its beginning: Perfetto looks for an event in the first 64 bytes.
  ///
  /// - Throws: `.system` when nothing can be written.
  static func begin(_ file: Int32, with event: TraceLine) throws(MultiprocessingError) {
    var block = Array("[\n".utf8) + event.bytes
    block += [UInt8](repeating: UInt8(ascii: " "), count: blockByteCount - block.count - 1)
    block.append(UInt8(ascii: "\n"))
    let reason = unsafe block.withUnsafeBytes { block in unsafe append(block, to: file) }
    if let reason { throw .system(reason, "write the trace") }
  }

  /// Appends a block; after a failure, of which one process tells, nobody writes any more.
  static func write(_ block: UnsafeRawBufferPointer) {
    let stopped = Arena.header.isTraceStopped
    guard stopped.load() == 0, let reason = unsafe append(block, to: Trace.descriptor),
      stopped.exchange(0, for: 1)
    else { return }
    StandardError.write(line: "mplua: cannot go on writing the trace: \(reason)")
  }

  /// Appends a block; nil, or why that failed.
  private static func append(_ block: UnsafeRawBufferPointer, to file: Int32) -> Errno? {
    var status = stat()
    var limit = rlimit()
    if unsafe fstat(file, &status) == 0, unsafe getrlimit(__rlimit_resource_t(1), &limit) == 0,
      limit.rlim_cur != rlim_t.max, UInt64(status.st_size) + UInt64(margin) > UInt64(limit.rlim_cur)
    {
      return .fileTooLarge
    }
    while true {
      let count = unsafe Glibc.write(file, block.baseAddress, block.count)
      if count == block.count { return nil }
      if count < 0, errno == EINTR { continue }
      let reason = count < 0 ? Errno(rawValue: errno) : Errno.noSpace
      // A part of a block, which only an unusual file system takes, would be a broken line.
      if count > 0, unsafe fstat(file, &status) == 0 {
        _ = ftruncate(file, status.st_size - status.st_size % off_t(blockByteCount))
      }
      return reason
    }
  }

  /// Whether one of the last blocks of the file is this one.
  static func endsWith(_ block: UnsafeRawBufferPointer) -> Bool {
    let file = Trace.descriptor
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { return false }
    var found = [UInt8](repeating: 0, count: blockByteCount)
    var offset = status.st_size - off_t(blockByteCount)
    for _ in 0..<searchedBlocks where offset >= 0 {
      let count = unsafe found.withUnsafeMutableBytes { bytes in
        unsafe pread(file, bytes.baseAddress, blockByteCount, offset)
      }
      if unsafe count == blockByteCount && found.elementsEqual(block) { return true }
      offset -= off_t(blockByteCount)
    }
    return false
  }
}
