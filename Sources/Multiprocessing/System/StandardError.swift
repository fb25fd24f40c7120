// Standard error, written a whole text at a time.

internal import CLinux
internal import Glibc

/// Writes reports and log lines so that texts of several processes do not mix.
public enum StandardError {
  /// Writes a line, its newline included, by one `write`.
  public static func write(line: String) { write(line + "\n") }

  /// Writes a text by one `write`; goes on with the rest when the system took only a part.
  public static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// The same for bytes.
  public static func write(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in _ = unsafe write(bytes) }
  }

  private static let isReplaced = SingleThreaded(false)

  /// Puts a stream in the place of `stderr` that writes as this does, once: what scripts and C write
  /// comes above the line that the user edits, and above a progress bar.
  ///
  /// - Returns: Whether it did: not later, and not when the C library refuses.
  public static func replaceStream() -> Bool {
    guard !isReplaced.value else { return false }
    isReplaced.value =
      unsafe clinux_replace_stream(
        STDERR_FILENO,
        { bytes, count in
          let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
          return unsafe StandardError.write(bytes) ? count : 0
        }, 0) == 0
    return isReplaced.value
  }

  /// - Returns: Whether the system took it all.
  private static func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // The lock alone keeps the editor from drawing in between.
    guard EditedLine.isActive else { return unsafe writeNow(bytes) }
    return Output.locked { unsafe writeNow(bytes) }
  }

  private static func writeNow(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe Descriptor.writeAll(
      STDERR_FILENO, bytes, after: StatusLine.prefix(on: STDERR_FILENO, before: bytes))
  }
}

/// Calls on bare descriptors.
enum Descriptor {
  /// Makes programs that this process runs not inherit the descriptor.
  static func closeOnExecute(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

  /// Writes a beginning, which is usually empty, and all bytes in one piece.
  static func writeAll(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, after beginning: [UInt8]
  ) -> Bool {
    guard !beginning.isEmpty else { return unsafe writeAll(descriptor, bytes) }
    let whole = unsafe beginning + bytes
    return unsafe whole.withUnsafeBytes { whole in unsafe writeAll(descriptor, whole) }
  }

  /// Writes all bytes, whatever interrupts it; false when the descriptor takes no more.
  static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = unsafe bytes
    while rest.count > 0 {
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
