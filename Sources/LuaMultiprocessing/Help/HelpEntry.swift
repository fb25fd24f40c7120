// What the help says of one name.

/// A parameter, a keyword, or a result of a function.
package struct HelpValue: Equatable, Sendable {
  /// Empty for a result, `...` for as many as there are.
  package let name: String
  package private(set) var type: String
  package let isOptional: Bool
  package private(set) var isKeywordOnly = false
  package let text: String

  init(name: String, type: String, isOptional: Bool, text: String) {
    self.name = name
    self.type = type
    self.isOptional = isOptional
    self.text = text
  }

  /// The same, for a keyword that has no place among the arguments.
  var asKeywordOnly: HelpValue {
    var value = self
    value.isKeywordOnly = true
    return value
  }

  func withType(_ type: String) -> HelpValue {
    var value = self
    value.type = type
    return value
  }

  /// The type as pages show it: that keywords may stand in its place goes without saying.
  var shownType: String {
    type.replacing("|multiprocessing.Keywords", with: "").replacing("multiprocessing.", with: "")
  }
}

/// One public name: the module, a submodule, a class, a function, a method, a field or a constant.
package struct HelpEntry: Equatable, Sendable {
  package enum Kind: Sendable {
    case module
    case classOfObjects
    case function
    case method
    case field
    case constant
  }

  /// The path below the module: `Queue`, `Queue.put`, `futures.wait`; empty for the module itself.
  package var name: String
  package var kind: Kind
  /// Whether `mp.` stands before the name in a script: not so for classes that only functions make.
  package var isInModule = false
  /// The classes that this one extends.
  package var parents: [String] = []
  /// What it means: lines, with empty ones between paragraphs.
  package var text: [String] = []
  /// Lines of Lua; what a line prints stands after `-->`, there or below.
  package var example: [String] = []
  /// Nil for what cannot be called.
  package var parameters: [HelpValue]?
  package var results: [HelpValue] = []
  /// Of a field and a constant.
  package var type: String?
  package var isOptional = false

  /// The class or submodule that it belongs to; empty for the module.
  package var owner: String { String(name[..<(name.lastIndex(of: ".") ?? name.startIndex)]) }

  /// The name without its owner.
  package var lastName: String {
    name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
  }

  /// The first sentence of the text.
  var summary: String {
    let paragraph = text.prefix { !$0.isEmpty }.joined(separator: " ")
    guard let end = paragraph.firstRange(of: ". ") else { return paragraph }
    return String(paragraph[..<end.lowerBound]) + "."
  }
}
