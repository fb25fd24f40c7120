// Lua's warning system: `warn`, and errors in finalizers.

internal import CLua
package import CLuaBridge

/// What happens to the next piece of a warning.
private enum Warnings {
  case off
  /// The piece begins a message.
  case on
  /// The piece goes on with a message.
  case unfinished
}

// Safe because the program has one thread; all interpreters of a process share its standard error.
nonisolated(unsafe) private var warnings = Warnings.off

extension LuaState {
  /// Sends warnings to standard error as soon as they are turned on.
  package func installWarnings() {
    unsafe lua_setwarnf(
      pointer,
      { _, piece, continues in
        if let piece = unsafe piece {
          unsafe warn(String(cString: piece), continues: continues != 0)
        }
      }, nil)
  }

  /// Whether warnings are turned on.
  package var areWarningsOn: Bool { unsafe warnings != .off }

  /// Turns warnings on, as `warn("@on")` does.
  package func turnWarningsOn() { unsafe lua_warning(pointer, "@on", 0) }
}

/// Takes one piece of a warning.
///
/// A message of one piece that begins with `@` is a control message.
private func warn(_ piece: String, continues: Bool) {
  if unsafe warnings != .unfinished, !continues, piece.utf8.first == UInt8(ascii: "@") {
    if piece == "@on" { unsafe warnings = .on }
    if piece == "@off" { unsafe warnings = .off }
    return
  }
  guard unsafe warnings != .off else { return }
  let start = unsafe warnings == .on ? "Lua warning: " : ""
  StandardStream.error.write(start + piece + (continues ? "" : "\n"))
  unsafe warnings = continues ? .unfinished : .on
}
