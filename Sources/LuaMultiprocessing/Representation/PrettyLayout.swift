// How the parts of a shown value are put on lines.

/// A value on its way to the screen.
indirect enum PrettyNode {
  /// What a part is, for its colour.
  enum Kind {
    case plain, constant, number, string, object, note
  }

  struct Entry {
    /// Nil in a list.
    let key: PrettyNode?
    let value: PrettyNode
  }

  case word([UInt8], Kind)
  /// A key in brackets.
  case key(PrettyNode)
  case table(prefix: String, entries: [Entry], rest: String?)

  static func word(_ text: String, _ kind: Kind) -> PrettyNode { .word(Array(text.utf8), kind) }
}

/// Writes nodes, each on one line if it fits.
struct PrettyLayout {
  let width: Int
  let isColoured: Bool

  func text(of node: PrettyNode) -> [UInt8] {
    var text: [UInt8] = []
    write(node, indent: 0, used: 0, to: &text)
    return text
  }

  private func write(_ node: PrettyNode, indent: Int, used: Int, to text: inout [UInt8]) {
    guard case .table(let prefix, let entries, let rest) = node,
      !(flatWidth(of: node, within: width - used) <= width - used)
    else { return writeFlat(node, to: &text) }
    let inner = indent + 2
    text += Array("\(prefix){".utf8)
    var column = width
    for (position, entry) in entries.enumerated() {
      let comma = position + 1 < entries.count || rest != nil ? 1 : 0
      let entryWidth = flatWidth(of: entry, within: width) + comma
      // Short parts of a list share lines.
      if entry.key == nil, isWord(entry.value), column + 1 + entryWidth <= width {
        text.append(UInt8(ascii: " "))
        column += 1
        writeFlat(entry.value, to: &text)
      } else {
        newLine(inner, &text)
        column = inner
        if let key = entry.key {
          writeFlat(key, to: &text)
          text += Array(" = ".utf8)
          column += flatWidth(of: key, within: width) + 3
        }
        write(entry.value, indent: inner, used: column + comma, to: &text)
        if entry.key != nil || !isWord(entry.value) { column = width }
      }
      if entry.key == nil, isWord(entry.value) { column += entryWidth }
      if comma == 1 { text.append(UInt8(ascii: ",")) }
    }
    if let rest {
      newLine(inner, &text)
      writeWord(Array(rest.utf8), .note, to: &text)
    }
    newLine(indent, &text)
    text.append(UInt8(ascii: "}"))
  }

  private func newLine(_ indent: Int, _ text: inout [UInt8]) {
    text.append(UInt8(ascii: "\n"))
    text += Array(repeating: UInt8(ascii: " "), count: indent)
  }

  private func isWord(_ node: PrettyNode) -> Bool {
    if case .word = node { true } else { false }
  }

  private func writeFlat(_ node: PrettyNode, to text: inout [UInt8]) {
    switch node {
    case .word(let word, let kind): writeWord(word, kind, to: &text)
    case .key(let key):
      text.append(UInt8(ascii: "["))
      writeFlat(key, to: &text)
      text.append(UInt8(ascii: "]"))
    case .table(let prefix, let entries, let rest):
      text += Array("\(prefix){".utf8)
      for (position, entry) in entries.enumerated() {
        if position > 0 { text += Array(", ".utf8) }
        if let key = entry.key {
          writeFlat(key, to: &text)
          text += Array(" = ".utf8)
        }
        writeFlat(entry.value, to: &text)
      }
      if let rest {
        if !entries.isEmpty { text += Array(", ".utf8) }
        writeWord(Array(rest.utf8), .note, to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private func writeWord(_ word: [UInt8], _ kind: PrettyNode.Kind, to text: inout [UInt8]) {
    guard isColoured, let colour = Self.colour(of: kind) else { return text += word }
    text += Array("\u{1b}[\(colour)m".utf8) + word + Array("\u{1b}[0m".utf8)
  }

  private static func colour(of kind: PrettyNode.Kind) -> Int? {
    switch kind {
    case .plain: nil
    case .constant: 35
    case .number: 36
    case .string: 32
    case .object: 34
    case .note: 2
    }
  }
}

// MARK: - Widths

extension PrettyLayout {
  /// The width on one line; counting stops soon after `limit`.
  private func flatWidth(of node: PrettyNode, within limit: Int) -> Int {
    switch node {
    // A text of several lines does not fit on one.
    case .word(let word, _):
      word.contains(10) ? limit + 1 : word.count { $0 & 0xC0 != 0x80 }
    case .key(let key): flatWidth(of: key, within: limit) + 2
    case .table(let prefix, let entries, let rest):
      entries.reduce(into: prefix.utf8.count + 2 + (rest?.count ?? 0)) { sum, entry in
        if sum <= limit { sum += flatWidth(of: entry, within: limit - sum) + 2 }
      } - (entries.isEmpty || rest != nil ? 0 : 2)
    }
  }

  private func flatWidth(of entry: PrettyNode.Entry, within limit: Int) -> Int {
    let key = entry.key.map { flatWidth(of: $0, within: limit) + 3 } ?? 0
    return key + flatWidth(of: entry.value, within: limit - key)
  }
}
