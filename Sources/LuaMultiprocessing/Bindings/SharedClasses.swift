// The classes whose objects travel in messages. Python: what `ForkingPickler` knows reducers for.

internal import Multiprocessing

/// The classes of our objects.
///
/// A new class is one line here. What of it travels says its `Transferable`.
enum SharedClasses {
  /// Those that have one userdata for an object in each process.
  private static let shared: [any SharedHandle.Type] = [
    LockHandle.self,
    SemaphoreHandle.self,
    EventHandle.self,
    ConditionHandle.self,
    BarrierHandle.self,
    QueueHandle.self,
    ConnectionHandle.self,
    CTypesHolder.self,
  ]

  private static let others: [any Transferable.Type] = [
    ValueHandle.self,
    ArrayHandle.self,
    SharedMemoryHandle.self,
    ListHandle.self,
    ProcessHandle.self,
    SeatHandle.self,
    Range.self,
  ]

  /// Those of `shared` by the word that marks their userdata.
  static let handles: [UInt64: any SharedHandle.Type] = Dictionary(
    uniqueKeysWithValues: shared.map { ($0.magic, $0) })

  /// All by that word, which is how messages name them.
  static let byMagic: [UInt64: any Transferable.Type] = Dictionary(
    uniqueKeysWithValues: (shared as [any Transferable.Type] + others).map { ($0.magic, $0) })
}
