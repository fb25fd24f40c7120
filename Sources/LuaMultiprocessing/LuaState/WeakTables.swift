// Tables that keep nothing alive.

internal import CLuaBridge

/// What a weak table does not keep alive.
enum Weakness {
  case keys, values
}

extension LuaState {
  /// Makes a weak table.
  ///
  /// Stack: [] -> [table].
  func newWeakTable(_ weakness: Weakness) {
    newTable()
    newTable(fields: 1)
    push(literal: weakness == .keys ? "k" : "v")
    rawSet(-2, "__mode")
    setMetatable(-2)
  }

  /// Pushes the weak table that the registry has under a name; it makes one the first time.
  ///
  /// Stack: [] -> [table].
  func pushWeakTable(_ name: StaticString, _ weakness: Weakness) {
    if rawGet(LuaState.registry, name) == .table { return }
    pop()
    newWeakTable(weakness)
    copy(-1)
    rawSet(LuaState.registry, name)
  }
}
