// What `mplua -v` and `mplua --version` print.

import Multiprocessing

/// What the programs of this version are.
package enum Version {
  /// One line: our version, then Lua's and its copyright.
  package static var banner: String { "mplua \(mpluaVersion), \(luaCopyright)\n" }

  /// Three lines for whoever reports a fault: the program and its build, Lua, the machine.
  package static var description: String {
    "\(ProgramDescription.line(of: "mplua"))\n\(luaCopyright)\n\(ProgramDescription.machine)\n"
  }
}
