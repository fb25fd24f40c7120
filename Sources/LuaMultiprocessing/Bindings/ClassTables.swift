// The methods of all classes in one place: `mp.classes.Queue.put`. Python: the classes themselves.

internal import CLuaBridge

extension LuaState {
  /// Adds the table `classes` to the module on top of the stack, once all classes are made.
  ///
  /// What is in the module travels by name: so a method may be the target of a process, and a variable
  /// of a function that is sent.
  func addClassTables() {
    let module = top
    newTable(fields: 32)
    let classes = top
    pushNil()
    while next(LuaState.registry) {
      if isTable(-1), isString(-2), string(-2).hasPrefix("multiprocessing."), pushMethods() {
        rawGet(-2, "__name")
        insert(-2)
        rawSet(classes)
      }
      setTop(classes + 1)
    }
    setTop(classes)
    rawSet(module, "classes")
  }

  /// Pushes the table of the methods of the class whose metatable is on top of the stack; false when
  /// it is none.
  ///
  /// Stack: [] -> [methods] when the result is true.
  private func pushMethods() -> Bool {
    let metatable = top
    guard rawGet(metatable, "__name") == .string else {
      setTop(metatable)
      return false
    }
    pop()
    rawGet(metatable, "__index")
    if isTable(-1) { return true }
    // A function that looks for attributes first has the methods as a variable.
    let function = top
    var number: Int32 = 1
    while isFunction(function), pushUpvalue(of: function, number) {
      if isTable(-1) {
        replace(function)
        return true
      }
      pop()
      number += 1
    }
    setTop(metatable)
    return false
  }
}
