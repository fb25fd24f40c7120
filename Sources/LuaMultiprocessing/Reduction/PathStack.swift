// The Lua stack on which the encoder and decoder keep the tables that are open. No Python
// counterpart.

internal import CLua
internal import CLuaBridge

/// The Lua stack that is in use, which others follow when it is full.
///
/// Lua lets a stack grow to a million slots, fewer than a deep table needs. So when one is long,
/// the path goes on with the stack of a new coroutine, which never runs. Each stack keeps the one
/// that follows it in a slot of its own, for the collector's sake and to be used again.
@safe struct PathStack {
  /// The stack in use.
  private(set) var pointer: OpaquePointer
  private let first: OpaquePointer
  /// The index at which the first stack keeps the one that follows it; it must hold nil or that.
  private let firstSuccessor: Int32
  /// The index up to which the stack in use is known to have room.
  private var room: Int32

  /// Slots of one stack that are used for the path.
  private static var length: Int32 { 200_000 }

  /// Begins a path on a stack whose top is the slot for the one that follows it, and which has
  /// `room` free slots.
  @inline(__always)
  init(_ first: OpaquePointer, successor: Int32, room: Int32) {
    unsafe pointer = first
    unsafe self.first = first
    firstSuccessor = successor
    self.room = successor &+ room
  }

  /// Goes back to a stack used before.
  @inline(__always)
  mutating func `return`(to stack: OpaquePointer) {
    guard unsafe stack != pointer else { return }
    unsafe pointer = stack
    room = 0
  }

  /// Whether `slots` more values fit above the index; if not, `grow`.
  @inline(__always)
  func hasRoom(_ slots: Int32, above index: Int32) -> Bool { index &+ slots <= room }

  /// Makes room for `slots` more values on the stack in use or another, which is then in use.
  ///
  /// The stack must have one free slot. No finalizer runs.
  ///
  /// - Returns: Whether another stack is in use now.
  mutating func grow(_ slots: Int32, above index: Int32) -> Bool {
    let chunk = slots &+ min(max(32, index), 4096)
    if index < PathStack.length {
      if unsafe lua_checkstack(pointer, chunk) != 0 {
        room = unsafe lua_gettop(pointer) &+ chunk
        return false
      }
      if unsafe lua_checkstack(pointer, slots) != 0 {
        room = unsafe lua_gettop(pointer) &+ slots
        return false
      }
    }
    unsafe pointer = successor()
    _ = unsafe lua_checkstack(pointer, chunk)
    room = chunk
    return true
  }

  /// The stack that follows the one in use, with nothing on it but the slot for its own follower.
  private func successor() -> OpaquePointer {
    let slot = unsafe pointer == first ? firstSuccessor : 1
    if let stack = unsafe lua_tothread(pointer, slot) {
      unsafe lua_settop(stack, 1)
      return unsafe stack
    }
    let state = unsafe LuaState(pointer: pointer)
    let stack = unsafe state.withoutCollecting { state.newCoroutine() }.pointer
    unsafe lua_copy(pointer, -1, slot)
    unsafe lua_settop(pointer, -2)
    unsafe lua_pushnil(stack)
    return unsafe stack
  }
}
