// Calls from Swift into Lua: always protected, with a traceback taken where the error arose.

internal import CLua
package import CLuaBridge

/// How many results to ask for when all are wanted.
package let allResults = LUA_MULTRET

extension LuaState {
  /// Calls a function.
  ///
  /// Stack: [function, arguments…] -> [results…].
  ///
  /// - Throws: `.onTop` with the error value in place of the results.
  package func call(
    arguments: Int32, results: Int32, handler: cluabridge_body? = nil
  ) throws(LuaError) {
    let base = top - arguments
    if let handler {
      push(body: handler)
      insert(base)
    }
    let status = unsafe cluabridge_pcall(pointer, arguments, results, handler == nil ? 0 : base)
    if handler != nil { remove(base) }
    if status != LUA_OK { throw .onTop }
  }

  /// The same with the message handler that lies at an index.
  package func call(arguments: Int32, results: Int32, handlerAt handler: Int32) throws(LuaError) {
    if unsafe cluabridge_pcall(pointer, arguments, results, handler) != LUA_OK { throw .onTop }
  }

  /// What a body returns to have a function called once its own frame is gone.
  ///
  /// Stack at the body's end: [function, arguments…]. The call's results are the body's.
  package func continuing(arguments: Int32) -> Int32 { cluabridge_continue(arguments, false) }

  /// The same, with the value below the function as the body's only result.
  package func continuingAndReturningBelow(arguments: Int32) -> Int32 {
    cluabridge_continue(arguments, true)
  }

  /// Marks the top value to be closed when the running body's function ends, by an error too.
  ///
  /// Its metatable must have `__close`.
  package func closeAtEnd() { unsafe lua_toclose(pointer, -1) }

  /// Makes a coroutine.
  ///
  /// Stack: [] -> [coroutine].
  package func newCoroutine() -> LuaState { unsafe LuaState(pointer: lua_newthread(pointer)) }

  /// Moves the top `count` values to another coroutine of the interpreter.
  package func move(_ count: Int32, to other: LuaState) {
    unsafe lua_xmove(pointer, other.pointer, count)
  }

  /// Calls a function for somebody who reports its error.
  ///
  /// Stack: [function, arguments…] -> [results…].
  ///
  /// - Throws: `.onTop` with the value to report: an error object with its traceback, or the text and
  ///   traceback that Lua's own interpreter prints.
  package func callForReport(arguments: Int32, results: Int32) throws(LuaError) {
    let base = top - arguments
    unsafe lua_pushcclosure(pointer, cluabridge_handler, 0)
    insert(base)
    let status = unsafe cluabridge_pcall(pointer, arguments, results, base)
    remove(base)
    if status != LUA_OK { throw .onTop }
  }

  /// Calls a C function that may raise.
  ///
  /// Stack: [arguments…] -> [results…].
  package func protect(
    _ function: @convention(c) (OpaquePointer?) -> Int32, arguments: Int32, results: Int32
  ) throws(LuaError) {
    unsafe lua_pushcclosure(pointer, function, 0)
    insert(-1 - arguments)
    try call(arguments: arguments, results: results)
  }

  /// Opens Lua's libraries, with `require` and the coroutine functions of ours.
  package func openLibraries() throws(LuaError) {
    try unsafe protect(cluabridge_openlibs, arguments: 0, results: 0)
    keepStock()
  }

  /// Turns the value at `index` into text as `tostring` does, which may run `__tostring`.
  package func text(of index: Int32) throws(LuaError) -> String {
    try pushText(of: index)
    defer { pop() }
    return string(-1)
  }

  /// The same, as a Lua string.
  ///
  /// Stack: [] -> [string].
  package func pushText(of index: Int32) throws(LuaError) {
    copy(index)
    try unsafe protect(cluabridge_tostring, arguments: 1, results: 1)
  }

  /// The text of a number.
  ///
  /// Stack: [] -> [string].
  package func pushNumberText(_ index: Int32) {
    copy(index)
    _ = unsafe lua_tolstring(pointer, -1, nil)
  }

  /// Joins the top `count` values, which must all be strings.
  ///
  /// Stack: [strings…] -> [string].
  package func concatenate(_ count: Int32) { unsafe lua_concat(pointer, count) }

  /// Whether a value's metatable has a field.
  package func hasMetafield(_ index: Int32, _ field: StaticString) -> Bool {
    guard pushMetatable(index) else { return false }
    defer { pop(2) }
    return rawGet(-1, field) != .nil
  }

  /// Reads a global variable as Lua code would.
  ///
  /// Stack: [] -> [value].
  package func getGlobal(_ name: StaticString) throws(LuaError) {
    pushGlobals()
    push(literal: name)
    try get()
  }

  /// Reads a field as Lua code would.
  ///
  /// Stack: [table, key] -> [value].
  package func get() throws(LuaError) {
    try unsafe protect(cluabridge_gettable, arguments: 2, results: 1)
  }

  /// Writes a field as Lua code would.
  ///
  /// Stack: [table, key, value] -> [].
  package func set() throws(LuaError) {
    try unsafe protect(cluabridge_settable, arguments: 3, results: 0)
  }

  /// The length of a value as `#` gives it, which may run `__len`.
  package func length(_ index: Int32) throws(LuaError) -> Int {
    copy(index)
    try unsafe protect(cluabridge_length, arguments: 1, results: 1)
    defer { pop() }
    return integer(-1) ?? 0
  }

  /// The stack traceback of this state from `level` on.
  package func traceback(level: Int32) -> String {
    unsafe luaL_traceback(pointer, pointer, nil, level)
    defer { pop() }
    return string(-1)
  }

  /// The same from the top, wherever a signal found the state: no finalizer runs.
  func tracebackWithoutCollecting() -> String {
    guard hasStack(40) else { return "(its stack is full)" }
    return withoutCollecting { traceback(level: 0) }
  }

  /// Runs `body` while the collector stands still, so that no finalizer runs.
  func withoutCollecting<Result>(_ body: () -> Result) -> Result {
    let wasRunning = unsafe cluabridge_stop_collector(pointer)
    defer { if wasRunning { unsafe cluabridge_restart_collector(pointer) } }
    return body()
  }

  /// Closes the variables of a coroutine that are still to be closed.
  ///
  /// As an end by `os.exit` does in Lua's own interpreter. The coroutine may be running: it must never
  /// be returned to.
  ///
  /// - Throws: `.onTop` with the last error of a `__close`.
  func closeVariables() throws(LuaError) {
    unsafe LuaMemory(of: self).interpreter.pointee.running = unsafe pointer
    if unsafe lua_resetthread(pointer) != LUA_OK { throw .onTop }
  }

  /// `script.lua:12` for the function at a level of the call stack (0 is the running one, 1 its
  /// caller); nil when it is not Lua code.
  package func place(level: Int32) -> String? {
    var frame = unsafe lua_Debug()
    guard unsafe lua_getstack(pointer, level, &frame) != 0,
      unsafe lua_getinfo(pointer, "Sl", &frame) != 0, unsafe frame.currentline > 0
    else { return nil }
    let source = unsafe withUnsafeBytes(of: frame.short_src) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return unsafe "\(source):\(frame.currentline)"
  }
}
