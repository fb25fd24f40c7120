// What objects of ours are made of when they travel. Python: reducers of `ForkingPickler`.

internal import CLuaBridge
internal import Multiprocessing

/// A class of ours whose objects travel in messages once it stands in `SharedClasses`.
protocol Transferable: LuaObject, SendableMetatype {
  /// What a message with the object carries beside its bytes; only queues and pipes take any.
  var references: [SharedObject] { get }
  /// What else of it travels: a number, and some bytes.
  var details: UInt64 { get }
  var text: [UInt8] { get }
  /// Whether the userdata's first user value travels with it; a userdata that is at the receiver already
  /// keeps its own.
  var hasValue: Bool { get }
  /// Why it cannot be sent as it is; nil when it can.
  var refusal: String? { get }

  /// Makes, or finds, the userdata of an object that came in a message.
  ///
  /// Stack: [] -> [userdata].
  ///
  /// - Returns: False, and nothing pushed, when the parts make no object of this class.
  /// - Throws: What keeps it from being made here, though the message is whole.
  static func pushReceived(_ state: LuaState, _ parts: HandleParts) throws(LuaError) -> Bool
}

extension Transferable {
  var references: [SharedObject] { [] }
  var details: UInt64 { 0 }
  var text: [UInt8] { [] }
  var hasValue: Bool { false }
  var refusal: String? { nil }

  fileprivate static func read(_ state: LuaState, _ index: Int32) -> (any Transferable)? {
    state.optionalObject(index, as: Self.self)
  }
}

extension LuaState {
  /// The object of a class that travels at `index`; nil for any other value.
  func transferable(_ index: Int32) -> (any Transferable)? {
    guard let magic = magic(index), let type = SharedClasses.byMagic[magic] else { return nil }
    return type.read(self, index)
  }
}
