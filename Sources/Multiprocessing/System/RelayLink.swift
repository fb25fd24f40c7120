// What a process and the relay of its child's output tell each other. System calls: `send`, `recv`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// The socket between the two, which either finds closed when the other one has died.
enum RelayLink {
  /// What the relay is told.
  enum Order: Equatable {
    /// The child has been started; it is this process descriptor that says when it has ended, -1 for
    /// none.
    case watch(Int32)
    /// There is no child, or whoever was to start it has died: then nobody waits.
    case nobody
  }

  /// Makes the two ends, close-on-exec, neither with the number of a standard stream.
  ///
  /// - Throws: `.system` when there are no descriptors left.
  static func make() throws(MultiprocessingError) -> (Int32, Int32) {
    let (one, other) = try PacketSocket.makePair()
    defer {
      PacketSocket.close(one)
      PacketSocket.close(other)
    }
    let first = try Descriptor.copy(one)
    do throws(MultiprocessingError) {
      return (first, try Descriptor.copy(other))
    } catch {
      PacketSocket.close(first)
      throw error
    }
  }

  private static let started: UInt8 = 1
  private static let shown: UInt8 = 2

  /// Tells the relay that the child has been started, which has this process descriptor or, with -1,
  /// none.
  static func tellStarted(_ descriptor: Int32, on socket: Int32) {
    var label = started
    if descriptor >= 0, unsafe clinux_send_descriptor(socket, &label, 1, descriptor) == 0 { return }
    _ = unsafe Glibc.send(socket, &label, 1, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
  }

  /// Takes what the relay is told; there is something, or the other side is gone.
  static func takeOrder(from socket: Int32) -> Order {
    var label: UInt8 = 0
    let descriptor = unsafe clinux_peek_descriptor(socket, &label, 1)
    // A socket that is closed with something unread in it fails at the other end, which then does not
    // hear the last word.
    var taken: UInt8 = 0
    _ = unsafe recv(socket, &taken, 1, Int32(MSG_DONTWAIT))
    return label == started ? .watch(descriptor) : .nobody
  }

  /// Tells whoever waits that all is shown that the child has written, though others may still write.
  static func tellShown(on socket: Int32) {
    var label = shown
    _ = unsafe Glibc.send(socket, &label, 1, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
  }

  /// Whether the relay has said so; false when it has only gone.
  static func isShown(on socket: Int32) -> Bool {
    var label: UInt8 = 0
    return unsafe recv(socket, &label, 1, Int32(MSG_DONTWAIT)) == 1 && label == shown
  }
}
