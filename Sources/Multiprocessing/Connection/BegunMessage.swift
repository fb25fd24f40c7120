// Messages of which a part has come in when a receive had to stop. Python: none; there the part is lost.

/// The part of a message that this process has taken out of a pipe, kept for its next receive.
///
/// While there is one the process holds the end's word for receiving, from call to call: the rest of
/// the message is its own. A class, because a buffer can't be copied.
final class BegunMessage {
  let header: PacketSocket.Header
  var buffer = ScratchBuffer()
  /// How many bytes have come.
  var filled: Int

  init(_ header: PacketSocket.Header, filled: Int) {
    self.header = header
    self.filled = filled
  }

  /// How many bytes the whole message has.
  var byteCount: Int { Int(header.messageByteCount) }

  private static let kept = SingleThreaded<[UInt32: BegunMessage]>([:])

  /// Keeps the message for the next receive at the end with this number.
  func keep(end: UInt32) { Self.kept.value[end] = self }

  /// Takes the one that is kept for an end, whose word this process must hold.
  static func take(end: UInt32) -> BegunMessage? { kept.value.removeValue(forKey: end) }
}
