// The classes whose objects travel in messages. Python: what `ForkingPickler` knows reducers for.

internal import Multiprocessing

/// The classes of shared objects.
///
/// A new class is one line here. What of it travels says its `SharedHandle`.
enum SharedClasses {
  private static let all: [any SharedHandle.Type] = [
    LockHandle.self,
    SemaphoreHandle.self,
    EventHandle.self,
    ConditionHandle.self,
    BarrierHandle.self,
    QueueHandle.self,
  ]

  /// The same by the word that marks their userdata, which is how messages name them.
  static let byMagic: [UInt64: any SharedHandle.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.magic, $0) })
}
