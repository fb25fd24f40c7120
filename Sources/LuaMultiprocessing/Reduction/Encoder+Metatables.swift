// How the encoder sends values with metatables: objects and classes. Python's counterpart is
// pickle's `save_reduce`.

internal import CLua
internal import CLuaBridge

/// The objects of a message whose metatable has `__reduce`, and what it gave for them.
///
/// `__reduce` may do anything, change the value that is being sent too. So the encoder only gathers such
/// objects on its way, has `__reduce` called for them afterwards, and begins again.
@safe struct Reductions {
  /// Keys of the table of names that have the names of fields as values: pushing those as strings might
  /// run the collector.
  static var methodKey: Int { 0 }
  static var errorClassKey: Int { -1 }
  static var processClassKey: Int { -2 }

  private var state: LuaState?
  /// The stack index of the table that has the pairs of function and arguments by object, and in its list
  /// the objects that still have none; nil is there before the first.
  private var index: Int32 = 0
  /// How many objects still have none.
  private(set) var pending = 0
  private var rounds = 0

  /// How often what `__reduce` gives may hold further objects with one.
  private static var mostRounds: Int { 1000 }

  var isEmpty: Bool { rounds == 0 }

  mutating func begin(_ state: LuaState, _ index: Int32) {
    self.state = state
    self.index = index
    pending = 0
    rounds = 0
  }

  /// Notes the object on top of a stack, or puts its pair in its place.
  ///
  /// - Returns: Whether there is a pair.
  fileprivate mutating func replace(_ stack: LuaState) -> Bool {
    guard let state else { return false }
    if state.isTable(index) {
      stack.copy(-1)
      move(1, from: stack, to: state)
      state.rawGet(index)
      move(1, from: state, to: stack)
      if stack.isTable(-1) {
        stack.replace(-2)
        return true
      }
      stack.pop()
    } else {
      state.withoutCollecting { state.newTable() }
      state.replace(index)
    }
    pending += 1
    stack.copy(-1)
    move(1, from: stack, to: state)
    state.rawSet(index, pending)
    return false
  }

  private func move(_ count: Int32, from source: LuaState, to target: LuaState) {
    if unsafe source.pointer != target.pointer { source.move(count, to: target) }
  }

  /// Calls `__reduce` for the objects that have been gathered.
  ///
  /// - Throws: What it raised; a `SerializationError` when it gives no function.
  mutating func run() throws(LuaError) {
    guard let state else { return }
    rounds += 1
    guard rounds <= Reductions.mostRounds else {
      throw .object(
        .serializationError, "what __reduce gives holds objects with __reduce without end")
    }
    let top = state.top
    for position in 1...pending {
      state.rawGet(index, position)
      state.pushNil()
      state.rawSet(index, position)
      let object = state.top
      try callMethod(state, object)
      state.copy(object)
      state.insert(-2)
      state.rawSet(index)
      state.setTop(top)
    }
    pending = 0
  }

  /// Stack: [object] -> [object, pair].
  private func callMethod(_ state: LuaState, _ object: Int32) throws(LuaError) {
    let name = state.typeName(object)
    guard state.pushMetatable(object) else { return state.newTable() }
    state.rawGet(-1, "__reduce")
    state.remove(-2)
    state.copy(object)
    try state.call(arguments: 1, results: allResults)
    let first = object + 1
    let count = state.top - object
    guard count > 0, state.isFunction(first) || state.hasMetafield(first, "__call") else {
      throw .object(
        .serializationError,
        "__reduce of \(name) must return a function and its arguments, got "
          + (count > 0 ? state.typeName(first) : "no value"))
    }
    // One list holds the arguments, or they follow the function one by one.
    if count == 2, state.isArgumentList(first + 1) {
      state.setTop(first + 1)
    } else {
      state.newTable(list: count - 1, fields: 1)
      let list = state.top
      for number in 0..<count - 1 {
        state.copy(first + 1 + number)
        state.rawSet(list, Int(number) + 1)
      }
      state.push(Int(count - 1))
      state.rawSet(list, "n")
    }
    let list = state.top
    state.newTable(list: 2)
    state.copy(first)
    state.rawSet(-2, 1)
    state.copy(list)
    state.rawSet(-2, 2)
    state.replace(first)
    state.setTop(first)
  }
}

extension LuaState {
  /// Whether a value is a plain list, the empty one too.
  fileprivate func isArgumentList(_ index: Int32) -> Bool {
    let before = top
    defer { setTop(before) }
    guard isTable(index), !pushMetatable(index) else { return false }
    if rawLength(index) > 0 { return true }
    if rawGet(index, "n") != .nil { return true }
    pop()
    pushNil()
    return !next(index)
  }
}

extension Encoder {
  /// Begins the table with a metatable at an index; the metatable is on top of the stack.
  ///
  /// Of one that is named, the position is among those of named tables.
  @inline(never)
  mutating func openWithMetatable(
    _ path: inout PathStack, _ index: Int32, _ begin: Int, isNamed: Bool = false
  ) throws(LuaError) -> Frame? {
    let isErrorClass = unsafe hasField(path.pointer, Reductions.errorClassKey)
    let isReducible = unsafe hasField(path.pointer, Reductions.methodKey)
    unsafe lua_settop(path.pointer, index)
    if isReducible { return try openReduced(&path, index) }
    var index = index
    if !path.hasRoom(Encoder.slots, above: index) { grow(&path, &index) }
    let stack = unsafe path.pointer
    guard let address = unsafe lua_topointer(stack, index) else { return nil }
    // References are to the table itself, so that they may occur in it.
    if isNamed {
      namedPositions[UInt(bitPattern: address)] = begin + 1
    } else {
      tables.move(UInt(bitPattern: address), to: begin + 1)
    }
    if isErrorClass {
      buffer.append(Tag.errorClass)
    } else if unsafe hasField(stack, Reductions.processClassKey) {
      buffer.append(Tag.processClass)
    } else {
      buffer.append(Tag.metatable)
      return unsafe Frame(stack: stack, table: index, step: .table, count: 0, fieldsPosition: 0)
    }
    unsafe replaceByClassParts(LuaState(pointer: stack))
    return unsafe Frame(stack: stack, table: index, step: .fields, count: 0, fieldsPosition: 0)
  }

  /// Whether the table on top of the stack has a field.
  private func hasField(_ stack: OpaquePointer, _ key: Int) -> Bool {
    let state = unsafe LuaState(pointer: stack)
    let top = state.top
    defer { state.setTop(top) }
    state.pushNames()
    state.rawGet(-1, key)
    return state.rawGet(top) != .nil
  }

  /// Replaces the class on top of the stack by a list of its fields, but those that every class has, and
  /// the class that it extends.
  private func replaceByClassParts(_ state: LuaState) {
    state.withoutCollecting {
      let index = state.top
      state.newTable(list: 2)
      state.newTable()
      state.pushNil()
      while state.next(index) {
        if !isOwn(state) {
          state.copy(-2)
          state.copy(-2)
          state.rawSet(index + 2)
        }
        state.pop()
      }
      state.rawSet(index + 1, 1)
      if state.pushMetatable(index) {
        state.rawGet(-1, "__index")
        state.rawSet(index + 1, 2)
        state.setTop(index + 1)
      }
      state.replace(index)
    }
  }

  /// Whether every class has the field on top of the stack.
  ///
  /// Stack: [key, value] -> [key, value].
  private func isOwn(_ state: LuaState) -> Bool {
    guard state.isString(-2) else { return false }
    switch state.string(-2) {
    case "__index", "__instance": return true
    default: return unsafe lua_iscfunction(state.pointer, -1) != 0
    }
  }

  /// Begins the userdata on top of the stack if its metatable has `__reduce`.
  @inline(never)
  mutating func openReducible(
    _ path: inout PathStack, _ index: Int32
  ) throws(LuaError) -> Frame? {
    guard unsafe lua_getmetatable(path.pointer, index) != 0 else { return nil }
    let isReducible = unsafe hasField(path.pointer, Reductions.methodKey)
    unsafe lua_settop(path.pointer, index)
    guard isReducible, let address = unsafe lua_topointer(path.pointer, index) else { return nil }
    try buffer.reserve(9)
    if let position = try tables.position(of: UInt(bitPattern: address), or: buffer.count) {
      try appendTableReference(position)
      return unsafe Frame.nothing(path.pointer, index)
    }
    return try unsafe openReduced(&path, index) ?? Frame.nothing(path.pointer, index)
  }

  /// Begins the object on top of the stack, which has `__reduce`; nil when that is still to be called.
  private mutating func openReduced(
    _ path: inout PathStack, _ index: Int32
  ) throws(LuaError) -> Frame? {
    var index = index
    if !path.hasRoom(Encoder.slots, above: index) { grow(&path, &index) }
    let stack = unsafe path.pointer
    guard reductions.replace(unsafe LuaState(pointer: stack)) else {
      buffer.append(Tag.nil)
      return nil
    }
    let position = buffer.count
    buffer.append(Tag.reduced)
    return unsafe Frame(
      stack: stack, table: index, step: .function, count: 0, fieldsPosition: position)
  }

  /// Appends a reference to a table or object.
  ///
  /// - Throws: A `SerializationError` when that is an object whose `__reduce` gives itself.
  @inline(__always)
  mutating func appendTableReference(_ position: Int) throws(LuaError) {
    if !reductions.isEmpty { try checkReduced(position) }
    appendReference(position)
  }

  @inline(never)
  private func checkReduced(_ position: Int) throws(LuaError) {
    for depth in 0..<parents.count {
      let frame = parents[depth]
      if frame.step == .function || frame.step == .arguments, frame.fieldsPosition == position {
        throw .object(
          .serializationError,
          "an object is among what its own __reduce gives, so it cannot be made anew")
      }
    }
  }

  /// Encodes the rest of a value that is made of two; gives the frame of a new value when it meets one.
  @inline(never)
  mutating func encodePair(
    _ frame: inout Frame, _ path: inout PathStack, _ root: StaticString
  ) throws(LuaError) -> Frame? {
    if frame.step == .registered { return try encodeRegistered(&frame, &path) }
    let stack = unsafe frame.stack
    let part = frame.table &+ 1
    if frame.index == 0 {
      frame.index = 1
      try buffer.reserve(9)
      switch frame.step {
      case .table:
        unsafe lua_pushvalue(stack, frame.table)
        if let child = try openPart(frame, &path, part) { return child }
      case .fields:
        unsafe lua_rawgeti(stack, frame.table, 1)
        if let child = try openPart(frame, &path, part) { return child }
      default:
        let type = unsafe lua_rawgeti(stack, frame.table, 1)
        if try unsafe !encodeRarePlain(stack, part, type),
          let child = try enter(frame, part, type, &path, root)
        {
          return child
        }
      }
    }
    if frame.index == 1 {
      frame.index = 2
      unsafe lua_settop(stack, frame.table)
      switch frame.step {
      case .table:
        frame.step = .metatable
        _ = unsafe lua_getmetatable(stack, frame.table)
      case .fields:
        frame.step = .parent
        unsafe lua_rawgeti(stack, frame.table, 2)
      default:
        frame.step = .arguments
        unsafe lua_rawgeti(stack, frame.table, 2)
      }
      let type = unsafe lua_type(stack, part)
      if try unsafe !encodeRarePlain(stack, part, type),
        let child = try enter(frame, part, type, &path, root)
      {
        return child
      }
    }
    return nil
  }

  /// Begins the table on top of the stack, which is a part of the value.
  private mutating func openPart(
    _ frame: Frame, _ path: inout PathStack, _ index: Int32
  ) throws(LuaError) -> Frame? {
    guard let address = unsafe lua_topointer(path.pointer, index),
      let child = unsafe openContents(&path, index, address)
    else { return nil }
    try parents.append(frame)
    return child
  }
}

extension Encoder.Frame {
  /// A frame with nothing to do: its value is complete.
  fileprivate static func nothing(_ stack: OpaquePointer, _ index: Int32) -> Encoder.Frame {
    unsafe Encoder.Frame(
      stack: stack, table: index, step: .metatable, index: 2, count: 0, fieldsPosition: 0)
  }
}
