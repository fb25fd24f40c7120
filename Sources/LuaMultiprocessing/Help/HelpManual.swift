// The help as one manual page, in the macros of man(7).

internal import Multiprocessing

extension HelpLibrary {
  /// The page multiprocessing(3lua).
  package func manual() -> String {
    var page = ManualPage()
    page.macro("TH", ["multiprocessing", "3lua", "", "mplua \(mpluaVersion)", "Lua modules"])
    page.macro("SH", ["NAME"])
    page.line("multiprocessing - processes that share queues, locks and memory")
    page.macro("SH", ["SYNOPSIS"])
    page.code(["local mp = require \"multiprocessing\""])
    page.macro("SH", ["DESCRIPTION"])
    if let module = entries[""] { describe(module, in: &page) }
    let all = order.compactMap { entries[$0] }
    let classes = all.filter { $0.kind == .classOfObjects }
    let sections: [(String, [HelpEntry])] = [
      ("FUNCTIONS", all.filter { $0.kind == .function && $0.owner.isEmpty }),
      ("CLASSES", classes.filter { !isError($0) }),
      ("SUBMODULES", all.filter { $0.kind == .module && !$0.name.isEmpty }),
      ("CONSTANTS", all.filter { $0.kind == .constant && $0.owner.isEmpty }),
      ("ERRORS", classes.filter(isError)),
    ]
    for (title, entries) in sections {
      page.macro("SH", [title])
      for entry in entries { addSection(entry, to: &page) }
    }
    page.macro("SH", ["SEE ALSO"])
    page.line("`lua`(1)")
    return page.text
  }

  private func isError(_ entry: HelpEntry) -> Bool { lineage(of: entry.name).contains("Exception") }

  private func addSection(_ entry: HelpEntry, to page: inout ManualPage) {
    page.macro("SS", [heading(of: entry)])
    describe(entry, in: &page)
    for member in order.compactMap({ entries[$0] })
    where member.owner == entry.name && member.kind != .classOfObjects && !member.name.isEmpty {
      page.macro("TP", [])
      page.line("`\(heading(of: member))`")
      page.macro("RS", [])
      describe(member, in: &page)
      page.macro("RE", [])
    }
  }

  /// Its text, parameters, results and own example.
  private func describe(_ entry: HelpEntry, in page: inout ManualPage) {
    page.paragraphs(entry.text)
    if !entry.parents.isEmpty {
      page.paragraphs(["Extends \(entry.parents.map(title).joined(separator: " and "))."])
    }
    for value in entry.parameters ?? [] where !value.text.isEmpty {
      page.item(value.name, HelpLibrary.description(of: value))
    }
    for value in entry.results where !value.text.isEmpty {
      page.item("gives \(value.shownType)\(value.name)", value.text)
    }
    if !entry.example.isEmpty { page.code(entry.example) }
  }
}

/// Text with the macros of man(7).
private struct ManualPage {
  private(set) var text = ""
  /// Whether a heading was the last: a paragraph begins there anyway.
  private var isAtStart = false

  mutating func macro(_ name: String, _ arguments: [String]) {
    isAtStart = ["SH", "SS", "RS"].contains(name)
    let quoted = arguments.map {
      " \"\(Self.escaped($0[...]).replacing("\"", with: "\\(dq"))\""
    }
    text += ".\(name)\(quoted.joined())\n"
  }

  /// A line of text, with what stands between backquotes in bold.
  mutating func line(_ content: String) {
    let parts = content.split(separator: "`", omittingEmptySubsequences: false)
    let shown = parts.enumerated().map { position, part in
      position % 2 == 1 ? "\\fB\(Self.escaped(part))\\fR" : Self.escaped(part)
    }.joined()
    text += Self.guarded(shown) + "\n"
    isAtStart = false
  }

  private mutating func beginParagraph() { if !isAtStart { macro("PP", []) } }

  mutating func paragraphs(_ lines: [String]) {
    for paragraph in lines.split(separator: "") {
      beginParagraph()
      line(paragraph.joined(separator: " "))
    }
  }

  mutating func item(_ name: String, _ description: String) {
    macro("TP", [])
    line("`\(name)`")
    line(description)
  }

  mutating func code(_ lines: [String]) {
    beginParagraph()
    text += ".RS 4\n.nf\n"
    for line in lines { text += Self.guarded(Self.escaped(line[...])) + "\n" }
    text += ".fi\n.RE\n"
    isAtStart = false
  }

  /// Characters that roff would take for its own.
  private static func escaped(_ text: Substring) -> String {
    String(text).replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("…", with: "...").replacing("\t", with: "  ")
  }

  /// A line that begins with a dot or a quote would be a macro.
  private static func guarded(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : line
  }
}
