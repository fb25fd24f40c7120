// C's standard streams, which the interpreter shares with Lua's `print` and `io`, so that what both
// write comes out in order.

// Safe because the program has one thread; C's streams are variables that it never sets.
@unsafe @preconcurrency internal import Glibc

/// Standard output or standard error.
package enum StandardStream {
  case output, error

  /// Writes text.
  package func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in unsafe write(UnsafeRawBufferPointer(bytes)) }
  }

  /// Writes bytes.
  package func write(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in unsafe write(bytes) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    _ = unsafe fwrite(bytes.baseAddress, 1, bytes.count, stream)
  }

  /// Hands what was written to the system.
  package func flush() { _ = unsafe fflush(stream) }

  /// Whether what is written is shown on a terminal.
  package var isTerminal: Bool { unsafe isatty(fileno(stream)) != 0 }

  /// The width of the terminal in characters; 80 where it is not known.
  package var columns: Int {
    var size = winsize()
    guard unsafe ioctl(fileno(stream), UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// The C library's stream.
  var stream: UnsafeMutablePointer<FILE>? {
    switch self {
    case .output: unsafe stdout
    case .error: unsafe stderr
    }
  }
}

/// Standard input.
package enum StandardInput {
  package static var isTerminal: Bool { isatty(STDIN_FILENO) != 0 }

  /// Reads a line, without its newline; nil at the end.
  package static func readLine() -> [UInt8]? {
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { unsafe free(line) }
    // A terminal goes on after its end-of-file key.
    unsafe clearerr(stdin)
    let count = unsafe getline(&line, &capacity, stdin)
    guard count > 0 else { return nil }
    var bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: line, count: count))
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return bytes
  }
}
