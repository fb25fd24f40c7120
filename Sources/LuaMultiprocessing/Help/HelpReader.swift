// Reads a definition file: Lua's names with LuaLS annotations above them.

/// Reads definitions line by line.
///
/// Only what the file needs of Lua and of the annotations is known; everything else is a problem, so
/// that a slip of the pen is found by the tests.
package struct HelpReader {
  /// By name.
  package private(set) var entries: [String: HelpEntry] = [:]
  /// The names in the order of the file.
  package private(set) var order: [String] = []
  /// Names that stand for others: `futures.wait` may be another name's own function.
  package private(set) var aliases: [String: String] = [:]
  /// What could not be read, with the number of its line.
  package private(set) var problems: [String] = []

  private var block = HelpBlock()
  /// The classes' tables in the file, by the name of their variable.
  private var variables: [String: String] = [:]
  /// The keyword classes, by name: their fields are keywords.
  private var keywords: [String: [HelpValue]] = [:]
  private var line = 0

  package init(_ text: String) {
    for content in text.split(separator: "\n", omittingEmptySubsequences: false) {
      line += 1
      read(content)
    }
  }

  private mutating func complain(_ what: String) { problems.append("\(line): \(what)") }

  private mutating func read(_ content: Substring) {
    if content.hasPrefix("---") {
      if let problem = block.add(content.dropFirst(3)) { complain(problem) }
      return
    }
    defer { block = HelpBlock() }
    if content.isEmpty { return endBlock() }
    if let rest = content.dropping("local "), let name = rest.dropping(last: " = {}") {
      return declareVariable(String(name))
    }
    if let rest = content.dropping("function ") { return declareFunction(rest) }
    if content.hasPrefix("return ") || content.hasPrefix("-- ") { return }
    guard let sign = content.firstRange(of: " = ") else {
      return complain("cannot read \(content)")
    }
    assign(String(content[..<sign.lowerBound]), to: String(content[sign.upperBound...]))
  }

  // MARK: - Declarations

  /// A block that nothing follows: a keyword class, a class without methods, or an alias.
  private mutating func endBlock() {
    if block.className != nil { return _ = declareClass() }
    if !block.isEmpty, !block.isAlias { complain("text without a name") }
  }

  private mutating func declareVariable(_ variable: String) {
    guard let name = declareClass() else { return complain("\(variable) has no ---@class") }
    variables[variable] = name
    if name.isEmpty { entries[name]?.kind = .module }
  }

  /// Declares the block's class and its fields.
  ///
  /// - Returns: Its name below the module, or nil when the block has no class.
  private mutating func declareClass() -> String? {
    guard let fullName = block.className else { return nil }
    let name = Self.shortened(fullName)
    let parents = block.parentNames.map(Self.shortened)
    if name.hasPrefix("keywords.") {
      keywords[name] = parents.flatMap { keywords[$0] ?? [] } + block.fields
      return name
    }
    var entry = HelpEntry(name: name, kind: .classOfObjects)
    entry.parents = parents
    entry.text = block.text
    entry.example = block.example
    add(entry)
    for field in block.fields {
      var entry = HelpEntry(name: Self.path(name, field.name), kind: .field)
      entry.text = field.text.isEmpty ? [] : [field.text]
      entry.type = field.shownType
      entry.isOptional = field.isOptional
      add(entry)
    }
    return name
  }

  private mutating func declareFunction(_ declaration: Substring) {
    guard let call = declaration.dropping(last: ") end"), let open = call.firstIndex(of: "("),
      let separator = call[..<open].lastIndex(where: { $0 == "." || $0 == ":" }),
      let owner = variables[String(call[..<separator])]
    else { return complain("cannot read function \(declaration)") }
    let name = Self.path(owner, String(call[call.index(after: separator)..<open]))
    let declared = call[call.index(after: open)...].split(separator: ",").map {
      String($0.drop { $0 == " " })
    }
    if declared != block.parameters.map(\.name) {
      complain("\(name) declares (\(declared.joined(separator: ", "))), its ---@param are others")
    }
    let isMethod = call[separator] == ":"
    var entry = HelpEntry(name: name, kind: isMethod ? .method : .function)
    entry.isInModule = entries[owner]?.kind == .module
    entry.parameters = expanded(block.parameters)
    entry.results = block.results
    entry.text = block.text
    entry.example = block.example
    add(entry)
  }

  /// The parameters with each keyword class replaced by its keywords.
  private mutating func expanded(_ parameters: [HelpValue]) -> [HelpValue] {
    parameters.flatMap { parameter -> [HelpValue] in
      var types = parameter.type.split(separator: "|").map(String.init)
      guard let place = types.firstIndex(where: { $0.hasPrefix("multiprocessing.keywords.") })
      else { return [parameter] }
      let name = types.remove(at: place)
      guard let fields = keywords[Self.shortened(name)] else {
        complain("\(name) is not declared above")
        return []
      }
      // `any|multiprocessing.keywords.X` are other arguments, and keywords at their end.
      let others = types.isEmpty ? [] : [parameter.withType(types.joined(separator: "|"))]
      return others + fields.map(\.asKeywordOnly)
    }
  }

  private mutating func assign(_ target: String, to value: String) {
    guard let separator = target.lastIndex(of: "."),
      let owner = variables[String(target[..<separator])]
    else { return complain("cannot read \(target) = \(value)") }
    let name = Self.path(owner, String(target[target.index(after: separator)...]))
    if let variable = variables[value] {
      guard variable == name else { return aliases[name] = variable }
      entries[name]?.isInModule = true
      if value.first?.isLowercase == true { entries[name]?.kind = .module }
      return
    }
    if let dot = value.lastIndex(of: "."), let source = variables[String(value[..<dot])] {
      return aliases[name] = Self.path(source, String(value[value.index(after: dot)...]))
    }
    if block.className != nil {
      guard declareClass() == name else { return complain("\(target) is another class") }
      entries[name]?.isInModule = true
      return
    }
    var entry = HelpEntry(name: name, kind: .constant)
    entry.isInModule = true
    entry.type = value
    entry.text = block.text
    entry.example = block.example
    add(entry)
  }

  /// Adds an entry; a class and the function that makes its objects become one.
  private mutating func add(_ entry: HelpEntry) {
    guard var class_ = entries[entry.name] else {
      order.append(entry.name)
      return entries[entry.name] = entry
    }
    guard class_.kind == .classOfObjects, entry.kind == .function else {
      return complain("\(entry.name) is declared twice")
    }
    class_.parameters = entry.parameters
    class_.isInModule = true
    if !entry.text.isEmpty { class_.text += [""] + entry.text }
    class_.example += entry.example
    entries[entry.name] = class_
  }

  // MARK: - Names

  static func path(_ owner: String, _ name: String) -> String {
    owner.isEmpty ? name : "\(owner).\(name)"
  }

  /// A class's name below the module.
  static func shortened(_ name: String) -> String {
    if name == "multiprocessing" { return "" }
    return name.dropping("multiprocessing.").map(String.init) ?? name
  }
}

extension StringProtocol {
  /// The rest after a prefix; nil when it is not there.
  func dropping(_ prefix: String) -> SubSequence? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }

  /// What stands before a suffix; nil when it is not there.
  func dropping(last suffix: String) -> SubSequence? {
    hasSuffix(suffix) ? dropLast(suffix.count) : nil
  }
}
