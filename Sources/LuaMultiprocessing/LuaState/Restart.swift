// Starting the program again, in the same process. System call: `execve`.

package import CLuaBridge
internal import Glibc

/// A new start of the program.
package enum Restart {
  /// Asks for a new start once the program has ended in order.
  package static func ask(_ lua: LuaState) {
    lua.push(true)
    lua.rawSet(LuaState.registry, "mplua.restart")
  }

  /// Whether somebody asked.
  package static func isAsked(_ lua: LuaState) -> Bool {
    defer { lua.pop() }
    return lua.rawGet(LuaState.registry, "mplua.restart") == .boolean
  }

  /// Makes this process the program anew; returns only when that cannot be done.
  package static func now(_ arguments: [[UInt8]]) {
    StandardStream.output.flush()
    var texts = unsafe arguments.map { argument in
      unsafe strdup(argument.map(CChar.init(bitPattern:)) + [0])
    }
    unsafe texts.append(nil)
    unsafe execv("/proc/self/exe", texts)
    unsafe texts.forEach { text in unsafe free(text) }
  }
}
