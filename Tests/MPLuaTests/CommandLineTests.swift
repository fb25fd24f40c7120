// mplua is lua to the byte: what Lua 5.4.4's own interpreter does, written down.

import Glibc
import TestSupport
import Testing

/// A command line, and what it must give.
///
/// The expectations were made with Lua's own interpreter. Ours are only the line with the version,
/// and the message for a statement that the input ends in, where Lua 5.4.4 prints `(null)`.
struct CommandLine: Sendable, CustomTestStringConvertible {
  static let banner = "mplua 0.1.0, Lua 5.4.4  Copyright (C) 1994-2022 Lua.org, PUC-Rio\n"
  static let all = options + script + input + prompt

  let arguments: [String]
  let input: String
  let environment: [String: String]
  let output: String
  let errors: String
  let status: Int32

  init(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    output: String = "", errors: String = "", status: Int32 = 0
  ) {
    self.arguments = arguments
    self.input = input
    self.environment = environment
    self.output = output
    self.errors = errors
    self.status = status
  }

  var testDescription: String { "\(environment) \(arguments) < \(input.debugDescription)" }
}

@Suite("Command line", .timeLimit(.minutes(15)))
struct CommandLineTests {
  @Test("does what lua does", arguments: CommandLine.all)
  func sameAsLua(line: CommandLine) throws {
    let directory = try #require(Self.directory)
    var environment: [String: String?] = [
      "LUA_INIT": nil, "LUA_INIT_5_4": nil, "LUA_PATH": nil, "LUA_PATH_5_4": nil,
      "LUA_CPATH": nil, "LUA_CPATH_5_4": nil,
    ]
    for (name, value) in line.environment { environment.updateValue(value, forKey: name) }
    let outcome = try run(
      .mplua, line.arguments, input: line.input, environment: environment, directory: directory)
    #expect(outcome.output.replacing(Program.mplua.path, with: "mplua") == line.output)
    #expect(outcome.errors.replacing(Program.mplua.path, with: "mplua") == line.errors)
    #expect(outcome.ending == .exited(line.status))
    #expect(outcome.leftProcesses.isEmpty)
  }

  @Test("says what it is, and runs nothing", arguments: [[], ["-i"], ["-e", "print(1)"]])
  func version(before: [String]) throws {
    let outcome = try run(
      .mplua, before + ["--version", "-x"], environment: ["LUA_INIT": "print(0)"])
    #expect(outcome.isClean, "\(outcome)")
    #expect(outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count == 4, "\(outcome)")
    #expect(lines[0].wholeMatch(of: /mplua 0\.1\.0 \((debug|release)(, .+)?\)/) != nil)
    #expect("mplua 0.1.0, \(lines[1])\n" == CommandLine.banner)
    #expect(lines[2].wholeMatch(of: /[a-z0-9_]+, Linux [0-9].+, glibc [0-9.]+/) != nil)
    #expect(lines[3].isEmpty)
  }

  @Test("prints its usage, which is lua's with two lines more")
  func help() throws {
    let outcome = try run(.mplua, ["--help"], environment: ["LUA_INIT": "print(0)"])
    let refusal = try run(.mplua, ["-h"])
    #expect(outcome.isClean, "\(outcome)")
    #expect(outcome.errors.isEmpty)
    let usage = refusal.errors.split(separator: "\n", maxSplits: 1).last.map(String.init) ?? ""
    #expect(usage.hasPrefix("usage: "), "\(refusal)")
    #expect(outcome.output.hasPrefix(usage), "\(outcome)")
    #expect(outcome.output.dropFirst(usage.count).hasPrefix("  --help "), "\(outcome)")
    #expect(outcome.output.contains("\n  --version "), "\(outcome)")
  }

  /// A directory with the files that the command lines name; nil when it cannot be written.
  private static let directory: String? = {
    let directory = "\(Repository.root)/.build/command-line"
    _ = unsafe mkdir("\(Repository.root)/.build", 0o755)
    _ = unsafe mkdir(directory, 0o755)
    for (name, text) in CommandLine.files {
      guard let file = unsafe fopen("\(directory)/\(name)", "w") else { return nil }
      unsafe fputs(text, file)
      unsafe fclose(file)
    }
    return directory
  }()
}
