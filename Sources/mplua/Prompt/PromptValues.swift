// The values that the prompt showed last: `_`, and `_1` to `_9` for those before it.

import LuaMultiprocessing

/// The last values, as global variables.
///
/// A variable to which the user has given a value of his own is left alone until he sets it to nil. nil
/// itself is no value to keep.
struct PromptValues {
  private static let names = ["_"] + (1...9).map { "_\($0)" }

  private let lua: Lua

  init(_ lua: Lua) {
    self.lua = lua
    lua.newTable()
    lua.rawSet(Lua.registry, "mplua.values")
  }

  /// Keeps the first `count` values of the stack, the last of which is `_` then.
  func keep(_ count: Int32) {
    let kept = (1...count).filter { lua.type($0) != .nil }.suffix(Self.names.count)
    guard !kept.isEmpty, lua.hasStack(20) else { return }
    let top = lua.top
    defer { lua.setTop(top) }
    lua.pushGlobals()
    lua.rawGet(Lua.registry, "mplua.values")
    let (globals, old) = (top + 1, top + 2)
    lua.newTable(list: Int32(Self.names.count))
    let new = top + 3
    for (position, name) in Self.names.enumerated() {
      if position < kept.count {
        lua.copy(kept[kept.endIndex - 1 - position])
      } else {
        lua.rawGet(old, position - kept.count + 1)
      }
      lua.rawSet(new, position + 1)
      lua.push(name)
      lua.rawGet(globals)
      lua.rawGet(old, position + 1)
      let isOurs = lua.type(-2) == .nil || lua.rawEqual(-2, -1) || areNaN(-2, -1)
      lua.pop(2)
      guard isOurs else { continue }
      lua.push(name)
      lua.rawGet(new, position + 1)
      lua.rawSet(globals)
    }
    lua.setTop(new)
    lua.rawSet(Lua.registry, "mplua.values")
  }

  private func areNaN(_ first: Int32, _ second: Int32) -> Bool {
    (lua.number(first)?.isNaN ?? false) && (lua.number(second)?.isNaN ?? false)
  }
}
