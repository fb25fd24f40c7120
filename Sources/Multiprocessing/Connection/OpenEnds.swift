// The descriptors of the pipe ends that this process has open. No counterpart in Python.

/// Which descriptor belongs to which end: one for each end that the process holds.
///
/// A child that was forked has the same ones. Whatever lets go of an end closes its descriptor.
enum OpenEnds {
  private static let descriptors = SingleThreaded<[UInt32: Int32]>([:])

  /// The descriptor of an end; nil when this process has none.
  static func descriptor(of end: SharedObject) -> Int32? { descriptors.value[end.number] }

  /// Keeps a descriptor for an end.
  static func insert(_ descriptor: Int32, for end: SharedObject) {
    descriptors.value[end.number] = descriptor
  }

  /// Closes this process's descriptor of an end, and leaves the rest of a message of which a part was
  /// taken to nobody.
  static func close(_ end: SharedObject) {
    guard let descriptor = descriptors.value.removeValue(forKey: end.number) else { return }
    let word = PipeEnd(end).receiveWord
    if word.isOwned {
      _ = BegunMessage.take(end: end.number)
      word.releaseOwned()
    }
    PacketSocket.close(descriptor)
  }
}
