// The interpreter's allocator: it refuses memory only where Lua can raise the error safely.

internal import CLua
package import CLuaBridge
internal import Glibc

/// Makes and ends the interpreter that `LuaState`s belong to.
///
/// A refused block makes Lua raise "not enough memory" with a `longjmp`, so a block is refused only
/// while no Swift frame is active since the nearest protected call. Swift code that is about to need
/// much asks first, with `reserveMemory`.
@safe package struct LuaMemory {
  let interpreter: UnsafeMutablePointer<cluabridge_interpreter>

  /// The memory of the interpreter that `state` belongs to.
  package init(of state: LuaState) {
    unsafe interpreter = cluabridge_slot(state.pointer).pointee
  }

  /// Bytes that Lua's heap holds now.
  package var used: Int { unsafe interpreter.pointee.used }

  /// Bytes that Lua's heap may hold; `Int.max` when there is no limit.
  ///
  /// Memory outside the Lua heap (queues, shared objects, Swift's own) does not count.
  package var limit: Int {
    get { unsafe interpreter.pointee.limit }
    nonmutating set { unsafe interpreter.pointee.limit = newValue }
  }

  /// The host's face of the interpreter, which outlives it; nil when there is none.
  var owner: LuaRuntime? {
    get {
      unsafe interpreter.pointee.owner.map {
        unsafe Unmanaged<LuaRuntime>.fromOpaque($0).takeUnretainedValue()
      }
    }
    nonmutating set {
      unsafe interpreter.pointee.owner = unsafe newValue.map {
        unsafe Unmanaged.passUnretained($0).toOpaque()
      }
    }
  }

  /// Makes a new interpreter, without libraries; nil when there is no memory for one.
  package static func makeState() -> LuaState? {
    let interpreter = UnsafeMutablePointer<cluabridge_interpreter>.allocate(capacity: 1)
    unsafe interpreter.initialize(to: cluabridge_interpreter())
    unsafe interpreter.pointee.limit = .max
    unsafe interpreter.pointee.modules = 1
    guard let pointer = unsafe lua_newstate(allocate, interpreter) else {
      unsafe interpreter.deallocate()
      return nil
    }
    unsafe cluabridge_slot(pointer).pointee = interpreter
    unsafe interpreter.pointee.main = pointer
    unsafe interpreter.pointee.running = pointer
    // The caller's own frame: outside of protected calls nothing may be refused.
    unsafe interpreter.pointee.swift_frames = 1
    _ = unsafe lua_atpanic(pointer) { pointer in
      let message = unsafe lua_tolstring(pointer, -1, nil).map { unsafe String(cString: $0) }
      abortProcess(
        "PANIC: unprotected error in call to Lua API (\(message ?? "error object is not a string"))"
      )
    }
    return unsafe LuaState(pointer: pointer)
  }

  /// Closes the interpreter; `state` must be its main one.
  package static func close(_ state: LuaState) {
    let interpreter = unsafe LuaMemory(of: state).interpreter
    LuaMemory(of: state).owner?.noteClosed()
    unsafe lua_close(state.pointer)
    unsafe Encoder.free(interpreter)
    unsafe interpreter.deallocate()
  }
}

/// Lua's allocation function.
///
/// `userData` is the interpreter.
private func allocate(
  userData: UnsafeMutableRawPointer?, block: UnsafeMutableRawPointer?, oldSize: Int, newSize: Int
) -> UnsafeMutableRawPointer? {
  guard let interpreter = unsafe userData?.assumingMemoryBound(to: cluabridge_interpreter.self)
  else { return nil }
  // For a new block the old size is the tag of the object to come.
  let oldSize = unsafe block == nil ? 0 : oldSize
  if newSize == 0 {
    unsafe free(block)
    unsafe interpreter.pointee.used &-= oldSize
    return nil
  }
  let used = unsafe interpreter.pointee.used &+ newSize &- oldSize
  if newSize > oldSize, unsafe used > interpreter.pointee.limit,
    unsafe interpreter.pointee.swift_frames == 0
  {
    return nil
  }
  guard let result = unsafe realloc(block, newSize) else {
    if newSize <= oldSize {
      unsafe interpreter.pointee.used = used
      return unsafe block
    }
    if unsafe interpreter.pointee.swift_frames == 0 { return nil }
    abortProcess("mplua: the machine has no memory left, and here it cannot be refused to Lua")
  }
  unsafe interpreter.pointee.used = used
  return unsafe result
}

/// Prints a line and aborts.
private func abortProcess(_ message: String) -> Never {
  var line = message + "\n"
  line.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  abort()
}

extension LuaState {
  /// Collects in generational mode from now on, as Lua's own interpreter does.
  package func collectByGenerations() { unsafe cluabridge_collect_by_generations(pointer) }

  /// Lets the collector wait until the heap has grown by half, at least by 1 MiB.
  ///
  /// It marks what it visits, and in a child each page that it marks is copied first.
  func postponeCollection() { collect(for: -max(LuaMemory(of: self).used / 2, 1 << 20)) }

  /// Collects all garbage and runs its finalizers.
  package func collectGarbage() { unsafe cluabridge_collect(pointer) }

  /// Lets the collector, and finalizers, run for memory that was taken while it rested.
  package func collect(for byteCount: Int) {
    unsafe cluabridge_collect_for(pointer, Int32(clamping: byteCount >> 10))
  }

  /// Asks whether Lua's heap may grow by `byteCount`, before Swift code pushes that much.
  ///
  /// - Throws: `.memory` when the limit would be passed even after a full collection.
  package func reserveMemory(_ byteCount: Int) throws(LuaError) {
    let memory = LuaMemory(of: self)
    guard memory.limit != .max, memory.used &+ byteCount > memory.limit else { return }
    collectGarbage()
    if memory.used &+ byteCount > memory.limit { throw .memory }
  }
}
