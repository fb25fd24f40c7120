// Standard output by whole lines, once several processes write to it. Python: none; its lines mix.

internal import CLinux
internal import Glibc

/// The stream that takes the place of the C library's `stdout`.
///
/// Each line, however long, reaches the descriptor in one piece when it ends; a part of a line when
/// it is flushed, and at the end of the process. A lock of the tree keeps two processes' writes apart.
public enum Output {
  /// How many bytes the stream's own buffer holds.
  ///
  /// A longer line comes here in parts of this size.
  private static let bufferByteCount = 65_521

  /// How long to wait for another process's write before asking whether it is stopped in the middle.
  private static let patience = 1.0

  private struct State {
    var isReplaced = false
    /// Whether what is written goes to the relay of this process, or of one that it comes from.
    var isRelayed = false
    var lock: Lock?
    /// Whether this process has the lock from `hold` to `letGo`.
    var isHeld = false
    /// The beginning of a line whose end has not come yet.
    var held: [UInt8] = []
  }

  private static let state = SingleThreaded(State())

  /// The lock of the tree under which lines are written; nil before the first start.
  ///
  /// Those who write to the same relay have one of their own: who held the tree's while it waits for the
  /// relay would keep that from writing on.
  static var lockObject: SharedObject? { state.value.lock?.object }

  /// Whether a relay stands between this process and its parent's standard output.
  static var isRelayed: Bool {
    get { state.value.isRelayed }
    set { state.value.isRelayed = newValue }
  }

  /// Lets go of the lock in a process whose standard streams lead elsewhere from now on.
  ///
  /// Alone there it needs none; its first start makes another.
  static func leaveLock() {
    state.value.lock?.object.release()
    state.value.lock = nil
  }

  /// The lock, made at need.
  ///
  /// - Throws: `.system` when the arena cannot be made or is full.
  static func makeLock() throws(MultiprocessingError) -> Lock {
    if let lock = state.value.lock { return lock }
    let lock = try Lock()
    state.value.lock = lock
    return lock
  }

  /// Takes over the lock in a process that is a fresh program; it holds the object.
  static func adopt(_ lock: SharedObject) {
    if state.value.lock == nil { state.value.lock = Lock(lock) }
  }

  /// Puts the stream in the place of `stdout`, once, and makes sure that there is a lock.
  ///
  /// - Returns: Whether it did: not later, and not when the C library refuses.
  public static func replaceStandardOutput() throws(MultiprocessingError) -> Bool {
    _ = try makeLock()
    guard !state.value.isReplaced else { return false }
    state.value.isReplaced =
      unsafe clinux_replace_stream(
        STDOUT_FILENO,
        { bytes, count in
          let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
          return unsafe Output.take(bytes) ? count : 0
        }, Int64(bufferByteCount)) == 0
    return state.value.isReplaced
  }

  /// Whether `stdout` is written without a buffer, which only a script can have asked for.
  public static var isUnbuffered: Bool { clinux_stdout_is_unbuffered() != 0 }

  /// Writes out all that is held back: before a fork, so that it is not written twice, and at the
  /// end of the process.
  public static func flush() {
    ProcessCalls.flushStandardStreams()
    writeHeld()
  }

  /// Writes out the part of a line that is held back, as a flush wants it.
  public static func writeHeld() {
    let rest = state.value.held
    state.value.held = []
    unsafe rest.withUnsafeBytes { bytes in _ = unsafe writeLocked(bytes) }
  }

  /// Takes what the stream gives out: at the end of a line, when it is flushed, or when its buffer
  /// is full.
  private static func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // Only a full buffer comes in whole blocks; then the end of the line is still to come.
    let isPartOfLine =
      unsafe bytes.count % bufferByteCount == 0 && bytes.last != UInt8(ascii: "\n")
    if isPartOfLine {
      state.value.held += unsafe [UInt8](bytes)
      return true
    }
    if state.value.held.isEmpty { return unsafe writeLocked(bytes) }
    state.value.held += unsafe [UInt8](bytes)
    let whole = state.value.held
    state.value.held = []
    return unsafe whole.withUnsafeBytes { bytes in unsafe writeLocked(bytes) }
  }

  private static func writeLocked(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 0 else { return true }
    return locked {
      unsafe Descriptor.writeAll(
        STDOUT_FILENO, bytes, after: StatusLine.prefix(on: STDOUT_FILENO, before: bytes))
    }
  }

  /// Runs `body` while no other process writes a line.
  static func locked<Result>(_ body: () -> Result) -> Result {
    // This process may hold it already.
    let isLocked = !state.value.isHeld && takeLock()
    defer { if isLocked { try? state.value.lock?.release() } }
    return body()
  }

  /// Keeps other processes from writing lines until `letGo`; this one still can.
  static func hold() {
    guard !state.value.isHeld else { return }
    state.value.isHeld = takeLock()
  }

  /// Lets others write again.
  static func letGo() {
    guard state.value.isHeld else { return }
    state.value.isHeld = false
    try? state.value.lock?.release()
  }

  /// Waits for the lock, for as long as a slow reader makes another process hold it; false when that
  /// process is stopped, or without a lock.
  private static func takeLock() -> Bool {
    guard let lock = state.value.lock else { return false }
    // An interruption must not be raised from inside the C library; it stays due.
    let handler = Interruption.handler
    Interruption.handler = nil
    defer { Interruption.handler = handler }
    while true {
      let taken = try? lock.acquire(until: Deadline(secondsFromNow: patience))
      if taken == .acquired || taken == .abandoned { return true }
      if taken == nil || Board.isStopped(lock.owner) { return false }
    }
  }
}
