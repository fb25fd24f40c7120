// Single values as Lua source text. Python: `repr` of strings and numbers.

internal import CLuaBridge

/// Lua's syntax for names, strings and numbers.
package enum LuaSyntax {
  /// The words of the language.
  package static let reservedWords: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  /// Whether a byte may stand in a name.
  package static func isNameByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...122).contains(byte | 32) || byte == UInt8(ascii: "_")
  }

  /// Whether bytes are a name, and no word of the language.
  package static func isName(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, !(48...57).contains(first) else { return false }
    return bytes.allSatisfy(isNameByte)
      && !reservedWords.contains(String(decoding: bytes, as: UTF8.self))
  }

  /// A string in quotes, its control characters escaped.
  ///
  /// - Parameter isForTerminal: Whether what is no UTF-8 is escaped too; else those bytes stay.
  package static func quoted(
    _ bytes: some Sequence<UInt8>, isForTerminal: Bool = false
  ) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    var text = [quote]
    forEachCharacter(in: bytes) { character, encoded in
      switch character {
      case "\"", "\\": text += [UInt8(ascii: "\\")] + encoded
      case "\n": text += Array("\\n".utf8)
      case "\r": text += Array("\\r".utf8)
      case "\t": text += Array("\\t".utf8)
      default:
        let isKept = encoded.first.map { $0 > 127 } ?? false
        text += isKept && !isForTerminal ? encoded : shown(character, encoded)
      }
    }
    return text + [quote]
  }

  /// Text that is shown as it is, but for what a terminal would take as a command.
  package static func printable(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    forEachCharacter(in: bytes) { character, encoded in
      text += character == "\n" || character == "\t" ? encoded : shown(character, encoded)
    }
    return text
  }

  /// Calls `body` with each character and its bytes; nil for bytes that are none.
  private static func forEachCharacter(
    in bytes: some Sequence<UInt8>, _ body: (Unicode.Scalar?, [UInt8]) -> Void
  ) {
    var bytes = Array(bytes)[...]
    while true {
      var rest = bytes.makeIterator()
      var parser = Unicode.UTF8.ForwardParser()
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded):
        body(Unicode.UTF8.decode(encoded), Array(encoded))
        bytes = bytes.dropFirst(encoded.count)
      case .error(let length):
        body(nil, Array(bytes.prefix(length)))
        bytes = bytes.dropFirst(length)
      case .emptyInput: return
      }
    }
  }

  /// Control characters and wrong bytes as decimal escapes, others as they are.
  private static func shown(_ character: Unicode.Scalar?, _ encoded: [UInt8]) -> [UInt8] {
    if let character, character.properties.generalCategory != .control { return encoded }
    return encoded.flatMap(escape)
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let digits = String(byte)
    return Array("\\\(String(repeating: "0", count: 3 - digits.count))\(digits)".utf8)
  }
}

extension LuaState {
  /// A number as Lua reads it back, of the same kind.
  func numeral(_ index: Int32) -> String {
    if isInteger(index), let value = integer(index) {
      // Lua reads its digits as a float.
      return value == .min ? "math.mininteger" : "\(value)"
    }
    guard let value = number(index), !value.isNaN else { return "0/0" }
    if value.isInfinite { return value < 0 ? "-math.huge" : "math.huge" }
    // The shortest digits that read back as the same number, as Python's repr.
    return "\(value)"
  }
}
