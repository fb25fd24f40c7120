// Objects that scripts hold: userdata with one Swift value each, told apart by a magic word.

internal import CLua
internal import CLuaBridge

/// A value that lives in a userdata.
///
/// It is copied out and in, so it is a handle or a small struct.
package protocol LuaObject: BitwiseCopyable {
  /// The class's name in messages and in `tostring`: `Queue`.
  static var typeName: StaticString { get }
  /// A variable's name for messages: `q` in "call it as q:put()".
  static var example: StaticString { get }
  /// Marks the userdata of this type. A random number, never used again for another one.
  static var magic: UInt64 { get }
}

/// What the block of a userdata holds.
private struct Box<Value: LuaObject> {
  var magic: UInt64
  var value: Value
}

extension LuaState {
  /// The object at `index`, or nil when the value there is something else.
  ///
  /// A magic word is quicker than `luaL_checkudata`, which looks a name up: that costs more than most
  /// operations. A foreign userdata could only match by holding the same 64 random bits.
  @inline(__always)
  func optionalObject<Value: LuaObject>(_ index: Int32, as type: Value.Type = Value.self) -> Value?
  {
    unsafe box(index, of: type)?.pointee.value
  }

  @inline(__always)
  private func box<Value: LuaObject>(
    _ index: Int32, of type: Value.Type
  ) -> UnsafeMutablePointer<Box<Value>>? {
    guard let block = unsafe lua_touserdata(pointer, index),
      unsafe lua_rawlen(pointer, index) >= MemoryLayout<Box<Value>>.size
    else { return nil }
    let box = unsafe block.assumingMemoryBound(to: Box<Value>.self)
    return unsafe box.pointee.magic == Value.magic ? box : nil
  }

  /// The word that marks the class of the object at `index`; nil for any other value.
  func magic(_ index: Int32) -> UInt64? {
    guard let block = unsafe lua_touserdata(pointer, index),
      unsafe lua_rawlen(pointer, index) >= MemoryLayout<UInt64>.size
    else { return nil }
    return unsafe block.load(as: UInt64.self)
  }

  /// The object that a method is called on.
  ///
  /// - Throws: `TypeError` that says how to call it, when a dot and a colon were mixed up.
  @inline(__always)
  func object<Value: LuaObject>(_ index: Int32, as type: Value.Type = Value.self) throws(LuaError)
    -> Value
  {
    if let value = optionalObject(index, as: type) { return value }
    throw receiverError(index, type)
  }

  @inline(never)
  private func receiverError<Value: LuaObject>(_ index: Int32, _ type: Value.Type) -> LuaError {
    if isTaken(index) { return .value("the \(typeName(index)) was collected already") }
    let called = functionName() ?? "method"
    return .argument(
      index,
      "\(Value.typeName) expected, got \(typeName(index)); call it as \(Value.example):\(called)()")
  }

  /// Whether the value is an object of ours that has been collected.
  private func isTaken(_ index: Int32) -> Bool {
    guard let block = unsafe lua_touserdata(pointer, index),
      unsafe lua_rawlen(pointer, index) >= MemoryLayout<UInt64>.size, hasMetafield(index, "__gc")
    else { return false }
    return unsafe block.load(as: UInt64.self) == 0
  }

  /// Stores a changed value back into the object at `index`.
  func update<Value: LuaObject>(_ index: Int32, _ value: Value) {
    unsafe box(index, of: Value.self)?.pointee.value = value
  }

  /// Takes the object out of a userdata that is collected.
  ///
  /// A finalizer that runs later may still hold the userdata: it gets an error then, and never the
  /// memory that another object may have by now.
  func take<Value: LuaObject>(_ index: Int32, as type: Value.Type) -> Value? {
    guard let box = unsafe box(index, of: Value.self) else { return nil }
    unsafe box.pointee.magic = 0
    return unsafe box.pointee.value
  }

  /// Makes an object with the metatable kept under a class's name.
  ///
  /// Stack: [] -> [userdata].
  func push<Value: LuaObject>(
    object value: Value, className: String? = nil, userValues: Int32 = 0
  ) {
    pushBare(object: value, userValues: userValues)
    setMetatable(className: className ?? "\(Value.typeName)")
  }

  /// Gives the value on top of the stack the metatable kept under a class's name.
  func setMetatable(className: String) {
    push("multiprocessing.\(className)")
    rawGet(LuaState.registry)
    setMetatable(-2)
  }

  /// The same without a metatable.
  func pushBare<Value: LuaObject>(object value: Value, userValues: Int32) {
    let block = unsafe lua_newuserdatauv(pointer, MemoryLayout<Box<Value>>.size, userValues)
    unsafe block?.assumingMemoryBound(to: Box<Value>.self)
      .initialize(to: Box(magic: Value.magic, value: value))
  }

  /// Makes a metatable and keeps it in the registry under a class's name.
  ///
  /// Stack: [] -> [metatable].
  func newMetatable(className: String) {
    newTable(fields: 12)
    push(className)
    rawSet(-2, "__name")
    push("multiprocessing.\(className)")
    copy(-2)
    rawSet(LuaState.registry)
  }

  /// Stack: [] -> [user value].
  @discardableResult
  func userValue(_ index: Int32, _ number: Int32 = 1) -> LuaType {
    LuaType(rawValue: unsafe lua_getiuservalue(pointer, index, number)) ?? .none
  }

  /// Stack: [value] -> [].
  func setUserValue(_ index: Int32, _ number: Int32 = 1) {
    unsafe lua_setiuservalue(pointer, index, number)
  }

  /// Adds functions to the table on top of the stack.
  func setFunctions(_ functions: KeyValuePairs<StaticString, cluabridge_body>) {
    for (name, body) in functions {
      push(body: body)
      rawSet(-2, name)
    }
  }
}
