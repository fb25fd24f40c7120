// Words of shared memory that several processes change. No counterpart in Python.

internal import Synchronization

/// A 32-bit word in shared memory; also what a futex sleeps on.
///
/// `value` is relaxed: for fields that a lock protects, and for hints. The methods without a suffix
/// are sequentially consistent, which every commit and wake pair of the protocols needs.
@safe struct SharedWord {
  let address: UnsafeMutablePointer<Atomic<UInt32>>

  @inline(__always)
  init(at address: UnsafeMutableRawPointer) {
    unsafe self.address = address.assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  var value: UInt32 {
    @inline(__always) get { unsafe address.pointee.load(ordering: .relaxed) }
    @inline(__always) nonmutating set { unsafe address.pointee.store(newValue, ordering: .relaxed) }
  }

  @inline(__always)
  func load() -> UInt32 { unsafe address.pointee.load(ordering: .sequentiallyConsistent) }

  @inline(__always)
  func store(_ new: UInt32) { unsafe address.pointee.store(new, ordering: .sequentiallyConsistent) }

  /// Stores after all that was stored before: whoever finds this after a kill finds that too.
  @inline(__always)
  func storeLast(_ new: UInt32) { unsafe address.pointee.store(new, ordering: .releasing) }

  /// Stores `new` if the word is `old`; says whether it was.
  @inline(__always)
  func exchange(_ old: UInt32, for new: UInt32) -> Bool {
    unsafe address.pointee.compareExchange(
      expected: old, desired: new, ordering: .sequentiallyConsistent
    ).exchanged
  }

  /// As `exchange`, for entering a section: pairs with `exchangeReleasing` of who left it.
  @inline(__always)
  func exchangeAcquiring(_ old: UInt32, for new: UInt32) -> Bool {
    unsafe address.pointee.compareExchange(
      expected: old, desired: new, successOrdering: .acquiring, failureOrdering: .relaxed
    ).exchanged
  }

  /// As `exchange`, for leaving a section: pairs with `exchangeAcquiring` of who enters next.
  @inline(__always)
  func exchangeReleasing(_ old: UInt32, for new: UInt32) -> Bool {
    unsafe address.pointee.compareExchange(
      expected: old, desired: new, successOrdering: .releasing, failureOrdering: .relaxed
    ).exchanged
  }

  @inline(__always)
  func add(_ amount: UInt32) {
    unsafe address.pointee.wrappingAdd(amount, ordering: .sequentiallyConsistent)
  }

  /// Sets bits.
  func insert(_ bits: UInt32) {
    unsafe address.pointee.bitwiseOr(bits, ordering: .sequentiallyConsistent)
  }

  /// Clears bits.
  func remove(_ bits: UInt32) {
    unsafe address.pointee.bitwiseAnd(~bits, ordering: .sequentiallyConsistent)
  }

  /// The address as system calls take it.
  var raw: UnsafeMutablePointer<UInt32> {
    unsafe UnsafeMutableRawPointer(address).assumingMemoryBound(to: UInt32.self)
  }
}

/// A 64-bit word in shared memory.
@safe struct SharedLong {
  let address: UnsafeMutablePointer<Atomic<UInt64>>

  @inline(__always)
  init(at address: UnsafeMutableRawPointer) {
    unsafe self.address = address.assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  var value: UInt64 {
    @inline(__always) get { unsafe address.pointee.load(ordering: .relaxed) }
    @inline(__always) nonmutating set { unsafe address.pointee.store(newValue, ordering: .relaxed) }
  }

  @inline(__always)
  func load() -> UInt64 { unsafe address.pointee.load(ordering: .sequentiallyConsistent) }

  /// Sees all that was written before the store it reads.
  @inline(__always)
  func loadAcquiring() -> UInt64 { unsafe address.pointee.load(ordering: .acquiring) }

  @inline(__always)
  func store(_ new: UInt64) { unsafe address.pointee.store(new, ordering: .sequentiallyConsistent) }

  func exchange(_ old: UInt64, for new: UInt64) -> Bool {
    unsafe address.pointee.compareExchange(
      expected: old, desired: new, ordering: .sequentiallyConsistent
    ).exchanged
  }

  func add(_ amount: UInt64) {
    unsafe address.pointee.wrappingAdd(amount, ordering: .sequentiallyConsistent)
  }
}
