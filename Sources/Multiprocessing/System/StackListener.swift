// Hearing the answers to the question for stacks. System: abstract Unix sockets.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Where a tool hears the answers of the processes that it asks.
///
/// It starts no program and no process, so its descriptors pass to nobody.
struct StackListener: ~Copyable {
  /// How many processes may be asked at once: on every system so many answers can wait to be heard.
  static let capacity = 100

  /// A process that answers.
  private struct Connection {
    let pid: Int32
    let descriptor: Int32
  }

  private let socket: StackSocket

  /// Begins to listen, before anybody is asked.
  ///
  /// System calls: `socket`, `bind`, `listen`.
  init() throws(MultiprocessingError) {
    guard let socket = StackSocket() else {
      throw .system(Errno(rawValue: errno), "make a socket for answers")
    }
    var result = unsafe StackSocket.withAddress(of: getpid()) { address, byteCount in
      unsafe bind(socket.descriptor, address, byteCount)
    }
    if result == 0 { result = listen(socket.descriptor, Int32(Self.capacity)) }
    guard result == 0 else { throw .system(Errno(rawValue: errno), "listen for answers") }
    self.socket = socket
  }

  /// Hears the answers of processes, until each has answered or ended, or the deadline.
  ///
  /// - Parameters:
  ///   - asked: Their process descriptors, by their numbers.
  ///   - deadline: When to stop waiting.
  ///   - isExcused: Whether a process that has not answered by then is waited for a little longer, and then
  ///     again.
  /// - Returns: The answers, by the processes' numbers.
  func hear(
    _ asked: [Int32: Int32], until deadline: Deadline, unless isExcused: (Int32) -> Bool
  ) -> [Int32: String] {
    var answers: [Int32: String] = [:]
    var silent = asked
    var deadline = deadline
    var connections: [Connection] = []
    defer { for connection in connections { close(connection.descriptor) } }
    while !silent.isEmpty {
      // What has come by then is heard all the same.
      let isOver = deadline.isPast
      let ended = wait(for: connections, silent, until: deadline)
      connections += acceptAll(of: silent)
      connections.removeAll { connection in
        guard let answer = receive(from: connection.descriptor) else { return false }
        if !answer.isEmpty {
          answers[connection.pid] = answer
          silent[connection.pid] = nil
        }
        close(connection.descriptor)
        return true
      }
      // Who had ended before that had said before what it would say.
      for pid in ended { silent[pid] = nil }
      if isOver {
        silent = silent.filter { isExcused($0.key) }
        deadline = Deadline(secondsFromNow: 0.2)
      }
    }
    return answers
  }

  /// Sleeps until something comes, or the deadline; the processes that have ended.
  private func wait(
    for connections: [Connection], _ processes: [Int32: Int32], until deadline: Deadline
  ) -> [Int32] {
    let pids = Array(processes.keys)
    let descriptors =
      pids.compactMap { processes[$0] } + connections.map(\.descriptor) + [socket.descriptor]
    var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = Poll.wait(for: &polls, until: deadline)
    return pids.indices.filter { polls[$0].revents != 0 }.map { pids[$0] }
  }

  /// Takes the connections that have come; nobody is heard who was not asked.
  ///
  /// System call: `accept`.
  private func acceptAll(of asked: [Int32: Int32]) -> [Connection] {
    var connections: [Connection] = []
    for _ in 0..<Self.capacity {
      let descriptor = accept(socket.descriptor, nil, nil)
      if descriptor < 0 { break }
      if let pid = StackSocket.peer(of: descriptor), asked[pid] != nil {
        connections.append(Connection(pid: pid, descriptor: descriptor))
      } else {
        close(descriptor)
      }
    }
    return connections
  }

  /// The answer, if it has come; empty when there will be none.
  ///
  /// System call: `recv`.
  private func receive(from descriptor: Int32) -> String? {
    unsafe withUnsafeTemporaryAllocation(byteCount: StackQuestion.limit, alignment: 1) { room in
      let flags = Int32(MSG_DONTWAIT)
      let count = unsafe recv(descriptor, room.baseAddress, room.count, flags)
      if count < 0 { return errno == EAGAIN ? nil : "" }
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: room[..<count])
      return unsafe String(decoding: bytes, as: UTF8.self)
    }
  }
}
