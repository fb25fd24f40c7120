// Behaviour, written in Lua: each file of Tests/Specs is a program that checks one thing.

import TestSupport
import Testing

/// A way to start processes.
enum StartMethod: String, CaseIterable, Sendable {
  case fork, spawn, forkserver

  /// Makes `mplua`, and the `mplua`s that its scripts run, use the method.
  var environment: [String: String?] {
    // What a fresh process must not run is run by the others: it would raise an error there.
    self == .fork
      ? [:] : ["LUA_INIT": "require 'multiprocessing'.set_start_method '\(rawValue)'"]
  }
}

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

  /// The methods that the script is about: all, or as many as its first lines name after `--` and
  /// before `only:`, where it says why: `-- fork, forkserver only: reason`.
  var methods: [StartMethod] {
    let text = Repository.text(of: "Tests/Specs/\(module)/\(file)") ?? ""
    for line in text.split(separator: "\n").prefix(3) where line.hasPrefix("-- ") {
      guard let end = line.firstRange(of: " only: ") else { continue }
      let names = line.dropFirst(3)[..<end.lowerBound].split(separator: ",").map {
        $0.filter { $0 != " " }
      }
      let named = names.compactMap { StartMethod(rawValue: $0) }
      if named.count == names.count { return named }
    }
    return StartMethod.allCases
  }
}

@Suite("Specs", .timeLimit(.minutes(15)))
struct SpecTests {
  @Test("ends well, says ok and leaves nothing", arguments: Spec.all, StartMethod.allCases)
  func passes(spec: Spec, method: StartMethod) throws {
    guard spec.methods.contains(method) else { return }
    let outcome = try run(
      .mplua, ["\(spec.module)/\(spec.file)"], environment: method.environment,
      directory: "\(Repository.root)/Tests/Specs", timeLimit: .seconds(180))
    let lastLine = outcome.output.split(separator: "\n").last
    #expect(outcome.ending == .exited(0) && lastLine == "ok", "\(outcome)")
    #expect(outcome.leftProcesses.isEmpty)
  }
}
