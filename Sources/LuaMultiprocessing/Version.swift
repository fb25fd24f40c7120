// What `mplua -v` prints.

import Multiprocessing

/// What the programs of this version are.
package enum Version {
  /// One line: our version, then Lua's and its copyright.
  package static var banner: String { "mplua \(mpluaVersion), \(luaCopyright)\n" }
}
