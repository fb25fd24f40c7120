// The socket under a pipe: packets, each with a header that says which message it belongs to.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A pair of connected sockets that keep the bounds of packets, and the system calls on them.
///
/// A packet arrives whole or not at all, so a writer that is killed can leave out the rest of a
/// message but never half a header. No call here blocks.
enum PacketSocket {
  /// What stands before the bytes of each packet.
  struct Header: Equatable {
    /// How many bytes the whole message has.
    var messageByteCount: UInt64 = 0
    /// Where in the message this packet's bytes belong.
    ///
    /// Zero begins a message.
    var offset: UInt64 = 0
    /// The mark of the entry of a message that carries references; 0 for another one.
    var carrier: UInt64 = 0
  }

  /// The most bytes of a message in one packet; more would not pass the default socket buffer.
  static let payloadLimit = 1 << 16

  enum Outcome: Equatable {
    case bytes(Int)
    case wouldBlock
    /// The other end is closed.
    case ended
    case failed(Errno)
  }

  /// Makes two connected ends, close-on-exec.
  ///
  /// System call: `socketpair`.
  static func makePair() throws(MultiprocessingError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .system(Errno(rawValue: errno), "make a pipe")
    }
    return (ends[0], ends[1])
  }

  /// Sends one packet: the `count` bytes of a message from `offset` on.
  ///
  /// System call: `sendmsg`.
  static func send(
    _ header: Header, _ message: borrowing ScratchBuffer, _ count: Int, to socket: Int32
  ) -> Outcome {
    var header = header
    let offset = Int(header.offset)
    return unsafe withUnsafeMutableBytes(of: &header) { head in
      var parts = unsafe [
        iovec(iov_base: head.baseAddress, iov_len: head.count),
        iovec(iov_base: message.address?.advanced(by: offset), iov_len: count),
      ]
      let sent = unsafe transfer(&parts) { packet in
        unsafe sendmsg(socket, packet, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if sent >= 0 { return .bytes(sent - head.count) }
      return errno == EPIPE || errno == ECONNRESET ? .ended : failure()
    }
  }

  /// Receives one packet: its bytes go into the buffer from `offset` on.
  ///
  /// System call: `recvmsg`.
  static func receive(
    into message: borrowing ScratchBuffer, at offset: Int, from socket: Int32
  ) -> (header: Header, outcome: Outcome) {
    var header = Header()
    let outcome = unsafe withUnsafeMutableBytes(of: &header) { head in
      unsafe receive(
        [
          iovec(iov_base: head.baseAddress, iov_len: head.count),
          iovec(
            iov_base: message.address?.advanced(by: offset), iov_len: message.capacity - offset),
        ], Int32(MSG_DONTWAIT), from: socket)
    }
    return (header, outcome)
  }

  /// Looks at the next packet's header without taking the packet.
  static func peek(from socket: Int32) -> (header: Header, outcome: Outcome) {
    var header = Header()
    let outcome = unsafe withUnsafeMutableBytes(of: &header) { head in
      unsafe receive(
        [iovec(iov_base: head.baseAddress, iov_len: head.count)],
        Int32(MSG_DONTWAIT) | Int32(MSG_PEEK), from: socket)
    }
    return (header, outcome)
  }

  private static func receive(_ parts: [iovec], _ flags: Int32, from socket: Int32) -> Outcome {
    var parts = unsafe parts
    let count = unsafe transfer(&parts) { packet in unsafe recvmsg(socket, packet, flags) }
    if count > 0 { return .bytes(count - MemoryLayout<Header>.size) }
    return count == 0 || errno == ECONNRESET ? .ended : failure()
  }

  static func close(_ socket: Int32) { _ = Glibc.close(socket) }

  private static func transfer(
    _ parts: inout [iovec], _ call: (UnsafeMutablePointer<msghdr>) -> Int
  ) -> Int {
    unsafe parts.withUnsafeMutableBufferPointer { parts in
      var message = unsafe msghdr()
      unsafe message.msg_iov = parts.baseAddress
      unsafe message.msg_iovlen = parts.count
      while true {
        let count = unsafe call(&message)
        if count >= 0 || errno != EINTR { return count }
      }
    }
  }

  private static func failure() -> Outcome {
    errno == EAGAIN || errno == ENOBUFS ? .wouldBlock : .failed(Errno(rawValue: errno))
  }
}
