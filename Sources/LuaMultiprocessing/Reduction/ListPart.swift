// How much of a table Lua keeps as an array: what makes sending lists quick. No Python counterpart.

internal import CLua
internal import CLuaBridge

/// Tells which of a table's integer keys are in its array part.
///
/// Lists are read quickest by index, but then the other fields must be found, with `lua_next`
/// started behind the last index. That skips some unless the index is in the array part, which
/// comes first in the order of `lua_next`, and Lua's API does not tell. So this reads the one
/// private number that does: the 32-bit `alimit` of Lua 5.4's `Table`, which is at most the array
/// part's size. Whether it is where we think is tried out with tables of known sizes before the
/// first use; if it is not, no list counts as one, and tables are sent field by field.
enum ListPart {
  /// `alimit` follows the collector's header (a pointer and two bytes) and two bytes more.
  private static let offset = MemoryLayout<UInt>.size + 4

  /// The count *n* of a table's list, if the keys 1...*n* come first in the order of `lua_next`,
  /// else 0.
  ///
  /// Any value but the last may be nil. The stack needs one free slot.
  @inline(__always)
  static func count(_ stack: OpaquePointer, _ table: Int32, _ address: UnsafeRawPointer) -> UInt32 {
    let border = unsafe lua_rawlen(stack, table)
    if border == 0 || border > lua_Unsigned(UInt32.max) { return 0 }
    if unsafe border > lua_Unsigned(limit(address)) {
      // The limit may lag behind the size; reading a value between them brings it there.
      unsafe lua_rawgeti(stack, table, lua_Integer(border))
      unsafe lua_settop(stack, -2)
      if unsafe border > lua_Unsigned(limit(address)) { return 0 }
    }
    return UInt32(truncatingIfNeeded: border)
  }

  @inline(__always)
  private static func limit(_ table: UnsafeRawPointer) -> UInt32 {
    unsafe table.load(fromByteOffset: offset, as: UInt32.self)
  }

  /// Whether the number is where we think, as far as tables of known sizes can tell.
  static func isReadable(_ state: LuaState) -> Bool {
    let top = state.top
    defer { state.setTop(top) }
    for list: Int32 in [0, 1, 5, 64, 333] {
      for fields: Int32 in [0, 1, 200] {
        state.setTop(top)
        state.newTable(list: list, fields: fields)
        guard limitOnTop(state) == UInt32(list) else { return false }
      }
    }
    // Values that were put into the hash part don't count.
    state.setTop(top)
    state.newTable(fields: 4)
    for key in 1...3 {
      state.push(key)
      state.rawSet(-2, key)
    }
    guard limitOnTop(state) == 0, state.rawLength(-1) == 3 else { return false }
    // An array part that has grown, the limit somewhere between the last value and its size.
    state.setTop(top)
    state.newTable()
    for key in 1...100 {
      state.push(key)
      state.rawSet(-2, key)
    }
    return state.rawLength(-1) == 100 && (100...128).contains(limitOnTop(state))
  }

  private static func limitOnTop(_ state: LuaState) -> UInt32 {
    guard let address = unsafe lua_topointer(state.pointer, -1) else { return .max }
    return unsafe limit(address)
  }
}
