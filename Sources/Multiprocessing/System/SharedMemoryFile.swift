// Files in the folder of POSIX shared memory. Python: `_posixshmem`, `mmap`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A file of /dev/shm; closed when the value ends.
struct SharedMemoryFile: ~Copyable {
  private static let folder = "/dev/shm"

  // `O_TMPFILE` without its own `O_DIRECTORY`: the header's macro is not imported.
  private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

  let descriptor: Int32

  deinit { close(descriptor) }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Makes a file without a name, which ends with its last descriptor unless it is linked.
  ///
  /// System call: `open`.
  static func make() throws(MultiprocessingError) -> SharedMemoryFile {
    let file = unsafe Glibc.open(folder, nameless | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(Errno(rawValue: errno), "make a file in \(folder)") }
    return SharedMemoryFile(descriptor: file)
  }

  /// Opens a file by the name that `shm_open` would take.
  ///
  /// System call: `open`.
  static func open(_ name: String) throws(MultiprocessingError) -> SharedMemoryFile {
    let path = try path(name)
    let file = unsafe Glibc.open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { throw failure(name) }
    return SharedMemoryFile(descriptor: file)
  }

  /// Gives the file a name; it appears at once with all that it holds.
  ///
  /// System call: `linkat`.
  func link(_ name: String) throws(MultiprocessingError) { try Self.link(descriptor, as: name) }

  /// The same for a bare descriptor.
  static func link(_ descriptor: Int32, as name: String) throws(MultiprocessingError) {
    let path = try path(name)
    let ours = "/proc/self/fd/\(descriptor)"
    guard unsafe linkat(AT_FDCWD, ours, AT_FDCWD, path, Int32(AT_SYMLINK_FOLLOW)) == 0 else {
      throw failure(name)
    }
  }

  /// Takes a name away; who has the file open or mapped keeps it.
  ///
  /// System call: `unlink`.
  static func remove(_ name: String) throws(MultiprocessingError) {
    guard unsafe unlink(try path(name)) == 0 else { throw failure(name) }
  }

  /// What the system knows of a file.
  struct Status {
    /// Tells the file from all others that exist at the same time.
    let number: UInt64
    let byteCount: Int
    /// How many bytes have memory already.
    let reservedByteCount: Int
    private let owner: UInt32

    /// Whether it belongs to the user who asks.
    var isOwn: Bool { owner == geteuid() }

    fileprivate init(_ status: stat) {
      number = UInt64(status.st_ino)
      byteCount = Int(status.st_size)
      reservedByteCount = Int(status.st_blocks) * 512
      owner = status.st_uid
    }
  }

  /// System call: `fstat`.
  var status: Status {
    var status = stat()
    _ = unsafe fstat(descriptor, &status)
    return Status(status)
  }

  /// The status of the file that has a name now; nil when there is none.
  ///
  /// System call: `lstat`.
  static func status(of name: String) -> Status? {
    var status = stat()
    guard let path = try? path(name), unsafe lstat(path, &status) == 0 else { return nil }
    return Status(status)
  }

  /// The names of all files that begin with a text.
  static func names(prefix: String) -> [String] {
    ((try? ProcessFiles.names(in: folder)) ?? []).filter { $0.hasPrefix(prefix) }
  }

  /// Makes the file so long, with memory for all of it.
  func grow(to byteCount: Int) throws(MultiprocessingError) {
    try Self.lengthen(descriptor, to: byteCount)
    try FileMemory.reserve(descriptor, 0, byteCount: byteCount)
  }

  /// Makes a bare descriptor's file so long, without memory behind it.
  ///
  /// A limit on the size of files is an error here, where a write beyond it would kill.
  ///
  /// System call: `ftruncate`.
  static func lengthen(
    _ descriptor: Int32, to byteCount: Int
  ) throws(MultiprocessingError) {
    guard clinux_grow_file(descriptor, UInt64(byteCount)) == 0 else {
      throw .system(Errno(rawValue: errno), "make shared memory of \(byteCount) bytes")
    }
  }

  /// Maps the first `byteCount` bytes, which is not 0.
  ///
  /// The mapping outlives the descriptor.
  ///
  /// System call: `mmap`.
  func map(_ byteCount: Int) throws(MultiprocessingError) -> MappedBytes {
    let address = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw .system(Errno(rawValue: errno), "map \(byteCount) bytes of shared memory")
    }
    return unsafe MappedBytes(start: address, count: byteCount)
  }

  /// Locks the file for this descriptor and those that a fork makes of it; false when another one
  /// has it locked.
  ///
  /// System call: `flock`.
  func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Reads up to `byteCount` bytes; fewer at the end of the file.
  func read(_ byteCount: Int, at offset: Int) -> [UInt8] {
    Self.read(descriptor, byteCount, at: offset)
  }

  /// The same for a bare descriptor.
  ///
  /// System call: `pread`.
  static func read(_ descriptor: Int32, _ byteCount: Int, at offset: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      count = unsafe max(0, pread(descriptor, buffer.baseAddress, byteCount, off_t(offset)))
    }
  }

  /// Writes bytes that lie in one page: then a kill in the middle writes all of them or none.
  ///
  /// System call: `pwrite`.
  static func write(
    _ bytes: [UInt8], to descriptor: Int32, at offset: Int
  ) throws(MultiprocessingError) {
    let count = unsafe bytes.withUnsafeBytes { bytes in
      unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    }
    guard count == bytes.count else {
      throw .system(
        count < 0 ? Errno(rawValue: errno) : .noSpace, "write down who owns the shared memory")
    }
  }

  /// Keeps the descriptor open for the rest of the process.
  consuming func keepOpen() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// Closes what `keepOpen` gave.
  static func closeKept(_ descriptor: Int32) { close(descriptor) }

  /// The file's name that `shm_open` makes of a block's name: slashes in front do not count.
  ///
  /// - Throws: `.system` (EINVAL) for what cannot be one.
  static func fileName(of name: String) throws(MultiprocessingError) -> String {
    guard !name.utf8.contains(0) else { throw .valueError("embedded null character") }
    let file = name.utf8.drop { $0 == UInt8(ascii: "/") }
    guard !file.isEmpty, file.count <= 255, !file.contains(UInt8(ascii: "/")),
      !file.elementsEqual(".".utf8), !file.elementsEqual("..".utf8)
    else { throw .system(.invalidArgument, "'/\(name)'") }
    return String(Substring(file))
  }

  private static func path(_ name: String) throws(MultiprocessingError) -> String {
    "\(folder)/\(try fileName(of: name))"
  }

  /// The last failed call on a name, in Python's words.
  private static func failure(_ name: String) -> MultiprocessingError {
    .system(Errno(rawValue: errno), "'/\(name)'")
  }
}

/// The memory behind files that are mapped.
enum FileMemory {
  /// Makes sure that the pages of a part of a file exist, so that touching them cannot fail.
  ///
  /// System call: `fallocate`.
  static func reserve(
    _ descriptor: Int32, _ offset: Int, byteCount: Int
  ) throws(MultiprocessingError) {
    if byteCount >= 4 << 20 {
      guard AvailableMemory.allows(byteCount: byteCount) else {
        throw .system(.noMemory, "reserve \(byteCount) bytes of shared memory")
      }
    }
    while clinux_reserve(descriptor, UInt64(offset), UInt64(byteCount)) != 0 {
      let reason = Errno(rawValue: errno)
      guard reason == .interrupted else {
        throw .system(reason, "reserve \(byteCount) bytes of shared memory")
      }
    }
  }
}
