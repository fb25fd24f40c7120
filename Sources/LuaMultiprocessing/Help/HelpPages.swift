// Entries as pages of text.

extension HelpLibrary {
  private static let width = 80

  /// The page of an entry, without a newline at its end.
  package func page(of entry: HelpEntry) -> String {
    let heading = heading(of: entry)
    let bracket = heading.prefix { $0 != "(" }.count
    var parts = [Self.wrapped(heading, indent: bracket + 1, first: 0)]
    parts += Self.paragraphs(of: entry.text)
    if let parameters = parameters(of: entry), parameters.contains(where: { !$0.text.isEmpty }) {
      parts.append(Self.section("Takes", parameters.map { ($0.name, Self.description(of: $0)) }))
    }
    if !entry.results.isEmpty {
      parts.append(Self.section("Gives", entry.results.map { ($0.shownType + $0.name, $0.text) }))
    }
    if !entry.parents.isEmpty {
      parts.append("Extends \(entry.parents.map(title).joined(separator: " and ")).")
    }
    parts += lists(of: entry)
    let example = example(of: entry)
    if !example.isEmpty {
      parts.append((["Example"] + example.map { $0.isEmpty ? "" : "  \($0)" }).lines)
    }
    return parts.joined(separator: "\n\n")
  }

  /// What is shown for a name that has no entry.
  package func apology(for name: String) -> String {
    let near = names(near: name).map { title(of: $0) }
    let hint = near.isEmpty ? "mp.help() lists all" : "near it: \(near.joined(separator: ", "))"
    return "no help for '\(name)'; \(hint)"
  }

  /// The lines of an entry's own example, or of the one of its class that shows it.
  package func example(of entry: HelpEntry) -> [String] {
    if !entry.example.isEmpty { return entry.example }
    if entry.kind == .classOfObjects || entry.kind == .module { return [] }
    return lineage(of: entry.owner).lazy.compactMap { entries[$0]?.example }
      .first { Self.shows($0, entry) } ?? []
  }

  /// Whether lines of Lua use a name after a dot or a colon, or as a keyword of its own class.
  package static func shows(_ lines: [String], _ entry: HelpEntry) -> Bool {
    let name = entry.lastName
    return lines.contains { line in
      line.ranges(of: name).contains { range in
        guard let before = line[..<range.lowerBound].last, ".:".contains(before) else {
          return false
        }
        guard let after = line[range.upperBound...].first else { return true }
        return !(after.isLetter || after.isNumber || after == "_")
      }
    }
  }

  // MARK: - Parts

  /// A name as scripts write it.
  package func title(of name: String) -> String {
    guard let entry = entry(named: name) else { return name }
    if entry.name.isEmpty { return "multiprocessing" }
    if entry.kind == .method { return "\(entry.owner):\(entry.lastName)" }
    return entry.isInModule ? "mp.\(entry.name)" : entry.name
  }

  /// A class of processes is called with the arguments of its `init`.
  private func parameters(of entry: HelpEntry) -> [HelpValue]? {
    entry.parameters ?? entries["\(entry.name).init"]?.parameters
  }

  /// The name with what it takes, or what it is.
  package func heading(of entry: HelpEntry) -> String {
    var heading = title(of: entry.name)
    if let parameters = parameters(of: entry) { heading += Self.signature(parameters) }
    if let type = entry.type {
      heading += entry.kind == .constant ? " = \(type)" : ": \(type)\(entry.isOptional ? "?" : "")"
    }
    return heading
  }

  /// As Lua's manual writes it: `(obj [, block [, timeout]] [, {timeout, retries}])`.
  static func signature(_ parameters: [HelpValue]) -> String {
    var text = ""
    var open = 0
    for parameter in parameters where !parameter.isKeywordOnly {
      if parameter.isOptional {
        text += text.isEmpty ? "[" : " ["
        open += 1
      }
      text += text.allSatisfy({ $0 == "[" }) ? parameter.name : ", \(parameter.name)"
    }
    text += String(repeating: "]", count: open)
    let keywords = parameters.filter(\.isKeywordOnly).map(\.name).joined(separator: ", ")
    if !keywords.isEmpty { text += text.isEmpty ? "{\(keywords)}" : " [, {\(keywords)}]" }
    return "(\(text))"
  }

  static func description(of value: HelpValue) -> String {
    var type = value.shownType
    if value.isOptional, type != "nil", type != "any" { type += " or nil" }
    if value.isKeywordOnly { type += ", as a keyword" }
    return value.text.isEmpty ? type : "\(type): \(value.text)"
  }

  private func lists(of entry: HelpEntry) -> [String] {
    guard entry.kind == .classOfObjects || entry.kind == .module else { return [] }
    let members = members(of: entry.name)
    let kinds: [(HelpEntry.Kind, String)] = [
      (.module, "Submodules"), (.classOfObjects, "Classes"), (.function, "Functions"),
      (.method, "Methods"), (.field, "Fields"), (.constant, "Constants"),
    ]
    let prefix = entry.name.isEmpty ? "" : "\(entry.name)."
    let others = aliases.filter { $0.key.hasPrefix(prefix) && !prefix.isEmpty }
      .map { title(of: $0.value) }.sorted()
    let also =
      others.isEmpty
      ? [] : [Self.wrapped("Also here: \(others.joined(separator: ", ")).", indent: 0)]
    return also
      + kinds.compactMap { kind, title in
        let found = members.filter { $0.kind == kind }
        if found.isEmpty { return nil }
        return Self.section(title, found.map { ($0.lastName, $0.summary) })
      }
  }

  // MARK: - Layout

  private static func section(_ title: String, _ rows: [(name: String, text: String)]) -> String {
    let column = min(24, rows.map(\.name.count).max() ?? 0) + 4
    let lines = rows.map { row -> String in
      let name = "  \(row.name)"
      guard !row.text.isEmpty else { return name }
      let text = wrapped(plain(row.text), indent: column)
      if name.count + 2 > column { return "\(name)\n\(text)" }
      return name + text.dropFirst(name.count)
    }
    return ([title] + lines).lines
  }

  private static func paragraphs(of text: [String]) -> [String] {
    text.split(separator: "").map { lines in
      wrapped(plain(lines.joined(separator: " ")), indent: 0)
    }
  }

  /// Without the marks that editors show as code; what is between them stays on one line.
  private static func plain(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    return parts.enumerated().map { position, part in
      position % 2 == 1 && part.count < 40 ? part.replacing(" ", with: "\u{A0}") : part
    }.joined()
  }

  private static func wrapped(_ text: String, indent: Int, first: Int? = nil) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = String(repeating: " ", count: first ?? indent)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = margin
        isEmpty = true
      }
      line += isEmpty ? word : " \(word)"
      isEmpty = false
    }
    return (lines + [line]).lines.replacing("\u{A0}", with: " ")
  }
}

extension [String] {
  fileprivate var lines: String { joined(separator: "\n") }
}
