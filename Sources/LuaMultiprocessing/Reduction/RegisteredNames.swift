// What is known of the names of registered metatables. Python's counterpart is `copyreg`.

internal import CLuaBridge

extension LuaState {
  /// Makes the metatable at an index the one of a name that stands for none, until this process registers
  /// another.
  func registerProvisionally(_ metatable: Int32, as name: Int32) {
    let base = top
    pushRegistered()
    copy(name)
    if rawGet(base + 1) == .nil {
      copy(name)
      copy(metatable)
      rawSet(base + 1)
      noteProvisional(name)
      setLate(name, true)
      forgetNames()
    }
    setTop(base)
  }

  /// Whether the name at an index was registered when there were other processes, which may not know it.
  func isLate(_ name: Int32) -> Bool {
    pushLateNames()
    copy(name)
    defer { pop(2) }
    return rawGet(-2) != .nil
  }

  func setLate(_ name: Int32, _ isLate: Bool) {
    pushLateNames()
    copy(name)
    if isLate { push(true) } else { pushNil() }
    rawSet(-3)
    pop()
  }

  /// Pushes the table with those names as keys.
  ///
  /// Stack: [] -> [table].
  func pushLateNames() {
    if rawGet(LuaState.registry, "multiprocessing.late") == .table { return }
    pop()
    newTable()
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.late")
  }

  /// Remembers that a name's metatable came from another process.
  func noteProvisional(_ name: Int32) {
    pushProvisional()
    copy(name)
    push(true)
    rawSet(-3)
    pop()
  }

  /// Whether the metatable of the name at an index only came from another process; it is so no longer.
  func takeProvisional(_ name: Int32) -> Bool {
    pushProvisional()
    defer { pop() }
    copy(name)
    let isProvisional = rawGet(-2) == .boolean
    pop()
    copy(name)
    pushNil()
    rawSet(-3)
    return isProvisional
  }

  /// Stack: [] -> [table].
  private func pushProvisional() {
    if rawGet(LuaState.registry, "multiprocessing.provisional") == .table { return }
    pop()
    newTable()
    copy(-1)
    rawSet(LuaState.registry, "multiprocessing.provisional")
  }
}
