// The answer to the question for a stack: one packet to the asker. System: abstract Unix sockets.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A socket that keeps the bounds of packets, between a process that was asked and the asker.
///
/// Its name is of no file system: it ends with the asker, however that ends.
struct StackSocket: ~Copyable {
  let descriptor: Int32

  init?() {
    let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    descriptor = socket(AF_UNIX, kind | Int32(SOCK_NONBLOCK.rawValue), 0)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Calls `body` with the address of an asker.
  static func withAddress(
    of asker: Int32, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    // The first byte, 0, says that the name is of no file system.
    let name = [0] + Array("mplua-stack-\(asker)".utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let byteCount = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe body(
        UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), socklen_t(byteCount))
    }
  }

  /// The process at the other end of a socket, if it is one of this user.
  ///
  /// System call: `getsockopt`.
  static func peer(of descriptor: Int32) -> Int32? {
    // Its number, its user, its group.
    var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
    var byteCount = socklen_t(MemoryLayout.size(ofValue: credentials))
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &byteCount)
    return result == 0 && credentials.1 == geteuid() ? credentials.0 : nil
  }
}

extension StackQuestion {
  /// The most bytes of an answer; more would not pass the default socket buffer.
  static let limit = 1 << 16

  /// Answers the question; nothing happens when the asker listens no more, or is not who it should be.
  ///
  /// It does not block.
  ///
  /// - Parameters:
  ///   - text: The answer; what is too long is cut.
  ///   - asker: The process that asked.
  package static func answer(_ text: String, to asker: Int32) {
    guard let socket = StackSocket() else { return }
    let result = unsafe StackSocket.withAddress(of: asker) { address, byteCount in
      unsafe connect(socket.descriptor, address, byteCount)
    }
    guard result == 0, StackSocket.peer(of: socket.descriptor) == asker else { return }
    var bytes = Array(text.utf8)
    if bytes.count > limit { bytes = bytes.prefix(limit - 4) + Array("\n…".utf8) }
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    _ = unsafe Glibc.send(socket.descriptor, bytes, bytes.count, flags)
  }

  /// Sends the question to the process of a process descriptor.
  ///
  /// - Throws: The system's reason, `.noSuchProcess` when it has ended.
  static func send(to descriptor: Int32) throws(Errno) {
    var info = unsafe siginfo_t()
    unsafe info.si_signo = signal
    unsafe info.si_code = Int32(SI_QUEUE)
    unsafe info._sifields._rt.si_pid = getpid()
    unsafe info._sifields._rt.si_sigval.sival_int = mark
    guard unsafe clinux_pidfd_signal(descriptor, signal, &info) == 0 else {
      throw Errno(rawValue: errno)
    }
  }

  /// Whether a process hears the question: another one could die of it.
  static func isHeard(by pid: Int32) -> Bool {
    guard let caught = ProcessFiles.caughtSignals(of: pid) else { return false }
    return caught & 1 << UInt64(signal - 1) != 0
  }
}
