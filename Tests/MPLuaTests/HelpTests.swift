// The help says all there is, says it rightly, and its examples print what they show.

import LuaMultiprocessing
import TestSupport
import Testing

@Suite("Help", .timeLimit(.minutes(15)))
struct HelpTests {
  private static let library = HelpLibrary.shared

  @Test("each line of the definition file is understood")
  func reads() { #expect(Self.library.problems == []) }

  @Test("what the reader does not know is a problem, with its line")
  func complains() {
    let problems = { (text: String) in
      HelpLibrary("---@class multiprocessing\nlocal mp = {}\n" + text).problems
    }
    #expect(
      problems("---@parm x any\nfunction mp.f(x) end") == [
        "3: unknown annotation @parm", "4: f declares (x), its ---@param are others",
      ])
    #expect(
      problems("---@param y any\nfunction mp.f(x) end") == [
        "4: f declares (x), its ---@param are others"
      ])
    #expect(
      problems("---@return any text\nfunction mp.f() end") == [
        "3: the text of ---@return begins with #: any text"
      ])
    #expect(
      problems("---@param x multiprocessing.keywords.X\nfunction mp.f(x) end") == [
        "4: multiprocessing.keywords.X is not declared above"
      ])
    #expect(problems("---lost\n") == ["4: text without a name"])
    #expect(problems("function q.f() end") == ["3: cannot read function q.f() end"])
    #expect(problems("---@type x") == ["3: unknown annotation @type"])
    #expect(problems("mp.x = 1\nmp.x = 2") == ["4: x is declared twice"])
  }

  @Test("all types are known")
  func types() {
    var known: Set = [
      "any", "boolean", "false", "fun", "function", "integer", "multiprocessing.Keywords", "nil",
      "number", "string", "table", "userdata", "multiprocessing",
    ]
    for entry in Self.library.entries.values where entry.kind == .classOfObjects {
      known.insert("multiprocessing.\(entry.name)")
    }
    for entry in Self.library.entries.values {
      for value in (entry.parameters ?? []) + entry.results {
        let words = value.type.split { !($0.isLetter || $0 == "." || $0 == "_") }
        for word in words where !known.contains(String(word)) {
          Issue.record("\(entry.name): \(word) is no type")
        }
      }
      for parent in entry.parents {
        #expect(Self.library.entries[parent] != nil, "\(entry.name) extends \(parent)")
      }
    }
    for target in Self.library.aliases.values {
      #expect(Self.library.entries[target] != nil, "\(target) is not there")
    }
  }

  @Test("each entry has a text, and an example that shows it")
  func complete() throws {
    for entry in Self.library.entries.values {
      let constructs = entry.parameters != nil
      #expect(!entry.text.isEmpty, "\(entry.name) has no text")
      // What only others extend is shown by them.
      if ["Guarded", "Synchronized"].contains(entry.name.prefix { $0 != "." }) { continue }
      let example = Self.library.example(of: entry)
      #expect(!example.isEmpty, "no example shows \(entry.name)")
      if constructs {
        let isShown = HelpLibrary.shows(example, entry) || !entry.isInModule
        #expect(isShown, "the example of \(entry.name) does not call it")
      }
    }
    for owner in ["Lock", "Value", "Array"] {
      for member in Self.library.members(of: owner) {
        let entry = try #require(Self.library.entry(named: "\(owner).\(member.lastName)"))
        #expect(!Self.library.example(of: entry).isEmpty, "no example shows \(entry.name)")
      }
    }
  }

  @Test("errors that a text names are classes of errors")
  func errors() {
    for entry in Self.library.entries.values {
      for line in entry.text {
        for word in line.split(whereSeparator: { !$0.isLetter })
        where word.hasSuffix("Error") && word != "MyError" {
          let error = Self.library.entries[String(word)]
          #expect(error?.kind == .classOfObjects, "\(entry.name): \(word)")
        }
      }
    }
  }

  @Test(
    "an example prints what it shows",
    arguments: library.order.filter { library.entries[$0]?.example.isEmpty == false })
  func example(name: String) throws {
    let lines = try #require(Self.library.entries[name]).example
    let program = "local mp = require 'multiprocessing'\n" + lines.joined(separator: "\n")
    let outcome = try run(.mplua, ["-e", program], timeLimit: .seconds(120))
    #expect(outcome.output == Self.shown(lines), "\(outcome)")
    #expect(outcome.ending == .exited(0) && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
  }

  /// What stands after the arrows.
  private static func shown(_ lines: [String]) -> String {
    lines.compactMap { line -> String? in
      if line == "-->" { return "\n" }
      return line.firstRange(of: "--> ").map { line[$0.upperBound...] + "\n" }
    }.joined()
  }

  // MARK: - The module itself

  @Test("each public name has an entry, and each entry a name")
  func names() throws {
    var names: [String: Set<String>] = [:]
    for line in try lines(of: HelpScripts.names) {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      names[parts[0], default: []].insert(parts[1])
    }
    #expect(names.count > 60 && names[""]!.count > 80 && names["Queue"]!.count > 15)
    for (owner, found) in names {
      guard let entry = Self.library.entry(named: owner.isEmpty ? "mp" : owner) else {
        Issue.record("\(owner) has no entry")
        continue
      }
      var documented = Set(
        Self.library.members(of: entry.name).filter { member in
          switch member.kind {
          // Fields that the script cannot list are shown by the examples.
          case .field: found.contains(member.lastName)
          case .classOfObjects: member.isInModule
          default: true
          }
        }.map(\.lastName))
      for alias in Self.library.aliases.keys where alias.hasPrefix(owner + ".") {
        documented.insert(String(alias.dropFirst(owner.count + 1)))
      }
      let missing = found.subtracting(documented).sorted()
      let surplus = documented.subtracting(found).sorted()
      #expect(missing == [], "of \(owner)")
      #expect(surplus == [], "of \(owner)")
    }
  }

  @Test("each function takes the parameters that its entry names")
  func parameters() throws {
    var script = HelpScripts.objects
    var asked: [String: [String]] = [:]
    for (entry, declared, receiver) in callables {
      let parameters = try #require(entry.parameters)
      if HelpScripts.withoutKeywords.contains(declared) {
        // Two of these have their own question in the script.
        let hasKeywords = parameters.contains { $0.isKeywordOnly || $0.type.contains(".Keywords") }
        #expect(!hasKeywords || ["init", "map"].contains(entry.lastName), "\(declared)")
        continue
      }
      asked[entry.name] = parameters.map(\.name)
      let required = parameters.filter { !$0.isKeywordOnly }.map { $0.isOptional ? "nil" : "print" }
      let arguments = (required + ["{no_such_keyword = 1}"]).joined(separator: ", ")
      let call =
        receiver.map { "\($0).\(entry.lastName), \($0)" } ?? "mp.\(entry.name)"
      script += "ask('\(entry.name)', \(call), \(arguments))\n"
    }
    asked["Process"] = Self.library.entries["Process.init"]?.parameters?.map(\.name)
    asked["ProcessPoolExecutor.map"] = Self.library.entries["ProcessPoolExecutor.map"]?.parameters?
      .filter(\.isKeywordOnly).map(\.name)
    #expect(asked.count > 150)
    for line in try lines(of: script) {
      let parts = line.split(separator: "\t").map(String.init)
      guard let documented = asked.removeValue(forKey: parts[0]) else { continue }
      guard let start = parts[1].firstRange(of: "'no_such_keyword'; it takes ") else {
        Issue.record("\(parts[0]) says \(parts[1])")
        continue
      }
      let taken = String(parts[1][start.upperBound...])
      #expect(
        taken == (documented.isEmpty ? "none" : documented.joined(separator: ", ")), "\(parts[0])")
    }
    #expect(asked.keys.sorted() == [], "not answered")
  }

  /// What can be called, the name that it is declared by, and the object in the script that has it.
  private var callables: [(entry: HelpEntry, declared: String, receiver: String?)] {
    let library = Self.library
    var found: [(entry: HelpEntry, declared: String, receiver: String?)] = []
    for name in library.order {
      guard let entry = library.entries[name] else { continue }
      if entry.isInModule, entry.parameters != nil { found.append((entry, name, nil)) }
      guard entry.kind == .classOfObjects, HelpScripts.hasObject.contains(entry.lastName) else {
        continue
      }
      for member in library.members(of: name) where member.kind == .method {
        var inherited = member
        inherited.name = "\(name).\(member.lastName)"
        found.append((inherited, member.name, "objects.\(entry.lastName)"))
      }
    }
    return found
  }

  @Test("values have names", arguments: HelpScripts.values)
  func values(value: String, heading: String) throws {
    let lines = try lines(of: "local mp = require 'multiprocessing'\nmp.help(\(value))")
    #expect(lines.first == heading)
  }

  @Test("pages are 80 wide; an example keeps its lines")
  func pages() throws {
    for name in Self.library.order {
      let page = Self.library.page(of: try #require(Self.library.entries[name]))
      let text = page.firstRange(of: "\n\nExample\n").map { page[..<$0.lowerBound] } ?? page[...]
      for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(name): \(line)") }
    }
  }

  @Test("the manual page has every entry, and only macros that it knows")
  func manual() {
    let library = Self.library
    let lines = library.manual().split(separator: "\n").map(String.init)
    let macros: Set = [".TH", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi"]
    for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(macros.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
    #expect(lines.count { $0.hasPrefix(".RS") } == lines.count { $0 == ".RE" })
    #expect(lines.count { $0 == ".nf" } == lines.count { $0 == ".fi" })
    for entry in library.entries.values where !entry.name.isEmpty {
      let heading = library.heading(of: entry).replacing("-", with: "\\-")
      let asSection = ".SS \"\(heading.replacing("\"", with: "\\(dq"))\""
      #expect(lines.contains { $0 == asSection || $0 == "\\fB\(heading)\\fR" }, "\(heading)")
    }
  }

  private func lines(of script: String) throws -> [String] {
    let outcome = try run(.mplua, ["-"], input: script, timeLimit: .seconds(120))
    #expect(outcome.ending == .exited(0) && outcome.errors.isEmpty, "\(outcome)")
    return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      .dropLast()
  }
}
