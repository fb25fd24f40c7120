// The comment above a definition: text, an example, annotations.

/// A block of lines that begin with three dashes.
struct HelpBlock {
  private(set) var text: [String] = []
  private(set) var example: [String] = []
  private(set) var className: String?
  private(set) var parentNames: [String] = []
  private(set) var fields: [HelpValue] = []
  private(set) var parameters: [HelpValue] = []
  private(set) var results: [HelpValue] = []
  /// Whether it only names a type, or the file.
  private(set) var isAlias = false
  private var isInExample = false
  private var hasLines = false

  var isEmpty: Bool { !hasLines }

  /// Adds a line, without its dashes.
  ///
  /// - Returns: What is wrong with it, or nil.
  mutating func add(_ line: Substring) -> String? {
    hasLines = true
    if isInExample {
      if line == "```" { isInExample = false } else { example.append(String(line)) }
      return nil
    }
    if line == "```lua" {
      isInExample = true
      while text.last == "" { text.removeLast() }
      // Another example follows a blank line.
      if !example.isEmpty { example.append("") }
      return nil
    }
    guard let annotation = line.dropping("@") else {
      text.append(String(line))
      return nil
    }
    guard let space = annotation.firstIndex(of: " ") else { return "cannot read ---\(line)" }
    let rest = annotation[annotation.index(after: space)...]
    switch annotation[..<space] {
    case "meta", "alias": isAlias = true
    case "overload": if !rest.hasPrefix("fun(") { return "an overload is a function: \(rest)" }
    case "class": return addClass(rest)
    case "field": return Self.value(rest, into: &fields)
    case "param": return Self.value(rest, into: &parameters)
    case "return": return addResult(rest)
    default: return "unknown annotation @\(annotation[..<space])"
    }
    return nil
  }

  private mutating func addClass(_ rest: Substring) -> String? {
    if className != nil { return "two classes in one comment" }
    let parts = rest.split(separator: ": ", maxSplits: 1)
    let parents = parts.dropFirst().flatMap { $0.split(separator: ", ") }
    guard let name = parts.first, ([name] + parents).allSatisfy({ $0.allSatisfy(Self.isOfName) })
    else { return "cannot read ---@class \(rest)" }
    className = String(name)
    parentNames = parents.map(String.init)
    return nil
  }

  private mutating func addResult(_ rest: Substring) -> String? {
    guard let (type, after) = Self.type(rest) else { return "cannot read ---@return \(rest)" }
    // `any ...`: as many as there are.
    let isList = after == "..." || after.hasPrefix("... ")
    let text = isList ? after.dropFirst(4) : after
    guard text.isEmpty || text.hasPrefix("# ") else {
      return "the text of ---@return begins with #: \(rest)"
    }
    results.append(
      HelpValue(
        name: isList ? "..." : "", type: type, isOptional: type.hasSuffix("?"),
        text: text.isEmpty ? "" : String(text.dropFirst(2))))
    return nil
  }

  private static func value(_ rest: Substring, into list: inout [HelpValue]) -> String? {
    guard let space = rest.firstIndex(of: " "),
      let (type, text) = type(rest[rest.index(after: space)...])
    else { return "cannot read \(rest)" }
    let written = rest[..<space]
    let name = written.dropping(last: "?") ?? written
    guard name == "..." || (!name.isEmpty && name.allSatisfy(isOfName)) else {
      return "\(name) is no name"
    }
    list.append(
      HelpValue(
        name: String(name), type: type, isOptional: written.hasSuffix("?"), text: String(text)))
    return nil
  }

  /// Takes the type that a text begins with, up to the space outside all brackets.
  private static func type(_ text: Substring) -> (type: String, rest: Substring)? {
    var depth = 0
    var isAfterSeparator = false
    let end = text.firstIndex { character in
      switch character {
      case "(", "<", "{", "[": depth += 1
      case ")", ">", "}", "]": depth -= 1
      default: break
      }
      // `fun(x: number): number` goes on after its colon.
      defer { isAfterSeparator = character == ":" || character == "," }
      return character == " " && depth == 0 && !isAfterSeparator
    }
    let type = text[..<(end ?? text.endIndex)]
    guard depth == 0, !type.isEmpty else { return nil }
    return (String(type), end.map { text[text.index(after: $0)...] } ?? "")
  }

  private static func isOfName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "._".contains(character))
  }
}
