// What tests of the prompt on a terminal have in common.

import Glibc
import TestSupport
import Testing

/// A suite that opens prompts.
protocol PromptUser {}

extension PromptUser {
  /// A prompt whose history is in a directory of its own.
  func open(
    _ name: String, _ directory: String? = nil, environment: [String: String?] = [:]
  ) throws -> TerminalSession {
    let usual: [String: String?] = [
      "XDG_STATE_HOME": directory ?? state(name), "NO_COLOR": nil, "SWIFT_BACKTRACE": "enable=no",
    ]
    let session = try TerminalSession(
      .mplua, environment: usual.merging(environment) { _, theirs in theirs },
      directory: "\(Repository.root)/examples")
    #expect(session.wait(forLast: ">"))
    return session
  }

  /// An empty directory.
  func state(_ name: String) -> String {
    let directory = "\(Repository.root)/.build/prompt-\(name)"
    _ = unsafe mkdir(directory, 0o755)
    _ = unsafe unlink("\(directory)/mplua/history")
    return directory
  }

  /// Leaves by Ctrl-D.
  func leave(_ session: TerminalSession) {
    session.type("\u{4}")
    #expect(session.finish().isClean)
    #expect(session.settings?.isSane == true)
  }
}
