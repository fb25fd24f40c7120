// mplua is lua to the byte: both run the same commands on this machine.

import Glibc
import TestSupport
import Testing

/// Where `CommandLineTests` has Lua's answers in writing, here Lua's own interpreter is asked.
///
/// Only the line with the version differs, and the message for a statement in which the input ends:
/// Lua 5.4.4 prints `(null)` there.
@Suite("Same as lua", .timeLimit(.minutes(15)))
struct SameAsLuaTests {
  @Test("writes and returns what lua5.4 does", arguments: LuaCommands.all)
  func same(command: String) throws {
    let directory = try #require(Self.directory)
    let lua = try outcome(of: command, with: "lua5.4", in: directory)
    let mplua = try outcome(of: command, with: "mplua", in: directory)
    #expect(mplua.output == lua.output)
    #expect(mplua.ending == lua.ending)
  }

  @Test("is compared on more than a hundred commands")
  func count() {
    #expect(Set(LuaCommands.all).count > 150)
  }

  private func outcome(
    of command: String, with interpreter: String, in directory: String
  ) throws -> Outcome {
    let path = "\(directory)/\(interpreter):\(environmentValue("PATH") ?? "/usr/bin:/bin")"
    var environment: [String: String?] = ["PATH": path, "TERM": "xterm"]
    for name in ["LUA_INIT", "LUA_PATH", "LUA_CPATH"] {
      environment.updateValue(nil, forKey: name)
      environment.updateValue(nil, forKey: "\(name)_5_4")
    }
    // One pipe for both: the order counts.
    var outcome = try run(
      Program("bash"), ["-c", "exec 2>&1\n\(command)"], environment: environment,
      directory: "\(directory)/files", timeLimit: .seconds(60))
    outcome.output.replace(/mplua [0-9.]+, Lua 5.4/, with: "Lua 5.4")
    return outcome
  }

  /// Directories with each program under the name `lua`, and one with the files; nil when they cannot
  /// be made.
  private static let directory: String? = {
    let directory = "\(Repository.root)/.build/same-as-lua"
    let lines =
      [
        "set -e", "rm -rf '\(directory)'",
        "mkdir -p '\(directory)'/lua5.4 '\(directory)'/mplua '\(directory)'/files",
        "cd '\(directory)'", "ln -s \"$(command -v lua5.4)\" lua5.4/lua",
        "ln -s '\(Program.mplua.path)' mplua/lua", "cd files",
      ] + LuaCommands.files.map { "printf -- '\($1)' > \($0)" } + [LuaCommands.preparation]
    let outcome = try? run(Program("bash"), ["-c", lines.joined(separator: "\n")])
    guard let outcome, outcome.isClean else { return nil }
    return directory
  }()
}
