// `mp.Value`, `Array`, `RawValue`, `RawArray` and their submodule. Python: `multiprocessing.sharedctypes`.

internal import CLuaBridge
internal import Multiprocessing

/// Keeps the memory of a value or array: one for each object and process.
///
/// What scripts see (values, arrays, parts of arrays) has it as its first user value, so the process
/// holds the object as long as one of them lives.
struct CTypesHolder: SharedHandle {
  static let typeName: StaticString = "shared memory"
  static let example: StaticString = "memory"
  static let magic: UInt64 = 0x6E1D_93C7_402F_B85A

  let object: SharedObject

  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    // It has no name in scripts, so it is never sent alone.
    false
  }
}

/// A class of values or arrays as scripts see it.
protocol CTypesHandle: Transferable {
  /// What kind the memory's object is.
  static var kind: SharedObjectKind { get }
  var memory: Synchronized { get }
  init(_ memory: Synchronized)
  /// The class with a lock, and without one.
  static var className: String { get }
  static var rawClassName: String { get }
}

extension CTypesHandle {
  /// The memory, and its lock if it has one.
  var references: [SharedObject] {
    memory.lock.object.map { [memory.object, $0] } ?? [memory.object]
  }

  /// Which part of the memory it is.
  var text: [UInt8] {
    let range = memory.range
    return HandleParts.bytes(of: [range.lowerBound, range.count])
  }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    guard let object = parts.references.first, object.kind == kind,
      let numbers = parts.numbers(2)
    else { return false }
    let whole = Synchronized(object)
    guard numbers[0] >= 0, numbers[1] >= 0, numbers[0] <= whole.count,
      numbers[1] <= whole.count - numbers[0]
    else { return false }
    let memory = whole[numbers[0]..<(numbers[0] + numbers[1])]
    let base = state.top
    state.push(known: CTypesHolder(object: object), className: "\(CTypesHolder.typeName)")
    guard parts.references.count > 1 else {
      state.pushRawHandle(Self.self, memory)
      return true
    }
    let lock = parts.references[1]
    guard state.pushHandle(of: lock) || LockHandle.push(state, [lock], details: 0),
      state.optionalObject(-1, as: LockHandle.self) != nil
    else {
      state.setTop(base)
      return false
    }
    try state.pushLockedHandle(Self.self, memory)
    return true
  }
}

/// A field that is read or written in place, and not a method.
///
/// The table of a class's methods holds its number under its name.
enum CTypesField: Int {
  case value = 1
  case raw, typecode, itemSize
}

extension LuaState {
  /// Adds the constructors to the module on top of the stack.
  func addSharedCTypes() {
    newMetatable(className: "\(CTypesHolder.typeName)")
    setFunctions([
      "__gc": { $0.run { (state) throws(LuaError) in try state.collectHandle(CTypesHolder.self) } }
    ])
    pop()
    addValueClasses()
    addArrayClasses()
    setCTypesConstructors()
  }

  private func setCTypesConstructors() {
    setFunctions([
      "Value": { $0.run { (state) throws(LuaError) in try state.makeValue(isRaw: false) } },
      "RawValue": { $0.run { (state) throws(LuaError) in try state.makeValue(isRaw: true) } },
      "Array": { $0.run { (state) throws(LuaError) in try state.makeArray(isRaw: false) } },
      "RawArray": { $0.run { (state) throws(LuaError) in try state.makeArray(isRaw: true) } },
    ])
  }

  /// Stack: [] -> [submodule].
  func pushSharedCTypesModule() {
    newTable(fields: 8)
    setCTypesConstructors()
    setFunctions([
      "copy": { $0.run(sharedCTypesCopy) },
      "synchronized": { $0.run(sharedCTypesSynchronized) },
    ])
  }

  /// Makes the two metatables of a class, with and without a lock.
  func newCTypesClass<Handle: CTypesHandle>(
    _ type: Handle.Type, fields: KeyValuePairs<StaticString, CTypesField>,
    methods: KeyValuePairs<StaticString, cluabridge_body>,
    get: cluabridge_body, set: cluabridge_body,
    meta: KeyValuePairs<StaticString, cluabridge_body>
  ) {
    for isRaw in [false, true] {
      newMetatable(className: isRaw ? Handle.rawClassName : Handle.className)
      newTable(fields: 32)
      setFunctions(methods)
      if !isRaw { setFunctions(lockedMethods) }
      for (name, field) in fields {
        push(field.rawValue)
        rawSet(-2, name)
      }
      copy(-1)
      // These two first: what is in a table early is found at the first look.
      push(body: get, upvalues: 1)
      rawSet(-3, "__index")
      push(body: set, upvalues: 1)
      rawSet(-2, "__newindex")
      setFunctions(meta)
      pop()
    }
  }

  // MARK: Making handles

  /// Pushes what keeps a new object's memory.
  ///
  /// Stack: [] -> [holder].
  private func pushHolder(_ memory: Synchronized) {
    memory.object.place = callersPlace ?? ""
    push(object: CTypesHolder(object: memory.object))
  }

  /// Makes a handle without a lock.
  ///
  /// Stack: [holder] -> [handle].
  func pushRawHandle<Handle: CTypesHandle>(_ type: Handle.Type, _ memory: Synchronized) {
    push(
      object: Handle(memory.with(.none)), className: Handle.rawClassName, userValues: 2)
    insert(-2)
    setUserValue(-2)
  }

  /// Makes a handle with a lock.
  ///
  /// Stack: [holder, lock] -> [handle].
  func pushLockedHandle<Handle: CTypesHandle>(
    _ type: Handle.Type, _ memory: Synchronized
  ) throws(LuaError) {
    guard let lock = optionalObject(-1, as: LockHandle.self) else {
      throw .runtime("the lock was collected already")
    }
    push(object: Handle(memory.with(lock.forAccess)), className: Handle.className, userValues: 2)
    insert(-2)
    setUserValue(-2, 2)
    insert(-2)
    setUserValue(-2)
  }

  /// Makes what a constructor returns: a handle with the lock that was asked for.
  ///
  /// Stack: [holder] -> [handle].
  private func pushHandle<Handle: CTypesHandle>(
    _ type: Handle.Type, _ memory: Synchronized, isRaw: Bool, lock index: Int32
  ) throws(LuaError) {
    if isRaw || (self.type(index) == .boolean && !boolean(index)) {
      return pushRawHandle(type, memory)
    }
    try pushLock(index)
    try pushLockedHandle(type, memory)
  }

  /// The lock that an argument `lock` asks for: a new RLock for nil and true.
  ///
  /// Stack: [] -> [lock].
  private func pushLock(_ index: Int32) throws(LuaError) {
    if optionalObject(index, as: LockHandle.self) != nil { return copy(index) }
    guard isNoneOrNil(index) || type(index) == .boolean && boolean(index) else {
      throw .object(
        .attributeError,
        "\(try text(of: index)) has no method 'acquire'; lock may be true, false, a Lock or an RLock"
      )
    }
    let lock = try lifting { () throws(MultiprocessingError) in try RLock() }
    lock.object.place = callersPlace ?? ""
    push(object: LockHandle.recursive(lock), className: "RLock")
  }

  // MARK: Constructors

  private func typecode(_ index: Int32, _ function: String) throws(LuaError) -> Typecode {
    if isString(index), let typecode = Typecode(letter: string(index)) { return typecode }
    let known = Typecode.allCases.map { String($0.letter) }.joined(separator: " ")
    guard isString(index) else {
      let hint = isTable(index) ? " (there are no structures)" : ""
      throw .type(
        "\(function)(): the typecode must be one of \(known), got \(typeName(index))\(hint)")
    }
    throw .type("\(function)(): bad typecode '\(string(index))'; there are \(known)")
  }

  fileprivate func makeValue(isRaw: Bool) throws(LuaError) -> Int32 {
    let name = isRaw ? ValueHandle.rawClassName : ValueHandle.className
    try refuseModule(name)
    let lock = isRaw ? [] : [Parameter("lock", .keywordOnly)]
    try bind(
      Signature(
        name: name, example: isRaw ? "RawValue(\"i\", 0)" : "Value(\"i\", 0, {lock = false})",
        parameters: [Parameter("typecode_or_type", .value), Parameter("value")] + lock), from: 1)
    let typecode = try typecode(1, name)
    let first = isNoneOrNil(2) ? nil : try element(2, as: typecode)
    let memory = try lifting { () throws(MultiprocessingError) in
      try Synchronized.makeValue(typecode)
    }
    pushHolder(memory)
    if let first { try check(memory.elements.store(first, at: 0), typecode, value: 2) }
    try pushHandle(ValueHandle.self, memory, isRaw: isRaw, lock: 3)
    return 1
  }

  fileprivate func makeArray(isRaw: Bool) throws(LuaError) -> Int32 {
    let name = isRaw ? ArrayHandle.rawClassName : ArrayHandle.className
    try refuseModule(name)
    let lock = isRaw ? [] : [Parameter("lock", .keywordOnly)]
    try bind(
      Signature(
        name: name, example: isRaw ? "RawArray(\"i\", 10)" : "Array(\"i\", 10, {lock = false})",
        parameters: [
          Parameter("typecode_or_type", .value), Parameter("size_or_initializer", .value),
        ]
          + lock), from: 1)
    let typecode = try typecode(1, name)
    let isSize = type(2) == .number
    let count = isSize ? try arraySize(2) : try itemCount(2, typecode, "size_or_initializer")
    let memory = try lifting { () throws(MultiprocessingError) in
      try Synchronized.makeArray(typecode, count: count, isFilled: !isSize)
    }
    pushHolder(memory)
    if !isSize { try store(items: 2, "size_or_initializer", to: memory.elements) }
    try pushHandle(ArrayHandle.self, memory, isRaw: isRaw, lock: 3)
    return 1
  }

  private func arraySize(_ index: Int32) throws(LuaError) -> Int {
    guard let count = integer(index) else {
      throw .type("the size of an array must be a whole number, got \(try text(of: index))")
    }
    guard count >= 0 else { throw .value("Array length must be >= 0, not \(count)") }
    return count
  }
}

extension LockHandle {
  /// The lock as the runtime takes it around an access.
  var forAccess: AccessLock {
    switch self {
    case .plain(let lock): AccessLock(lock)
    case .recursive(let lock): AccessLock(lock)
    }
  }
}

// MARK: - Methods of values and arrays with a lock

private let lockedMethods: KeyValuePairs<StaticString, cluabridge_body> = [
  "acquire": { $0.run { (state) throws(LuaError) in try state.callLock("acquire") } },
  "release": { $0.run { (state) throws(LuaError) in try state.callLock("release") } },
  "guard": { $0.run { (state) throws(LuaError) in try state.callLock("guard") } },
  "with": { $0.run { (state) throws(LuaError) in try state.callLock("with") } },
  "get_lock": { $0.runBare("get_lock", sharedCTypesGetLock) },
  "get_obj": { $0.runBare("get_obj", sharedCTypesGetObject) },
]

/// Lua: `v:get_lock()`.
private func sharedCTypesGetLock(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.checkShared()
  state.userValue(1, 2)
  return 1
}

/// Lua: `v:get_obj()`: the same memory without the lock.
private func sharedCTypesGetObject(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.checkShared()
  state.userValue(1)
  if let value = state.optionalObject(1, as: ValueHandle.self) {
    state.pushRawHandle(ValueHandle.self, value.memory)
  } else if let array = state.optionalObject(1, as: ArrayHandle.self) {
    state.pushRawHandle(ArrayHandle.self, array.memory)
  }
  return 1
}

extension LuaState {
  /// Checks that a method is called on a value or an array.
  fileprivate func checkShared() throws(LuaError) {
    if optionalObject(1, as: ValueHandle.self) != nil { return }
    if optionalObject(1, as: ArrayHandle.self) != nil { return }
    let method = functionName() ?? "method"
    throw .argument(
      1, "Value or Array expected, got \(typeName(1)); call it as v:\(method)()")
  }

  /// Calls the lock's method of a name in place of the value's.
  fileprivate func callLock(_ method: StaticString) throws(LuaError) -> Int32 {
    try checkShared()
    userValue(1, 2)
    replace(1)
    copy(1)
    push(literal: method)
    try get()
    insert(1)
    return continuing(arguments: top - 1)
  }

  /// The `__eq` of a class: the same memory with the same lock.
  func equalMemory<Handle: CTypesHandle>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let left = optionalObject(1, as: type)?.memory
    let right = optionalObject(2, as: type)?.memory
    push(left != nil && left == right)
    return 1
  }

  /// The `__gc` of a class.
  ///
  /// Runs before the holder's, which is older: from then on nobody reaches the memory through this.
  func collectMemory<Handle: CTypesHandle>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    _ = take(1, as: type)
    return 0
  }
}

// MARK: - The submodule

/// Lua: `sharedctypes.copy(obj)`: new memory with the same contents, without a lock.
private func sharedCTypesCopy(_ state: LuaState) throws(LuaError) -> Int32 {
  if let handle = state.optionalObject(1, as: ValueHandle.self) {
    return try state.copyHandle(ValueHandle.self, handle.memory)
  }
  if let handle = state.optionalObject(1, as: ArrayHandle.self) {
    return try state.copyHandle(ArrayHandle.self, handle.memory)
  }
  throw .argument(1, "value or array expected, got \(state.typeName(1))")
}

/// Lua: `sharedctypes.synchronized(obj [, lock])`: the same memory with a lock.
private func sharedCTypesSynchronized(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.bind(
    Signature(
      name: "synchronized", example: "synchronized(obj, {lock = l})",
      parameters: [Parameter("obj", .value), Parameter("lock")]), from: 1)
  if let handle = state.optionalObject(1, as: ValueHandle.self) {
    return try state.synchronize(ValueHandle.self, handle.memory)
  }
  if let handle = state.optionalObject(1, as: ArrayHandle.self) {
    return try state.synchronize(ArrayHandle.self, handle.memory)
  }
  throw .argument(1, "RawValue or RawArray expected, got \(state.typeName(1))")
}

extension LuaState {
  fileprivate func copyHandle<Handle: CTypesHandle>(
    _ type: Handle.Type, _ memory: Synchronized
  ) throws(LuaError) -> Int32 {
    let copy = try lifting { () throws(MultiprocessingError) in
      type is ValueHandle.Type
        ? try Synchronized.makeValue(memory.typecode)
        : try Synchronized.makeArray(memory.typecode, count: memory.count, isFilled: true)
    }
    pushHolder(copy)
    try lifting { () throws(MultiprocessingError) in
      try memory.access { copy.elements.copy(from: $0) }
    }
    pushRawHandle(type, copy)
    return 1
  }

  fileprivate func synchronize<Handle: CTypesHandle>(
    _ type: Handle.Type, _ memory: Synchronized
  ) throws(LuaError) -> Int32 {
    guard memory.lock == .none else {
      throw .object(.assertionError, "object already synchronized")
    }
    userValue(1)
    try pushLock(2)
    try pushLockedHandle(type, memory)
    return 1
  }
}
