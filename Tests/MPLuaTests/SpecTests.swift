// Behaviour, written in Lua: each file of Tests/Specs is a program that checks one thing.

import TestSupport
import Testing

/// A script of `Tests/Specs/<Python module>/`.
struct Spec: Sendable, CustomTestStringConvertible {
  let module: String
  let file: String

  var testDescription: String { "\(module)/\(file)" }

  static let all = Repository.list("Tests/Specs").flatMap { module in
    Repository.list("Tests/Specs/\(module)").filter { $0.hasSuffix(".lua") }.map { file in
      Spec(module: module, file: file)
    }
  }
}

@Suite("Specs", .timeLimit(.minutes(10)))
struct SpecTests {
  @Test("ends well, says ok and leaves nothing", arguments: Spec.all)
  func passes(spec: Spec) throws {
    let outcome = try run(
      .mplua, ["\(spec.module)/\(spec.file)"], directory: "\(Repository.root)/Tests/Specs",
      timeLimit: .seconds(180))
    let lastLine = outcome.output.split(separator: "\n").last
    #expect(outcome.ending == .exited(0) && lastLine == "ok", "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
  }
}
