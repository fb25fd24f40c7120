// Values and arrays in shared memory. Python: `multiprocessing.sharedctypes`.

/// A shared value or array, or a part of one, with the lock that each access takes.
///
/// A value is an array of one element. The handle may be copied freely. Positions count from 0.
///
/// Python: `multiprocessing.Value`, `Array`, `RawValue`, `RawArray`.
public struct Synchronized: BitwiseCopyable, Hashable, Sendable {
  /// The entry in the arena, for `retain`, `release` and sending.
  public let object: SharedObject
  /// The lock that the methods here take.
  public let lock: AccessLock
  // It stands last: its own last byte, in the middle, made each copy of a handle wait for the stores
  // of the copy before.
  /// The memory.
  ///
  /// What reads or writes it directly takes no lock.
  public let elements: Elements

  /// Makes a value that is zero.
  ///
  /// It takes no memory but its entry.
  ///
  /// - Throws: `.system` when the arena cannot be made or is full.
  ///
  /// Python: `multiprocessing.RawValue`.
  public static func makeValue(_ typecode: Typecode) throws(MultiprocessingError) -> Synchronized {
    Synchronized(try SharedObject.createElements(.value, typecode, count: 1))
  }

  /// Makes an array of zeros.
  ///
  /// - Parameters:
  ///   - typecode: The type of its elements.
  ///   - count: How many there are.
  ///   - isFilled: Whether all of it is written at once.
  /// - Returns: The array, without a lock.
  /// - Throws: `.system` when there is no memory for it.
  /// - Complexity: O(1) from 4 MiB on, unless it is filled: such an array gets its memory when it is
  ///   written.
  ///
  /// Python: `multiprocessing.RawArray`.
  public static func makeArray(
    _ typecode: Typecode, count: Int, isFilled: Bool = false
  ) throws(MultiprocessingError) -> Synchronized {
    Synchronized(
      try SharedObject.createElements(.array, typecode, count: count, isFilled: isFilled))
  }

  /// Makes the handle of a value or array that exists, without a lock.
  public init(_ object: SharedObject) {
    precondition(
      object.kind == .value || object.kind == .array, "the object is neither a value nor an array")
    self.init(object: object, lock: .none, elements: object.elements)
  }

  private init(object: SharedObject, lock: AccessLock, elements: Elements) {
    self.object = object
    self.lock = lock
    self.elements = elements
  }

  /// The same memory with another lock.
  ///
  /// Python: `sharedctypes.synchronized`.
  public func with(_ lock: AccessLock) -> Synchronized {
    Synchronized(object: object, lock: lock, elements: elements)
  }

  /// A part of the same memory.
  public subscript(range: Range<Int>) -> Synchronized {
    Synchronized(object: object, lock: lock, elements: elements[range])
  }

  /// The same memory byte by byte.
  public var asBytes: Synchronized {
    Synchronized(object: object, lock: lock, elements: elements.asBytes)
  }

  /// Which elements of the whole object these are.
  public var range: Range<Int> { elements.range(in: object.elements) }

  /// How many elements the whole object has.
  public var wholeCount: Int { object.elements.count }

  /// How many elements there are.
  public var count: Int { elements.count }

  /// The type of the elements.
  public var typecode: Typecode { elements.typecode }

  /// The element at a position.
  ///
  /// - Throws: `.interrupted` by the interruption handler, as everything here that takes the lock.
  public func load(_ position: Int) throws(MultiprocessingError) -> Element {
    try lock.during { elements.load(position) }
  }

  /// Stores an element, if its value fits the type.
  public func store(
    _ element: Element, at position: Int
  ) throws(MultiprocessingError) -> ElementOutcome {
    try lock.during { elements.store(element, at: position) }
  }

  /// Adds to an element in one step.
  ///
  /// - Returns: The value before; nil with the reason when the sum or `amount` does not fit.
  public func add(
    _ amount: Element, at position: Int
  ) throws(MultiprocessingError) -> (before: Element?, ElementOutcome) {
    try lock.during { elements.add(amount, at: position) }
  }

  /// Replaces an element in one step, if it is equal to `old`.
  ///
  /// - Returns: Whether it was, and the value found; nil with the reason when a value does not fit.
  public func compareExchange(
    _ old: Element, for new: Element, at position: Int
  ) throws(MultiprocessingError) -> (found: Element?, isExchanged: Bool, ElementOutcome) {
    try lock.during { elements.compareExchange(old, for: new, at: position) }
  }

  /// Runs `body` with the memory while the lock is held.
  ///
  /// It may neither wait nor run code of a script.
  public func access<Result>(
    _ body: (Elements) -> Result
  ) throws(MultiprocessingError) -> Result {
    try lock.during { body(elements) }
  }
}
