// One end of a pipe. Python: `multiprocessing.connection.Connection`.

/// One end of a pipe: messages go in whole and come out whole, in order.
///
/// Several processes may hold the same end, by `fork`. A message that its writer or reader leaves
/// half done, because it was killed or closed the end, is dropped; the others go on with the next one.
/// A reader that an interruption or a deadline stopped in the middle goes on where it was with its next
/// receive; until then other readers of the end wait for it.
public struct Connection: BitwiseCopyable, Hashable, Sendable {
  /// What an end may do.
  public struct Direction: OptionSet, BitwiseCopyable, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// Makes the set of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// It receives.
    public static let receive = Direction(rawValue: 1)
    /// It sends.
    public static let send = Direction(rawValue: 2)
    /// It does both.
    public static let both: Direction = [.receive, .send]
  }

  /// The descriptor; -1 once this process has closed the end.
  public private(set) var descriptor: Int32
  /// What the end may still do.
  public internal(set) var direction: Direction
  /// The end's entry in the arena: a word for who sends and one for who receives.
  public let end: SharedObject
  /// The other end's entry, and its generation, by which its next use is told from this one.
  public let peer: SharedObject
  let peerGeneration: UInt32

  init(descriptor: Int32, direction: Direction, end: SharedObject, peer: SharedObject) {
    self.descriptor = descriptor
    self.direction = direction
    self.end = end
    self.peer = peer
    peerGeneration = peer.generation
    OpenEnds.insert(descriptor, for: end)
  }

  /// Makes the connection of an end that came in a message.
  ///
  /// - Returns: nil when the object is no end of a pipe that this process has open.
  public init?(received end: SharedObject, direction: Direction) {
    guard end.kind == .pipe, let descriptor = OpenEnds.descriptor(of: end) else { return nil }
    self.descriptor = descriptor
    self.direction = direction
    self.end = end
    (peer, peerGeneration) = PipeEnd(end).connected
  }

  /// Whether this process has closed the end.
  public var isClosed: Bool { descriptor < 0 }
  /// Whether the end receives.
  public var isReadable: Bool { direction.contains(.receive) }
  /// Whether the end sends.
  public var isWritable: Bool { direction.contains(.send) }

  var sendWord: OwnerWord { PipeEnd(end).sendWord }
  var receiveWord: OwnerWord { PipeEnd(end).receiveWord }

  /// Says that the descriptor is used by others: anybody may write to it and read from it now, so
  /// that no wait for the pipe counts as hopeless any more.
  public func escape() {
    PipeEnd(end).hasEscaped = true
    if peer.generation == peerGeneration { PipeEnd(peer).hasEscaped = true }
  }

  /// Closes this process's hold of the end.
  ///
  /// A second time does nothing.
  public mutating func close() {
    guard !isClosed else { return }
    descriptor = -1
    end.release()
  }

  /// Refuses what an end that is closed, or of the other direction, cannot do.
  ///
  /// - Throws: `.operation` with Python's text.
  public func check(_ wanted: Direction) throws(MultiprocessingError) {
    if isClosed { throw .operation("handle is closed") }
    if wanted == .receive, !isReadable { throw .operation("connection is write-only") }
    if wanted == .send, !isWritable { throw .operation("connection is read-only") }
  }
}
