// What all userdata of shared objects have in common. Python: `multiprocessing.context.reduction`.

internal import CLuaBridge
internal import Multiprocessing

/// A value of a script that stands for an object in the arena: a lock, a queue.
///
/// As long as the userdata lives, its process holds the object.
protocol SharedHandle: LuaObject {
  /// The object's entry.
  var object: SharedObject { get }
}

extension LuaState {
  /// The `__eq` of a class: two handles of one object are equal.
  func equalHandles<Handle: SharedHandle>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    let left = optionalObject(1, as: type)
    push(left != nil && left?.object == optionalObject(2, as: type)?.object)
    return 1
  }

  /// The `__gc` of a class: this process does not hold the object any more.
  func collectHandle<Handle: SharedHandle>(_ type: Handle.Type) throws(LuaError) -> Int32 {
    take(1, as: type)?.object.release()
    return 0
  }
}
