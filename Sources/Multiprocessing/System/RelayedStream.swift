// One of the two streams that a relay passes on. Python: none.

internal import Glibc
internal import SystemPackage

/// What a process writes to a standard stream, on its way to that stream of the relay.
struct RelayedStream: ~Copyable {
  /// How much is read at a time: as much as a pipe holds.
  private static let chunkByteCount = 1 << 16
  private static let newline = UInt8(ascii: "\n")

  /// The pipe's end to read; -1 once nothing more comes or the stream takes no more.
  private(set) var source: Int32
  private let target: Int32
  /// Whose output it is.
  private let name: String
  /// What stands before each line; nil when all is kept until `show`.
  private let beginning: [UInt8]?
  /// The beginning of a line whose end has not come yet; all that came, when it is kept.
  private var kept = Spool()
  private var hasComplained = false

  init(from source: Int32, to target: Int32, of name: String, _ mode: OutputMode) {
    self.source = source
    self.target = target
    self.name = name
    beginning = mode == .prefix ? Array("\(name): ".utf8) : nil
  }

  /// Whether nothing is kept.
  var isEmpty: Bool { kept.isEmpty }

  /// Takes what there is, at most a chunk, and passes on what is due.
  ///
  /// - Returns: How many bytes there were.
  @discardableResult
  mutating func take() -> Int {
    guard source >= 0 else { return 0 }
    var byteCount = 0
    unsafe withUnsafeTemporaryAllocation(byteCount: Self.chunkByteCount, alignment: 1) { buffer in
      switch unsafe OutputPipe.read(source, into: buffer) {
      case .bytes(let count):
        byteCount = count
        unsafe pass(on: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      case .nothing:
        break
      case .end:
        closeSource()
      }
    }
    return byteCount
  }

  /// Takes all that was written before now, whoever goes on writing.
  mutating func takeWritten() {
    var left = OutputPipe.byteCount(source)
    while left > 0 {
      let count = take()
      guard count > 0 else { return }
      left -= count
    }
    // At its end the pipe says so only when it is read.
    take()
  }

  /// Writes what is kept: a line without an end gets one, a block stays as it came.
  mutating func show() {
    guard !kept.isEmpty else { return }
    let end = beginning == nil || kept.endsLine ? [] : [Self.newline]
    let failure = unsafe Self.write(to: target, ending: beginning != nil || kept.endsLine) {
      write in
      if let beginning { _ = unsafe beginning.withUnsafeBytes(write) }
      unsafe kept.drain(write)
      if !end.isEmpty { _ = unsafe end.withUnsafeBytes(write) }
    }
    note(failure)
  }

  private mutating func pass(on bytes: UnsafeRawBufferPointer) {
    guard let beginning else { return unsafe kept.append(bytes) }
    guard let end = unsafe Self.firstLineEnd(in: bytes) else { return unsafe kept.append(bytes) }
    var rest = unsafe bytes
    if !kept.isEmpty {
      unsafe kept.append(UnsafeRawBufferPointer(rebasing: rest[..<end]))
      show()
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    }
    var lines: [UInt8] = []
    while let end = unsafe Self.firstLineEnd(in: rest) {
      lines += beginning
      unsafe lines.append(contentsOf: rest[..<end])
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    }
    if !lines.isEmpty {
      note(
        unsafe Self.write(to: target, ending: true) { write in
          _ = unsafe lines.withUnsafeBytes(write)
        })
    }
    if source >= 0 { unsafe kept.append(rest) }
  }

  /// Where the first line ends: behind its newline.
  private static func firstLineEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let start = bytes.baseAddress,
      let found = unsafe memchr(start, Int32(newline), bytes.count)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - start + 1
  }

  /// Writes a text under the tree's lock; `body` gives it in pieces.
  ///
  /// - Returns: Why not all of it could be written; 0 when it was.
  private static func write(
    to target: Int32, ending endsLine: Bool,
    _ body: ((UnsafeRawBufferPointer) -> Bool) -> Void
  ) -> Int32 {
    var failure: Int32 = 0
    Output.locked {
      var clearing = StatusLine.prefix(on: target, beforeLine: endsLine)
      unsafe body { bytes in
        guard failure == 0 else { return false }
        if unsafe !Descriptor.writeAll(target, bytes, after: clearing) { failure = errno }
        clearing = []
        return failure == 0
      }
    }
    return failure
  }

  /// Lets the process hear of a reader that has gone as if it wrote there itself: nobody reads from it
  /// any more either.
  ///
  /// Any other failure loses the text, and is told of once; but a stream that was closed all along is
  /// nobody's fault.
  private mutating func note(_ failure: Int32) {
    if failure == EPIPE { closeSource() }
    guard failure != 0, failure != EPIPE, failure != EBADF, !hasComplained else { return }
    hasComplained = true
    let stream = target == STDOUT_FILENO ? "output" : "errors"
    StandardError.write(
      line: "mplua: cannot write the \(stream) of \(name): \(Errno(rawValue: failure))")
  }

  private mutating func closeSource() {
    if source >= 0 { close(source) }
    source = -1
  }
}
