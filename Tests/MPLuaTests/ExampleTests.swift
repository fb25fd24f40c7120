// The examples print what Python's programs print, whoever reads it.

import TestSupport
import Testing

/// One of the scripts of `examples/`.
struct Example: Sendable, CustomTestStringConvertible {
  let name: String
  var isOnStandardError = false
  /// Whether it chooses a start method itself, so that none may be chosen before.
  var choosesMethod = false
  /// Lines that always come last, whatever the order of the others.
  var last = ""
  /// Which process writes a line: lines of one process keep their order, others may mix.
  var writer: @Sendable (String) -> String = { _ in "main" }

  var testDescription: String { name }
}

/// Every example, with the orders in which its lines may come.
private let examples = [
  Example(name: "greeting"),
  Example(name: "greeting_args"),
  Example(name: "square", writer: { $0 == "Done" ? "main" : "child" }),
  Example(name: "square_even", last: "Done", writer: { $0.contains("even") ? "p2" : "p1" }),
  Example(name: "queues"),
  Example(name: "pipes"),
  Example(name: "locks", writer: { $0 }),
  Example(name: "pool"),
  Example(name: "logging", isOnStandardError: true),
  Example(name: "spawn", choosesMethod: true),
  Example(name: "executor"),
  Example(name: "mandelbrot"),
  Example(name: "wordcount"),
  Example(name: "pipeline"),
]

@Suite("Examples", .timeLimit(.minutes(15)))
struct ExampleTests {
  /// More runs find orders that seldom come.
  static let runs = environmentValue("MPLUA_EXAMPLE_RUNS").flatMap(Int.init) ?? 3

  @Test("prints what it should", arguments: examples, Stage.allCases)
  func printsExpected(example: Example, stage: Stage) throws {
    let expected = try #require(Repository.text(of: "examples/expected/\(example.name).txt"))
    for _ in 0..<Self.runs {
      let outcome = try run(
        .mplua, ["\(example.name).lua"], directory: "\(Repository.root)/examples", on: stage)
      #expect(outcome.isClean, "\(outcome)")
      let isOnErrors = example.isOnStandardError && stage == .pipes
      let text = withoutBars(isOnErrors ? outcome.errors : outcome.output)
      #expect((isOnErrors ? outcome.output : outcome.errors).isEmpty, "\(outcome)")
      #expect(text.hasSuffix(example.last + "\n"), "\(text)")
      #expect(ordered(text, by: example.writer) == ordered(expected, by: example.writer), "\(text)")
    }
  }

  @Test(
    "prints the same with fresh processes", arguments: examples.filter { !$0.choosesMethod },
    [StartMethod.spawn, .forkserver])
  func printsExpected(example: Example, method: StartMethod) throws {
    let expected = try #require(Repository.text(of: "examples/expected/\(example.name).txt"))
    let code = "require\"multiprocessing\".set_start_method\"\(method.rawValue)\""
    let outcome = try run(
      .mplua, ["-e", code, "\(example.name).lua"], directory: "\(Repository.root)/examples")
    #expect(outcome.isClean, "\(outcome)")
    let text = example.isOnStandardError ? outcome.errors : outcome.output
    #expect(text.hasSuffix(example.last + "\n"), "\(text)")
    #expect(ordered(text, by: example.writer) == ordered(expected, by: example.writer), "\(text)")
  }

  @Test("is tested")
  func allAreTested() {
    let scripts = Repository.list("examples").filter { $0.hasSuffix(".lua") }
    #expect(scripts == examples.map { "\($0.name).lua" }.sorted())
  }

  /// A text without the progress bars that a terminal gets.
  private func withoutBars(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
      // What was printed while a bar was drawn stands behind the last clearing of the line.
      guard let bar = line.ranges(of: "\u{1B}[K").last else { return line }
      return bar.upperBound == line.endIndex ? nil : line[bar.upperBound...]
    }.joined(separator: "\n")
  }

  /// The lines of each writer, in their order.
  private func ordered(_ text: String, by writer: (String) -> String) -> [String: [String]] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Dictionary(grouping: lines, by: writer)
  }
}
