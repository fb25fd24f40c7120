// What all userdata of shared objects have in common. Python: `multiprocessing.context.reduction`.

internal import CLuaBridge
internal import Multiprocessing

/// A value of a script that stands for an object in the arena: a lock, a queue.
///
/// As long as the userdata lives, its process holds the object. There is one userdata for an object
/// in each process. It travels in messages once its class stands in `SharedClasses`.
///
/// Its `references` are its own object first, then those that it is made of, as a condition is of its
/// lock. Only a userdata holds an object: one that is made of others keeps their userdata as user
/// values.
protocol SharedHandle: Transferable {
  /// The object's entry.
  var object: SharedObject { get }

  /// Whether the process holds the object through this handle: not after `close`.
  var isOpen: Bool { get }

  /// Makes the userdata of a handle that came in a message, in a process that has none for it.
  ///
  /// Stack: [] -> [userdata].
  ///
  /// - Parameters:
  ///   - state: Gets the userdata; `push(object:)` makes it, and `push(known:)` that of a part.
  ///   - references: What `references` was in the sender.
  ///   - details: What `details` was in the sender.
  /// - Returns: False, and nothing pushed, when those make no handle of this class.
  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool
}

extension SharedHandle {
  var references: [SharedObject] { [object] }
  var isOpen: Bool { true }

  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool {
    guard let first = parts.references.first else { return false }
    return state.pushHandle(of: first) || push(state, parts.references, details: parts.details)
  }

  /// A class that is not in `SharedClasses` does not travel.
  static func push(_ state: LuaState, _ references: [SharedObject], details: UInt64) -> Bool {
    false
  }

  /// The handle at an index.
  fileprivate static func read(_ state: LuaState, _ index: Int32) -> (any SharedHandle)? {
    state.optionalObject(index, as: Self.self)
  }
}

extension LuaState {
  /// Makes the userdata of a shared object, and keeps in mind that this process has it.
  ///
  /// Stack: [] -> [userdata].
  func push<Handle: SharedHandle>(
    object handle: Handle, className: String? = nil, userValues: Int32 = 0
  ) {
    HandleCount.add(self)
    pushBare(object: handle, userValues: userValues)
    setMetatable(className: className ?? "\(Handle.typeName)")
    pushHandles()
    copy(-2)
    rawSet(-2, Int(handle.object.number))
    pop()
  }

  /// Pushes the userdata that this process has of a shared object, or makes one.
  ///
  /// Stack: [] -> [userdata].
  func push<Handle: SharedHandle>(known handle: Handle, className: String) {
    if !pushHandle(of: handle.object) { push(object: handle, className: className) }
  }

  /// Pushes the userdata that this process has of a shared object; false when it has none.
  ///
  /// Stack: [] -> [userdata] when the result is true.
  func pushHandle(of object: SharedObject) -> Bool {
    pushHandles()
    rawGet(-1, Int(object.number))
    remove(-2)
    // One that was collected stays in the table until its finalizer is done, a closed one as long as
    // the script has it.
    if let handle = sharedHandle(-1), handle.isOpen { return true }
    pop()
    return false
  }

  /// The handle at `index`; nil for any other value.
  func sharedHandle(_ index: Int32) -> (any SharedHandle)? {
    guard let magic = magic(index), let type = SharedClasses.handles[magic] else { return nil }
    return type.read(self, index)
  }

  /// All handles that this process has, weakly, by the objects' numbers.
  ///
  /// Every handle is in it from the start: an object may come back from a child that inherited it.
  ///
  /// Stack: [] -> [table].
  private func pushHandles() { pushWeakTable("multiprocessing.handles", .values) }

  /// The `__eq` of a class: two handles of one object are equal.
  func equalHandles<Handle: SharedHandle>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let left = optionalObject(1, as: type)
    push(left != nil && left?.object == optionalObject(2, as: type)?.object)
    return 1
  }

  /// The `__gc` of a class: this process does not hold the object any more.
  ///
  /// Lua forgets a weak value before it runs the finalizer. So the object may have come in a message
  /// since, and have another userdata or be about to get one: then this process still holds it.
  func collectHandle<Handle: SharedHandle>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    guard let handle = take(1, as: type) else { return 0 }
    HandleCount.remove()
    guard handle.isOpen else { return 0 }
    let object = handle.object
    pushHandles()
    let hasOther = rawGet(-1, Int(object.number)) != .nil && !rawEqual(-1, 1)
    pop()
    if !hasOther {
      pushNil()
      rawSet(-2, Int(object.number))
      if !ReceivedObjects.isReceived(object) { object.release() }
    }
    pop()
    return 0
  }
}

/// How many handles a process has.
///
/// To Lua's collector a handle is a few bytes; it does not know of the shared memory behind it, and
/// with many handles it falls behind in running finalizers. So every so often all garbage is
/// collected: after twice as many new handles as there were, and seldom when the heap is large.
private enum HandleCount {
  private struct State {
    var live = 0
    var made = 0
    var limit = HandleCount.least
  }

  private static let state = SingleThreaded(State())
  private static var least: Int { 20_000 }

  @inline(__always)
  static func add(_ lua: LuaState) {
    state.value.made += 1
    state.value.live += 1
    if state.value.made > state.value.limit { collect(lua) }
  }

  static func remove() { state.value.live -= 1 }

  @inline(never)
  private static func collect(_ lua: LuaState) {
    // Finalizers may make handles too.
    state.value.made = 0
    state.value.limit = .max
    lua.collectGarbage()
    state.value.limit = max(least, 2 * state.value.live, LuaMemory(of: lua).used / 1024)
  }
}

/// Objects that came in a message and that this process holds, though no userdata may say so yet.
enum ReceivedObjects {
  private static let objects = SingleThreaded([SharedObject]())

  /// Objects of messages that were taken and will be decoded later, and how often each is there.
  private static let waiting = SingleThreaded([SharedObject: Int]())

  fileprivate static func isReceived(_ object: SharedObject) -> Bool {
    objects.value.contains(object) || waiting.value[object] != nil
  }

  /// Keeps received objects until `letGo`, whatever userdata of them is collected meanwhile.
  static func keep(_ received: [SharedObject]) {
    for object in received { waiting.value[object, default: 0] += 1 }
  }

  /// Ends that, right before `use`.
  static func letGo(_ received: [SharedObject]) {
    for object in received {
      guard let count = waiting.value[object] else { continue }
      waiting.value[object] = count > 1 ? count - 1 : nil
    }
  }

  /// Runs `body`, which makes userdata of received objects; lets go of those that got none.
  ///
  /// Finalizers that run meanwhile may receive messages too.
  static func use<Result>(
    _ received: [SharedObject], _ state: LuaState, _ body: () throws(LuaError) -> Result
  ) throws(LuaError) -> Result {
    if received.isEmpty { return try body() }
    objects.value += received
    defer {
      objects.value.removeLast(received.count)
      for object in Set(received) where !isReceived(object) {
        if state.pushHandle(of: object) { state.pop() } else { object.release() }
      }
    }
    return try body()
  }
}
