// Tasks and results of pools as messages. Python: what `multiprocessing.pool` pickles.

internal import CLuaBridge
internal import Multiprocessing

/// A job's function as its tasks carry it: encoded once for all of them.
struct EncodedFunction {
  /// From here on the bytes lie in shared memory once, and tasks refer to them.
  private static let largeByteCount = 4096

  fileprivate let bytes: [UInt8]
  /// What the function refers to.
  fileprivate let references: [SharedObject]
  /// The bytes of a large function.
  fileprivate let shared: SharedObject?

  /// Encodes the function at an index.
  init(_ state: LuaState, _ index: Int32) throws(LuaError) {
    let (bytes, references) = try TaskMessages.encode(state, index, root: "func")
    self.references = references
    guard bytes.count >= Self.largeByteCount else {
      self.bytes = bytes
      shared = nil
      return
    }
    self.bytes = []
    shared = try state.lifting { () throws(MultiprocessingError) in try SharedBytes.make(bytes) }
  }

  /// What every task's message carries for the function.
  fileprivate var carried: [SharedObject] { (shared.map { [$0] } ?? []) + references }

  /// Gives shared memory back once all tasks were put.
  func release() { shared?.release() }
}

/// A task that a worker has taken.
struct TakenTask {
  let ordinal: UInt32
  let header: TaskHeader
  /// What the message carried, all held by this process.
  let references: [SharedObject]
}

/// Carries tasks from a pool's owner to its workers, and results back.
enum TaskMessages {
  /// Encodes the value at an index so that it does not depend on Lua's memory any more.
  static func encode(
    _ state: LuaState, _ index: Int32, root: StaticString = ""
  ) throws(LuaError) -> ([UInt8], [SharedObject]) {
    try Encoder.use(state) { (encoder) throws(LuaError) in
      try encoder.encode(state, index, root: root)
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: encoder.byteCount) { buffer, count in
        count = encoder.byteCount
        if let place = buffer.baseAddress { unsafe encoder.copy(to: place) }
      }
      return (bytes, encoder.carried ?? [])
    }
  }

  /// Puts a task whose arguments are the value at an index.
  static func put(
    _ state: LuaState, _ core: PoolCore, _ job: any PoolJob, index: Int, _ header: TaskHeader,
    _ function: EncodedFunction, argumentsAt arguments: Int32, root: StaticString, retries: Int
  ) throws(LuaError) -> PoolTask {
    try Encoder.use(state) { (encoder) throws(LuaError) in
      try encoder.encode(state, arguments, root: root)
      var header = header
      header.functionByteCount = UInt32(function.bytes.count)
      let ofFunction = function.carried
      header.functionReferenceCount = UInt32(ofFunction.count)
      let references: [SharedObject]? =
        ofFunction.isEmpty ? encoder.carried : ofFunction + (encoder.carried ?? [])
      return try state.lifting { () throws(MultiprocessingError) in
        try unsafe core.put(
          job, index: index, header, byteCount: function.bytes.count + encoder.byteCount,
          carrying: references, retries: retries
        ) { place in
          unsafe function.bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress {
              unsafe place.copyMemory(from: source, byteCount: bytes.count)
            }
          }
          unsafe encoder.copy(to: place + function.bytes.count)
        }
      }
    }
  }

  // MARK: In the worker

  /// Reads the head of the message in a buffer.
  static func header(of buffer: borrowing ScratchBuffer) -> TaskHeader? {
    unsafe TaskHeader(buffer.bytes)
  }

  /// Decodes the function of a task.
  ///
  /// Stack: [] -> [function].
  static func decodeFunction(
    _ state: LuaState, _ task: TakenTask, _ buffer: borrowing ScratchBuffer
  ) throws(LuaError) {
    let start = TaskHeader.byteCount
    let count = Int(task.header.functionByteCount)
    let ofFunction = Array(task.references.prefix(Int(task.header.functionReferenceCount)))
    if count > 0 {
      return try unsafe Decoder.decode(
        state, bytes: UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<start + count]),
        references: ofFunction.isEmpty ? nil : ofFunction)
    }
    guard let shared = ofFunction.first, let bytes = unsafe SharedBytes.bytes(of: shared) else {
      throw .object(.serializationError, "damaged task: it has no function")
    }
    let rest = Array(ofFunction.dropFirst())
    try unsafe Decoder.decode(state, bytes: bytes, references: rest.isEmpty ? nil : rest)
  }

  /// Decodes the arguments of a task.
  ///
  /// Stack: [] -> [value].
  static func decodeArguments(
    _ state: LuaState, _ task: TakenTask, _ buffer: borrowing ScratchBuffer
  ) throws(LuaError) {
    let start = TaskHeader.byteCount + Int(task.header.functionByteCount)
    let references = Array(task.references.dropFirst(Int(task.header.functionReferenceCount)))
    try unsafe Decoder.decode(
      state, bytes: UnsafeRawBufferPointer(rebasing: buffer.bytes[start...]),
      references: references.isEmpty ? nil : references)
  }

  /// Returns the value at an index as the result of a task.
  ///
  /// - Throws: A `SerializationError` when it cannot be sent; nothing was returned then.
  static func finish(
    _ state: LuaState, _ seat: WorkerSeat, _ ordinal: UInt32, _ status: ResultStatus,
    at index: Int32
  ) throws(LuaError) {
    try Encoder.use(state) { (encoder) throws(LuaError) in
      try encoder.encode(state, index, root: "result")
      try state.lifting { () throws(MultiprocessingError) in
        try unsafe seat.finish(
          ordinal, status, byteCount: encoder.byteCount, carrying: encoder.carried
        ) { place in unsafe encoder.copy(to: place) }
      }
    }
  }

  /// Returns a result without a value.
  static func finish(
    _ state: LuaState, _ seat: WorkerSeat, _ ordinal: UInt32, _ status: ResultStatus
  ) throws(LuaError) {
    try state.lifting { () throws(MultiprocessingError) in
      try unsafe seat.finish(ordinal, status, byteCount: 0) { _ in }
    }
  }

  /// Tells the owner in words why the initializer failed.
  static func reportFailure(_ seat: WorkerSeat, _ text: [UInt8]) {
    try? unsafe seat.reportFailure(byteCount: text.count, carrying: nil) { place in
      unsafe text.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress {
          unsafe place.copyMemory(from: source, byteCount: bytes.count)
        }
      }
    }
  }

  // MARK: In the owner

  /// Decodes a value that came in a result; what came with it must be kept.
  ///
  /// Stack: [] -> [value].
  static func decode(
    _ state: LuaState, _ bytes: [UInt8], _ references: [SharedObject]
  ) throws(LuaError) {
    var failure: LuaError?
    unsafe bytes.withUnsafeBytes { bytes in
      do throws(LuaError) {
        try unsafe Decoder.decode(
          state, bytes: bytes, references: references.isEmpty ? nil : references)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Lets go of what was kept for a task or result, unless it is in use.
  static func discard(_ state: LuaState, _ references: [SharedObject]) {
    guard !references.isEmpty else { return }
    ReceivedObjects.letGo(references)
    try? ReceivedObjects.use(references, state) {}
  }
}
