// The line at the bottom of a terminal that tells how far something has come. Python: the package
// `tqdm`.

internal import Glibc

/// A line that is drawn anew again and again, below all that the processes of the tree print.
///
/// One process at a time has one. A word of the arena says which, and whoever prints a text to a
/// terminal meanwhile clears the line first, in the same `write`; its owner draws it anew with its
/// next news. What does not go through `Output` and `StandardError`, such as a program that a script
/// runs, is printed behind it.
public enum StatusLine {
  private static let clearing = Array("\r\u{1B}[K".utf8)

  /// Whether standard error is a terminal.
  public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether the terminal can draw a line anew: TERM says what it is, and it is not `dumb`.
  public static var canRedraw: Bool {
    guard let name = unsafe getenv("TERM") else { return false }
    let text = unsafe String(cString: name)
    return !text.isEmpty && text != "dumb"
  }

  /// How many characters fit into a line of the terminal, as wide as it is now.
  public static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// Draws the line; does nothing while another living process has one, or the user edits a line.
  public static func draw(_ text: String) {
    guard Arena.isOpen, Board.identity != 0, !EditedLine.isActive else { return }
    let owner = Arena.header.statusLineOwner
    let before = owner.load()
    if before != Board.identity {
      guard before == 0 || !Board.isAlive(before),
        owner.exchange(before, for: Board.identity)
      else { return }
    }
    put("\r\(text)\u{1B}[K")
  }

  /// Leaves the line as it is drawn for the last time; what is printed from now on comes below.
  public static func finish(_ text: String) {
    guard isOwn else { return }
    if EditedLine.isActive {
      StandardError.write(line: text)
    } else {
      put("\r\(text)\u{1B}[K\n")
    }
    Arena.header.statusLineOwner.store(0)
  }

  /// Whether this process has the line.
  public static var isOwn: Bool {
    Arena.isOpen && Board.identity != 0
      && Arena.header.statusLineOwner.load() == Board.identity
  }

  /// What clears a line that is drawn; its owner draws it no more while the user edits a line.
  static func takeAway() -> String {
    Arena.header.statusLineOwner.load() == 0 ? "" : String(decoding: clearing, as: UTF8.self)
  }

  /// What must be written before a text; nothing where no line is drawn.
  static func prefix(on descriptor: Int32, before text: UnsafeRawBufferPointer) -> [UInt8] {
    prefix(on: descriptor, beforeLine: unsafe text.last == UInt8(ascii: "\n"))
  }

  /// The same before a text that ends a line or does not.
  static func prefix(on descriptor: Int32, beforeLine endsLine: Bool) -> [UInt8] {
    if let prefix = EditedLine.prefix(on: descriptor, beforeLine: endsLine) { return prefix }
    guard Arena.isOpen else { return [] }
    let owner = Arena.header.statusLineOwner.load()
    guard owner != 0, isatty(descriptor) == 1 else { return [] }
    if !Board.isAlive(owner) { _ = Arena.header.statusLineOwner.exchange(owner, for: 0) }
    return clearing
  }

  private static func put(_ text: String) {
    let bytes = Array(text.utf8)
    unsafe bytes.withUnsafeBytes { bytes in
      _ = unsafe Descriptor.writeAll(STDERR_FILENO, bytes)
    }
  }
}
