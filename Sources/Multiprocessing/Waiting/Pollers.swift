// Waking processes that wait for words and descriptors together. System: SIGURG.

internal import Glibc

/// Processes that sleep in `ppoll` while they wait for objects of the arena too.
///
/// They cannot sleep on words, so who changes such an object sends them SIGURG. Its default action is
/// to be ignored, so one that comes late does no harm, whoever gets it.
enum Pollers {
  /// Wakes everybody who polls the object.
  ///
  /// The mark counts announcements of pollers. It is set back here when none is left, so that a
  /// killed one costs no more than one search.
  static func wake(_ mark: SharedWord, of object: UInt32) {
    let seen = mark.load()
    guard seen != 0 else { return }
    var isPolled = false
    for index in 1..<Int(Arena.header.slotLimit.load()) {
      let slot = Slot(index)
      guard slot.waitOperation.load() == WaitOperation.waitAny.rawValue,
        Board.isAlive(slot.identity), WaitRecord(slot: slot).mayContain(object)
      else { continue }
      isPolled = true
      kill(Int32(bitPattern: slot.pid.load()), SIGURG)
    }
    if !isPolled { _ = mark.exchange(seen, for: 0) }
  }
}

extension WaitRecord {
  /// Whether the object is among those waited for, or among those that were not recorded.
  fileprivate func mayContain(_ object: UInt32) -> Bool {
    let count = count
    return count > Self.capacity || (0..<count).contains { entry($0).object == object }
  }
}
