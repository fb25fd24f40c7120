// What `mplua -v` prints.

import LuaMultiprocessing

enum Version {
  static let number = "0.1.0"

  /// One line: our version, then Lua's and its copyright.
  static var banner: String { "mplua \(number), \(luaCopyright)\n" }
}
