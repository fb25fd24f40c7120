// What a terminal shows: a small emulator of the part that line editors use.

/// A screen that bytes are written to.
///
/// It knows cursor moves, erasing, inserting and deleting characters, wrapping and scrolling. Colours are
/// ignored. Every character is one column wide.
public struct TerminalScreen: Sendable {
  /// The width in characters.
  public private(set) var columns: Int
  /// The height in characters.
  public private(set) var rows: Int
  /// The cursor's row, from 0.
  public private(set) var row = 0
  /// The cursor's column, from 0.
  public private(set) var column = 0
  /// Whether the program has asked that pasted text be marked.
  public private(set) var marksPastes = false
  /// How often the bell was rung.
  public private(set) var bells = 0
  /// The colours that were asked for, by their numbers.
  public private(set) var colours: Set<Int> = []

  private var cells: [[Character]]
  private var pending: [UInt8] = []
  /// A character has just filled the last column: the next one begins a new row.
  private var wraps = false

  /// Makes an empty screen.
  public init(columns: Int = 120, rows: Int = 40) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  /// The rows, without blanks at their ends and without the empty ones at the bottom.
  public var lines: [String] {
    var lines = cells.map { row in
      var row = row
      while row.last == " " { row.removeLast() }
      return String(row)
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The same as one text.
  public var text: String { lines.joined(separator: "\n") }

  /// The row with the cursor, up to the cursor.
  public var textBeforeCursor: String { String(cells[row][..<column]) }

  /// Changes the size; what no longer fits is cut off.
  public mutating func resize(columns: Int, rows: Int) {
    cells = (0..<rows).map { row in
      let old = row < cells.count ? cells[row] : []
      return Array(old.prefix(columns)) + Array(repeating: " ", count: max(columns - old.count, 0))
    }
    self.columns = columns
    self.rows = rows
    row = min(row, rows - 1)
    column = min(column, columns - 1)
    wraps = false
  }

  /// Shows what a program has written; a sequence that is not complete waits for its rest.
  public mutating func write(_ bytes: some Sequence<UInt8>) {
    pending += bytes
    while let count = step() { pending.removeFirst(count) }
  }

  /// Does the first thing that is pending; returns its length, or nil when it is not complete.
  private mutating func step() -> Int? {
    guard let first = pending.first else { return nil }
    switch first {
    case 0x1b: return escape()
    case 0x07: bells += 1
    case 0x08: moveTo(column: column - 1)
    case 0x09: moveTo(column: (column / 8 + 1) * 8)
    case 0x0a: lineFeed()
    case 0x0d: moveTo(column: 0)
    case ..<0x20, 0x7f: break
    default: return character(startingWith: first)
    }
    return 1
  }

  private mutating func character(startingWith first: UInt8) -> Int? {
    let length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard pending.count >= length else { return nil }
    if wraps {
      column = 0
      lineFeed()
    }
    cells[row][column] =
      String(decoding: pending.prefix(length), as: UTF8.self).first ?? "\u{fffd}"
    wraps = column == columns - 1
    if !wraps { column += 1 }
    return length
  }

  private mutating func lineFeed() {
    wraps = false
    if row < rows - 1 {
      row += 1
    } else {
      cells.removeFirst()
      cells.append(Array(repeating: " ", count: columns))
    }
  }

  private mutating func moveTo(row newRow: Int? = nil, column newColumn: Int? = nil) {
    wraps = false
    row = min(max(newRow ?? row, 0), rows - 1)
    column = min(max(newColumn ?? column, 0), columns - 1)
  }

  private mutating func erase(row erased: Int, _ range: Range<Int>) {
    for column in range { cells[erased][column] = " " }
  }
}

// MARK: - Escape sequences

extension TerminalScreen {
  private mutating func escape() -> Int? {
    guard pending.count >= 2 else { return nil }
    switch pending[1] {
    case UInt8(ascii: "["):
      guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7e).contains($0) })
      else { return nil }
      control(String(decoding: pending[2..<end], as: UTF8.self), pending[end])
      return end + 1
    case UInt8(ascii: "("), UInt8(ascii: ")"): return pending.count >= 3 ? 3 : nil
    case UInt8(ascii: "M"):
      moveTo(row: row - 1)
      return 2
    default: return 2
    }
  }

  private mutating func control(_ parameters: String, _ final: UInt8) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    let first = numbers.first.flatMap { $0 }
    let count = max(first ?? 1, 1)
    switch Character(UnicodeScalar(final)) {
    case "A": moveTo(row: row - count)
    case "B": moveTo(row: row + count)
    case "C": moveTo(column: column + count)
    case "D": moveTo(column: column - count)
    case "G": moveTo(column: count - 1)
    case "H", "f":
      moveTo(row: count - 1, column: (numbers.count > 1 ? numbers[1] ?? 1 : 1) - 1)
    case "J": eraseDisplay(first ?? 0)
    case "K":
      erase(
        row: row, (first ?? 0) == 0 ? column..<columns : first == 1 ? 0..<column + 1 : 0..<columns)
    case "P":
      let removed = min(count, columns - column)
      cells[row].removeSubrange(column..<column + removed)
      cells[row] += Array(repeating: " ", count: removed)
    case "@":
      let added = min(count, columns - column)
      cells[row].insert(contentsOf: Array(repeating: " ", count: added), at: column)
      cells[row].removeLast(added)
    case "m": colours.formUnion(numbers.compactMap { $0 }.filter((30...37).contains))
    case "h", "l": if parameters == "?2004" { marksPastes = final == UInt8(ascii: "h") }
    default: break
    }
  }

  private mutating func eraseDisplay(_ part: Int) {
    let rowsToErase = part == 0 ? row + 1..<rows : part == 1 ? 0..<row : 0..<rows
    for other in rowsToErase { erase(row: other, 0..<columns) }
    if part == 0 { erase(row: row, column..<columns) }
    if part == 1 { erase(row: row, 0..<column + 1) }
  }
}
