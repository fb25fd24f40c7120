// Where a process keeps the lines of the trace that are not in the file yet. No counterpart in Python.

internal import Glibc

/// The trace of one slot's process, in shared memory: when it dies, whoever sweeps the slot writes the
/// rest.
///
/// The process that the slot belongs to changes it, and nobody else while it lives. A line counts once
/// `length` says so, and the file gets whole blocks only, so a death at any instruction damages nothing.
@safe struct TraceBuffer {
  static let byteCount = 8192
  private static let textOffset = 4096

  private let base: UnsafeMutableRawPointer

  /// The buffer of a slot that has one.
  init(_ index: Int) { unsafe base = Arena.base + Arena.layout.traces + index * Self.byteCount }

  /// Whose trace it is; 0 when that is complete.
  var identity: SharedWord { unsafe SharedWord(at: base) }
  /// The number of the row, from 1.
  var row: SharedWord { unsafe SharedWord(at: base + 4) }
  private var length: SharedWord { unsafe SharedWord(at: base + 8) }
  /// Whether the text is being written to the file.
  private var isWriting: SharedWord { unsafe SharedWord(at: base + 12) }
  var lifeStart: SharedLong { unsafe SharedLong(at: base + 16) }

  /// The sleep that was noted last and is not in the text; its `end` is 0 when there is none.
  var waitStart: SharedLong { unsafe SharedLong(at: base + 24) }
  var waitEnd: SharedLong { unsafe SharedLong(at: base + 32) }
  /// When the wait began that the sleep is a part of: tells it from other waits.
  var wait: SharedLong { unsafe SharedLong(at: base + 40) }
  var waitOperation: SharedWord { unsafe SharedWord(at: base + 48) }
  var waitObject: SharedWord { unsafe SharedWord(at: base + 52) }

  /// When the task began that the process runs; 0 when it runs none.
  var taskStart: SharedLong { unsafe SharedLong(at: base + 56) }
  var taskNumber: SharedLong { unsafe SharedLong(at: base + 64) }
  var taskName: String {
    get { unsafe InlineText.load(at: base + 72, capacity: 100) }
    nonmutating set { unsafe InlineText.store(newValue, at: base + 72, capacity: 100) }
  }

  /// 1 once the row has a name: a process may die before.
  var isDescribed: SharedWord { unsafe SharedWord(at: base + 176) }
  /// 1 once the text has the end of the row: a process may die before it is written.
  var hasEnd: SharedWord { unsafe SharedWord(at: base + 180) }

  /// Makes the memory sure to exist, and begins anew.
  ///
  /// - Throws: `.system` when there is no memory.
  static func begin(_ index: Int, row: UInt32, lifeStart: UInt64) throws(MultiprocessingError)
    -> Self
  {
    try Arena.reserve(Arena.layout.traces + index * byteCount, byteCount: byteCount)
    let buffer = TraceBuffer(index)
    buffer.length.value = 0
    buffer.isWriting.value = 0
    buffer.waitEnd.value = 0
    buffer.isDescribed.value = 0
    buffer.hasEnd.value = 0
    buffer.taskStart.value = 0
    buffer.row.value = row
    buffer.lifeStart.value = lifeStart
    buffer.identity.store(Board.identity)
    return buffer
  }

  /// Adds a line; one that is longer than a block is dropped.
  func append(_ line: TraceLine) {
    let count = line.bytes.count
    guard count <= TraceFile.blockByteCount else { return }
    if Int(length.value) + count > TraceFile.blockByteCount { flush() }
    let used = Int(length.value)
    unsafe line.bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      _ = unsafe memcpy(base + Self.textOffset + used, source, count)
    }
    length.storeLast(UInt32(used + count))
  }

  /// Writes the text to the file, filled up to a block with blanks.
  func flush() {
    if length.value == 0 { return }
    let block = unsafe filledBlock
    isWriting.store(1)
    FaultPoint.hit(.traceWriting)
    unsafe TraceFile.write(block)
    FaultPoint.hit(.traceWritten)
    length.store(0)
    isWriting.store(0)
  }

  /// Finds out whether the process died before or after its last block was written.
  func settle() {
    if isWriting.value == 1, length.value > 0 {
      let block = unsafe filledBlock
      if unsafe TraceFile.endsWith(block) { length.store(0) }
    }
    isWriting.store(0)
  }

  private var filledBlock: UnsafeRawBufferPointer {
    let used = Int(length.value)
    let text = unsafe base + Self.textOffset
    if used < TraceFile.blockByteCount {
      let rest = TraceFile.blockByteCount - used
      unsafe memset(text + used, Int32(UInt8(ascii: " ")), rest)
      unsafe (text + TraceFile.blockByteCount - 1).storeBytes(
        of: UInt8(ascii: "\n"), as: UInt8.self)
    }
    return unsafe UnsafeRawBufferPointer(start: text, count: TraceFile.blockByteCount)
  }
}
