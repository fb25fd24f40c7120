// The file that keeps what was typed at the prompt, for all sessions of the user.

import LuaMultiprocessing

/// The history file: `$XDG_STATE_HOME/mplua/history`, by default under `~/.local/state`.
///
/// An entry is a line; its own line breaks are carriage returns, which are line breaks for Lua too. So other programs
/// that know readline's files read it, and files of theirs can be used. Failures are ignored: typing must go on.
struct History {
  /// The entry that was added or read last.
  private(set) var last: [UInt8]?

  private let file: PrivateFile.Log

  /// Finds the file's place, and makes the directories on the way; nil when there is no place.
  init?() {
    let slash = UInt8(ascii: "/")
    var directory: [UInt8]
    if let state = ProgramArguments.environment("XDG_STATE_HOME"), state.first == slash {
      directory = state
    } else if let home = ProgramArguments.environment("HOME"), home.first == slash {
      directory = home + Array("/.local/state".utf8)
    } else {
      return nil
    }
    directory += Array("/mplua".utf8)
    PrivateFile.makeDirectories(directory)
    file = PrivateFile.Log(path: directory + Array("/history".utf8), byteLimit: 1_000_000)
  }

  /// Adds an entry at the file's end at once: a crash loses nothing.
  mutating func append(_ entry: [UInt8]) {
    let newline = UInt8(ascii: "\n")
    file.append(entry.map { $0 == newline ? UInt8(ascii: "\r") : $0 })
    last = entry
  }

  /// The entries that were not read yet: at first all, later what other sessions have added.
  mutating func takeNew() -> [[UInt8]] {
    let entries = file.takeNewLines().filter { !$0.contains(0) }.map { line in
      line.map { $0 == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : $0 }
    }
    last = entries.last ?? last
    return entries
  }
}
