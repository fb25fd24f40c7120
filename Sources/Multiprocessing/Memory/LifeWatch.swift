// Sleeping until somebody dies. No counterpart in Python: there nobody hears of it.

extension Board {
  /// How many lives one sleep watches at most; what is beyond, its slices see.
  static let mostWatched = 31

  /// The life word of a process as something to sleep on, with the mark that makes the kernel wake
  /// somebody when the process dies; nil when it is dead already.
  ///
  /// The kernel wakes only one of those who sleep on it: `passOnDeath` wakes the others.
  static func watch(_ identity: UInt32) -> Futex.Watch? {
    let slot = slot(of: identity)
    while true {
      let life = slot.life.load()
      if life & deadBit != 0 || life & threadMask == 0 { return nil }
      guard slot.generation.load() & 0xFFFF == identity >> 14 else { return nil }
      let marked = life | waitersBit
      // A plain store of the mark could hit the next user of the slot.
      if life == marked || slot.life.exchange(life, for: marked) {
        return Futex.Watch(word: slot.life, expected: marked)
      }
    }
  }

  /// The life word of a process that may only be starting: it changes when the process runs, and when
  /// it dies.
  static func watchStart(of identity: UInt32) -> Futex.Watch {
    // Read before: a change in between ends the sleep at once.
    let life = slot(of: identity).life
    let seen = Futex.Watch(life)
    return watch(identity) ?? seen
  }

  /// What `watch` gives for several processes; nil when one of them is dead already.
  static func watch(_ identities: [UInt32]) -> [Futex.Watch]? {
    var watches: [Futex.Watch] = []
    for identity in identities {
      guard let watch = watch(identity) else { return nil }
      watches.append(watch)
    }
    return watches
  }

  /// Wakes everybody else who sleeps on the life of a process that was found dead.
  static func passOnDeath(of identity: UInt32) { Futex.wakeAll(slot(of: identity).life) }
}
