// The pipe that takes the place of a standard stream. System calls: `pipe`, `read`, `dup2`.

internal import Glibc
internal import SystemPackage

/// A pipe of plain bytes, and the calls on its ends.
enum OutputPipe {
  /// What a reading gave.
  enum Reading: Equatable {
    case bytes(Int)
    /// Nobody has written anything that was not read.
    case nothing
    /// Nobody is left who could write.
    case end
  }

  /// Makes a pipe whose ends programs do not inherit; reading never waits.
  ///
  /// - Returns: Both ends, neither with the number of a standard stream.
  /// - Throws: `.system` when there are no descriptors left.
  static func make() throws(MultiprocessingError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw .system(Errno(rawValue: errno), Descriptor.purpose)
    }
    defer { for end in ends where end >= 0 { close(end) } }
    let reading = try Descriptor.copy(ends[0])
    do throws(MultiprocessingError) {
      let writing = try Descriptor.copy(ends[1])
      _ = fcntl(reading, F_SETFL, O_NONBLOCK)
      return (reading, writing)
    } catch {
      close(reading)
      throw error
    }
  }

  /// Reads what there is, as far as it fits.
  static func read(_ end: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Reading {
    while true {
      let count = unsafe Glibc.read(end, buffer.baseAddress, buffer.count)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if errno == EAGAIN { return .nothing }
      if errno != EINTR { return .end }
    }
  }

  /// How many bytes are in the pipe.
  static func byteCount(_ end: Int32) -> Int {
    var count: Int32 = 0
    return unsafe ioctl(end, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }
}

extension Descriptor {
  /// What the errors here say that was asked.
  fileprivate static let purpose = "make the pipes for a process's output"

  /// Opens another descriptor of the same file, close-on-exec and behind those of the standard streams.
  ///
  /// - Throws: `.system` when there is none left.
  static func copy(_ descriptor: Int32) throws(MultiprocessingError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard copy >= 0 else { throw .system(Errno(rawValue: errno), purpose) }
    return copy
  }

  /// Makes standard output and standard error lead elsewhere.
  static func redirectStandardStreams(output: Int32, errors: Int32) {
    dup2(output, STDOUT_FILENO)
    dup2(errors, STDERR_FILENO)
  }

  /// Makes standard output and standard error lead nowhere.
  static func silenceStandardStreams() {
    let null = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
    guard null >= 0 else { return }
    redirectStandardStreams(output: null, errors: null)
    if null > STDERR_FILENO { close(null) }
  }

  /// Closes all that this process has open but the standard streams and what is named.
  static func closeAll(except kept: [Int32]) {
    for name in (try? ProcessFiles.names(in: "/proc/self/fd")) ?? [] {
      guard let descriptor = Int32(name), descriptor > STDERR_FILENO, !kept.contains(descriptor)
      else { continue }
      close(descriptor)
    }
  }
}
