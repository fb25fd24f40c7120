// What holds bytes that a message can be read into or sent from. Python: the buffer protocol.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// The bytes of an argument that has memory of its own, with the lock of each access; nil for
  /// another value, a string too.
  func byteBuffer(_ index: Int32) -> Synchronized? {
    optionalObject(index, as: ArrayHandle.self)?.memory.asBytes
      ?? optionalObject(index, as: ValueHandle.self)?.memory.asBytes
  }
}
