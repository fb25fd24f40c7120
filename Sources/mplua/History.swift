// The file that keeps what was typed at the prompt.

import LuaMultiprocessing

/// The history file: `$XDG_STATE_HOME/mplua/history`, by default under `~/.local/state`.
struct History {
  let path: [UInt8]

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
    path = directory + Array("/history".utf8)
  }

  /// Adds a statement.
  ///
  /// A failure is ignored: typing must go on.
  func append(_ statement: [UInt8]) {
    PrivateFile.append(statement + [UInt8(ascii: "\n")], to: path)
  }
}
