// How much memory a child's Lua may use: `Process{memory_limit = bytes}`. Python: `resource.setrlimit`
// comes closest.

internal import CLuaBridge
internal import Multiprocessing

// The limit counts the child's whole Lua heap, what it inherits included. Lua code that asks for more
// gets "not enough memory", after a full collection could not make room: an ordinary error that
// `pcall` catches. Memory outside of Lua's heap does not count: messages in queues, shared memory,
// what modules written in C allocate. A limited child's own children have its limit unless they are
// given one.

extension LuaState {
  /// Checks that the value is a limit or nil.
  func checkMemoryLimit(_ index: Int32) throws(LuaError) {
    if isNoneOrNil(index) { return }
    guard let limit = integer(index) else {
      throw .type("memory_limit must be a whole number of bytes, got \(try limitText(index))")
    }
    guard limit > 0 else { throw .value("memory_limit must be at least 1 byte, got \(limit)") }
  }

  private func limitText(_ index: Int32) throws(LuaError) -> String {
    type(index) == .number ? try text(of: index) : typeName(index)
  }

  /// The limit of the process at `index`; nil when it has none of its own.
  private func memoryLimit(_ process: Int32) -> Int? {
    processField(process, "memory_limit")
    defer { pop() }
    return integer(-1)
  }

  /// Checks that the child to be forked can live at all with its limit.
  ///
  /// - Throws: `ValueError` when the heap that it inherits is larger, garbage not counted: it could do
  ///   nothing but fail.
  func checkMemoryLimitAtStart(of process: Int32) throws(LuaError) {
    guard let limit = memoryLimit(process) else { return }
    let memory = LuaMemory(of: self)
    if memory.used > limit { collectGarbage() }
    guard memory.used > limit else { return }
    throw .value(
      "memory_limit is \(limit) bytes, but the child would begin with the \(memory.used) bytes "
        + "that this process's Lua uses")
  }

  /// The same for a child that begins with no more than what it is given.
  func checkMemoryLimit(
    of process: Int32, atStartWith launch: Launch
  ) throws(LuaError) {
    guard let limit = memoryLimit(process), launch.byteCount > limit else { return }
    throw .value(
      "memory_limit is \(limit) bytes, but the child would begin with the \(launch.byteCount) bytes "
        + "of what it is given")
  }

  /// Sets the limit, in the child.
  func applyMemoryLimit(of process: Int32) {
    if let limit = memoryLimit(process) { LuaMemory(of: self).limit = limit }
  }
}
