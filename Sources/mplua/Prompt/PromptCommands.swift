// The commands of the prompt: lines that begin with a colon, which no statement of Lua does.

import LuaMultiprocessing

extension PromptComfort {
  /// What is to happen after a command.
  enum Next {
    case goOn, leave
  }

  /// Whether a line is a command; a label of Lua begins with two colons.
  func isCommand(_ line: [UInt8]) -> Bool {
    line.first == UInt8(ascii: ":") && line.dropFirst().first != UInt8(ascii: ":")
  }

  /// Runs a command.
  func run(command line: [UInt8]) -> Next {
    switch line.dropFirst().drop(while: { $0 == 32 }) {
    case [UInt8(ascii: "q")]: return .leave
    default:
      note("the commands are :q")
      return .goOn
    }
  }
}
