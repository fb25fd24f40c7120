// Prints the manual page of the Lua module, for whoever makes a package: multiprocessing(3lua).

import LuaMultiprocessing

@main enum Manual {
  static func main() { print(HelpLibrary.shared.manual(), terminator: "") }
}
