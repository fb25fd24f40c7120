// Lua's tokens, as the prompt needs them: what each is and where it stands.

import LuaMultiprocessing

/// A token of Lua source text.
struct LuaToken: Equatable {
  enum Kind: Equatable {
    /// A name; with `reserved`, a word of the language.
    case name
    case reserved
    case number
    case string
    /// A sign of one to three characters.
    case sign
    case end
  }

  let kind: Kind
  let range: Range<Int>
}

/// Cuts source text into tokens.
///
/// The text need not be valid: what Lua would refuse ends the list of tokens.
struct LuaTokens {
  let source: [UInt8]
  private(set) var tokens: [LuaToken] = []
  /// Whether the whole text was read.
  private(set) var isComplete = false

  init(_ source: [UInt8]) {
    self.source = source
    var position = 0
    while let token = read(&position) {
      isComplete = token.kind == .end
      if isComplete { break }
      tokens.append(token)
    }
    tokens.append(LuaToken(kind: .end, range: source.count..<source.count))
  }

  /// The text of a token.
  func text(_ token: LuaToken) -> String { String(decoding: source[token.range], as: UTF8.self) }

  /// Whether the last token is a semicolon.
  var endsWithSemicolon: Bool { tokens.dropLast().last.map(text) == ";" }

  private static let signs = [
    "...", "..", "::", "==", "~=", "<=", ">=", "<<", ">>", "//", "+", "-", "*", "/", "%", "^", "#",
    "&", "~", "|", "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".",
  ].map { Array($0.utf8) }
}

// MARK: - Reading

extension LuaTokens {
  private func read(_ position: inout Int) -> LuaToken? {
    guard skipBlanks(&position) else { return nil }
    let start = position
    guard let byte = byte(at: position) else {
      return LuaToken(kind: .end, range: start..<start)
    }
    if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && digit(at: position + 1)) {
      skipNumber(&position)
      return LuaToken(kind: .number, range: start..<position)
    }
    if LuaSyntax.isNameByte(byte) {
      while let byte = self.byte(at: position), LuaSyntax.isNameByte(byte) { position += 1 }
      let text = String(decoding: source[start..<position], as: UTF8.self)
      return LuaToken(
        kind: LuaSyntax.reservedWords.contains(text) ? .reserved : .name, range: start..<position)
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      guard skipQuoted(&position, byte) else { return nil }
      return LuaToken(kind: .string, range: start..<position)
    }
    if byte == UInt8(ascii: "["), let level = longBracketLevel(at: position) {
      guard skipLong(&position, level) else { return nil }
      return LuaToken(kind: .string, range: start..<position)
    }
    guard let sign = Self.signs.first(where: { source[start...].starts(with: $0) }) else {
      return nil
    }
    position += sign.count
    return LuaToken(kind: .sign, range: start..<position)
  }

  /// Skips white space and comments; false in a comment without an end.
  private func skipBlanks(_ position: inout Int) -> Bool {
    while let byte = byte(at: position) {
      if byte == 32 || (9...13).contains(byte) {
        position += 1
      } else if byte == UInt8(ascii: "-"), self.byte(at: position + 1) == UInt8(ascii: "-") {
        position += 2
        if let level = longBracketLevel(at: position) {
          guard skipLong(&position, level) else { return false }
        } else {
          while let byte = self.byte(at: position), byte != 10, byte != 13 { position += 1 }
        }
      } else {
        return true
      }
    }
    return true
  }

  /// As Lua reads a number: digits, letters and dots, and a sign after an exponent's letter.
  private func skipNumber(_ position: inout Int) {
    let isHexadecimal =
      byte(at: position) == UInt8(ascii: "0") && (byte(at: position + 1) ?? 0) | 32 == 120
    let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
    if isHexadecimal { position += 2 }
    while let byte = byte(at: position) {
      if byte | 32 == exponent, let next = self.byte(at: position + 1),
        next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
      {
        position += 2
      } else if LuaSyntax.isNameByte(byte) || byte == UInt8(ascii: ".") {
        position += 1
      } else {
        return
      }
    }
  }

  private func skipQuoted(_ position: inout Int, _ quote: UInt8) -> Bool {
    position += 1
    while let byte = byte(at: position) {
      position += 1
      if byte == quote { return true }
      if byte == UInt8(ascii: "\\") {
        // After `\z` white space follows, line breaks too: it is part of the string.
        if self.byte(at: position) == UInt8(ascii: "z") {
          position += 1
          while let blank = self.byte(at: position), blank == 32 || (9...13).contains(blank) {
            position += 1
          }
        } else {
          let first = self.byte(at: position)
          position += 1
          // A line break of two characters is one.
          if let first, first == 10 || first == 13, let second = self.byte(at: position),
            second == 10 || second == 13, second != first
          {
            position += 1
          }
        }
      } else if byte == 10 || byte == 13 {
        return false
      }
    }
    return false
  }

  /// How many equals signs a long bracket has that opens here; nil when none does.
  private func longBracketLevel(at start: Int) -> Int? {
    guard byte(at: start) == UInt8(ascii: "[") else { return nil }
    var position = start + 1
    while byte(at: position) == UInt8(ascii: "=") { position += 1 }
    return byte(at: position) == UInt8(ascii: "[") ? position - start - 1 : nil
  }

  private func skipLong(_ position: inout Int, _ level: Int) -> Bool {
    let bracket = UInt8(ascii: "]")
    let end = [bracket] + Array(repeating: UInt8(ascii: "="), count: level) + [bracket]
    position += level + 2
    while position < source.count {
      if source[position] == bracket, source[position...].starts(with: end) {
        position += end.count
        return true
      }
      position += 1
    }
    return false
  }

  private func byte(at position: Int) -> UInt8? {
    position < source.count ? source[position] : nil
  }

  private func digit(at position: Int) -> Bool { byte(at: position).map(Self.isDigit) ?? false }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
