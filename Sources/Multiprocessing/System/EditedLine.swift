// The entry that the user types at the bottom of the terminal, above which other processes print. Python: none; what
// they print mixes with it.

internal import Glibc

/// The line that the main process lets its user edit.
///
/// Two words of the arena say who edits and what is drawn. Whoever prints a text to a terminal meanwhile
/// clears the line in the same `write`, under the lock of `Output`, and says so; the editor draws it anew
/// below. It looks from time to time instead of being told: nobody can die owing it a signal.
public enum EditedLine {
  /// What is drawn of the line.
  public enum Content: Sendable {
    /// The whole line, as the editor has left it.
    case drawn
    /// Nothing: a text has taken its place.
    case cleared
    /// Nothing, and the text has not ended its line.
    case clearedInLine
  }

  private static let partOfLine: UInt32 = 0x8000_0000

  private static let isOpen = SingleThreaded(false)

  /// Whether a process edits a line.
  static var isActive: Bool { Arena.isOpen && Arena.header.editedLineOwner.load() != 0 }

  /// Lets this process edit a line, of which nothing is drawn yet, and begins a change of the screen.
  public static func begin() {
    Output.hold()
    isOpen.value = Arena.isOpen && Board.identity != 0
    guard isOpen.value else { return }
    Arena.header.editedLine.store(0)
    Arena.header.editedLineOwner.store(Board.identity)
    put(StatusLine.takeAway())
  }

  /// Begins a change of the screen: no other process prints before `endChange`.
  public static func beginChange() { Output.hold() }

  /// What is drawn now; asked before and after a change.
  public static var content: Content {
    guard isOpen.value else { return .drawn }
    switch Arena.header.editedLine.load() {
    case 0: return .cleared
    case partOfLine: return .clearedInLine
    default: return .drawn
    }
  }

  /// Makes room for the line to be drawn again, within a change.
  public static func makeRoom() { put(content == .clearedInLine ? "\r\n\u{1B}[J" : "\r\u{1B}[J") }

  /// Says that the whole line is drawn; the cursor is this many rows below its first.
  public static func noteDrawn(rowsAbove rows: Int) {
    guard isOpen.value else { return }
    Arena.header.editedLine.store(UInt32(clamping: max(0, min(rows, 0x7FFF)) + 1))
  }

  /// Ends a change of the screen.
  public static func endChange() { Output.letGo() }

  /// Ends the editing, within a change, which ends too: what is written now comes behind the cursor.
  public static func end() {
    if isOpen.value {
      isOpen.value = false
      Arena.header.editedLineOwner.store(0)
    }
    Output.letGo()
  }

  /// Writes a text of the editor's own, as it is.
  public static func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe Descriptor.writeAll(STDOUT_FILENO, UnsafeRawBufferPointer(bytes))
    }
  }

  /// What must be written before a text, which then takes the line's place; nil when nobody edits one.
  static func prefix(on descriptor: Int32, beforeLine endsLine: Bool) -> [UInt8]? {
    guard Arena.isOpen else { return nil }
    let owner = Arena.header.editedLineOwner.load()
    guard owner != 0 else { return nil }
    guard Board.isAlive(owner) else {
      // What is at the bottom of the terminal now is somebody else's.
      _ = Arena.header.editedLineOwner.exchange(owner, for: 0)
      return nil
    }
    guard isatty(descriptor) == 1 else { return [] }
    let before = Arena.header.editedLine.load()
    Arena.header.editedLine.store(endsLine ? 0 : partOfLine)
    guard before != 0, before != partOfLine else { return [] }
    return Array((before == 1 ? "\r\u{1B}[J" : "\r\u{1B}[\(before - 1)A\u{1B}[J").utf8)
  }
}
