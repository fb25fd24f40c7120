// Where the descriptors of pipe ends are while they are in messages. Python: `resource_sharer`.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Keeps one descriptor of each pipe end that a message under way carries.
///
/// A pair of sockets of the whole tree, whose buffer holds packets with a descriptor each: the kernel
/// keeps them whoever dies. Who sends an end puts a copy of its descriptor there; who receives it
/// copies that out, and the last message that goes takes it away. So an end may be in many messages,
/// and a message that is freed closes what it carried.
///
/// Everything here is done under the arena's word. The messages are the truth: an end has a packet
/// while its `inFlight` is not 0. A death leaves packets too many and never too few, and the rebuild
/// goes through all of them.
enum Depot {
  // Safe because they are set once, together with the arena.
  private nonisolated(unsafe) static var input: Int32 = -1
  // Safe because they are set once, together with the arena.
  private nonisolated(unsafe) static var output: Int32 = -1

  /// What is written on a packet.
  private struct Label: Equatable {
    var number: UInt32 = 0
    /// Of the end's entry.
    var generation: UInt32 = 0
    /// The round in which it was put or moved.
    var round: UInt32 = 0

    static let byteCount = MemoryLayout<Label>.size

    var end: SharedObject { SharedObject(number: number) }

    /// Whether a message needs the packet.
    var isLive: Bool {
      number != 0 && number < Arena.header.objectHighWater.value && end.kind == .pipe
        && end.generation == generation && end.inFlight.value != 0
    }
  }

  /// How many ends can be under way at a time; so many packets and one more fit into the buffer.
  static let capacity = 256
  private static let bufferByteCount: Int32 = 1 << 19

  /// `depotGarbage` when it is not known which packets nobody needs.
  private static let all: UInt32 = 0x8000_0000
  /// The same when going through them has failed, and waits for better times.
  private static let postponed: UInt32 = 0xC000_0000

  /// Makes the depot of a new tree, before anybody can inherit it.
  static func open() throws(MultiprocessingError) {
    guard unsafe input < 0 else { return }
    (unsafe input, unsafe output) = try PacketSocket.makePair()
    var size = bufferByteCount
    unsafe setsockopt(
      input, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Writes down where the depot is, in the tree's new arena.
  static func note() {
    Arena.header.depotInput.value = unsafe UInt32(bitPattern: input)
    Arena.header.depotOutput.value = unsafe UInt32(bitPattern: output)
  }

  /// What a fresh program of the tree must inherit, under the same numbers.
  static var descriptors: [Int32] { unsafe [input, output] }

  /// Finds the depot in a process that has just mapped the tree's arena and inherited `descriptors`.
  static func attach() {
    unsafe input = Int32(bitPattern: Arena.header.depotInput.value)
    unsafe output = Int32(bitPattern: Arena.header.depotOutput.value)
    for descriptor in unsafe [input, output] {
      // Not for the programs that this one starts.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  // MARK: In and out

  /// Keeps a copy of an end's descriptor.
  ///
  /// - Throws: `.system` when there is no room.
  static func put(_ end: SharedObject, _ descriptor: Int32) throws(MultiprocessingError) {
    let header = Arena.header
    if header.depotGarbage.value == postponed {
      mustTidyAll()
      tidy()
    }
    guard header.depotCount.value < capacity else {
      throw .system(
        .noBufferSpace, "send a connection: \(header.depotCount.value) are on their way already")
    }
    let label = Label(
      number: end.number, generation: end.generation, round: header.depotRound.value)
    guard send(label, descriptor) else {
      let reason = errno == EAGAIN ? Errno.noBufferSpace : Errno(rawValue: errno)
      throw .system(reason, "send a connection")
    }
    FaultPoint.hit(.depotPut)
  }

  /// Opens a descriptor of an end that is in a message.
  ///
  /// - Throws: `.system` when this process may have no more descriptors.
  static func copy(_ end: SharedObject) throws(MultiprocessingError) -> Int32 {
    var position: Int32 = 0
    while true {
      setPeekOffset(position)
      var label = Label()
      guard peek(&label) else { break }
      if label.number == end.number, label.generation == end.generation {
        setPeekOffset(position)
        let descriptor = unsafe clinux_peek_descriptor(output, &label, UInt64(Label.byteCount))
        guard descriptor >= 0 else { break }
        FaultPoint.hit(.depotCopied)
        return descriptor
      }
      position += Int32(Label.byteCount)
    }
    throw .system(Errno(rawValue: errno), "receive a connection")
  }

  // MARK: Keeping it tidy

  /// Says that no message needs the packet of an end any more.
  static func noteGarbage() {
    let garbage = Arena.header.depotGarbage
    if garbage.value < all { garbage.value += 1 }
  }

  /// Says that it is not known which packets are needed.
  static func mustTidyAll() { Arena.header.depotGarbage.value = all }

  /// Whether packets that nobody needs could not be dropped when they should have been.
  static var isPostponed: Bool {
    unsafe input >= 0 && Arena.header.depotGarbage.load() == postponed
  }

  /// Drops the packets that nobody needs.
  ///
  /// Only the first packet can be dropped. A needed one that stands before one to drop goes to the
  /// end: a copy first, then itself, so a death between leaves it there twice.
  static func tidy() {
    let header = Arena.header
    let garbage = header.depotGarbage
    if garbage.value == postponed { return }
    let isThorough = garbage.value == all
    header.depotRound.value &+= 1
    var left = garbage.value
    var kept: Set<UInt32> = []
    while isThorough || left > 0 {
      setPeekOffset(0)
      var label = Label()
      // None left, or all were looked at.
      guard peek(&label), label.round != header.depotRound.value else { break }
      if label.isLive, !kept.contains(label.number) {
        guard move(label) else {
          // This process has no number for the descriptor, or the system no room.
          garbage.value = postponed
          return
        }
        kept.insert(label.number)
      } else {
        drop()
        left &-= 1
      }
      FaultPoint.hit(.depotDropped)
    }
    if isThorough { header.depotCount.value = UInt32(kept.count) }
    garbage.value = 0
  }

  /// Puts the first packet behind the last one.
  private static func move(_ label: Label) -> Bool {
    setPeekOffset(0)
    var label = label
    let descriptor = unsafe clinux_peek_descriptor(output, &label, UInt64(Label.byteCount))
    guard descriptor >= 0 else { return false }
    defer { Glibc.close(descriptor) }
    label.round = Arena.header.depotRound.value
    FaultPoint.hit(.depotMoving)
    guard send(label, descriptor) else { return false }
    FaultPoint.hit(.depotMoved)
    drop()
    return true
  }

  // MARK: System calls

  private static func send(_ label: Label, _ descriptor: Int32) -> Bool {
    var label = label
    guard
      unsafe clinux_send_descriptor(input, &label, UInt64(Label.byteCount), descriptor) == 0
    else { return false }
    Arena.header.depotCount.value &+= 1
    return true
  }

  /// Drops the first packet, and with it its descriptor; the offset means nothing to it.
  private static func drop() {
    var label = Label()
    guard unsafe recv(output, &label, Label.byteCount, Int32(MSG_DONTWAIT)) > 0 else { return }
    Arena.header.depotCount.value &-= 1
  }

  /// Looks at the packet at the offset, and moves the offset on.
  private static func peek(_ label: inout Label) -> Bool {
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)
    return unsafe recv(output, &label, Label.byteCount, flags) == Label.byteCount
  }

  private static func setPeekOffset(_ offset: Int32) {
    var offset = offset
    unsafe setsockopt(
      output, SOL_SOCKET, SO_PEEK_OFF, &offset, socklen_t(MemoryLayout<Int32>.size))
  }
}
