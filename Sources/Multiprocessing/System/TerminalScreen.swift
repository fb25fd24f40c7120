// The size of the terminal that standard output is. Python: `shutil.get_terminal_size`.

internal import Glibc

/// The terminal that a tool draws on.
package enum TerminalScreen {
  /// How many lines and columns it has now; nil when standard output is no terminal that moves its
  /// cursor.
  ///
  /// System call: `ioctl`.
  package static var size: (lines: Int, columns: Int)? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    guard let kind = unsafe getenv("TERM"), unsafe strcmp(kind, "dumb") != 0 else { return nil }
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0,
      size.ws_col > 0
    else { return (24, 80) }
    return (Int(size.ws_row), Int(size.ws_col))
  }
}
