// Where a process writes what it waits for. No counterpart in Python.

/// The record of a wait in a process's slot, written by its process alone.
///
/// The sequence is odd exactly while the process sleeps without a deadline. Who reads it odd, then
/// the record, then what the record speaks of, and at last the same sequence again, knows that the
/// process slept all the while.
struct WaitRecord {
  /// How many things are told apart; of a longer wait only the first ones are recorded.
  static let capacity = 8

  let slot: Slot

  /// Odd while the record is that of a sleep without a deadline.
  var sequence: SharedLong { slot.waitSequence }

  /// Writes the record before a sleep.
  ///
  /// In order: who reads some of it reads the sequence of the sleep before no more.
  ///
  /// When the wait began also tells it from the process's other waits.
  func enter(
    _ operation: WaitOperation, _ entries: some Collection<WaitEntry>, since: UInt64,
    isUntimed: Bool
  ) {
    for (position, entry) in entries.prefix(Self.capacity).enumerated() {
      var offset: UInt64 = 0
      if let word = entry.word {
        offset = Arena.offset(of: word.word)
        slot.waitExpected(position).store(word.expected)
      }
      slot.waitWord(position).store(offset)
      slot.waitObject(position).store(entry.object)
      slot.waitEntryOperation(position).store(entry.operation.rawValue)
    }
    slot.waitCount.store(UInt32(entries.count))
    slot.waitSince.store(since)
    slot.waitOperation.store(operation.rawValue)
    // The record is complete before the sequence turns odd: pairs with the first pass of a reader.
    if isUntimed { sequence.add(1) }
  }

  /// Takes the mark back before anything else is touched.
  func leave() {
    if sequence.value & 1 == 1 { sequence.add(1) }
    slot.waitOperation.value = 0
    slot.waitCount.value = 0
  }

  var operation: WaitOperation { WaitOperation(rawValue: slot.waitOperation.load()) ?? .none }
  var since: UInt64 { slot.waitSince.load() }
  /// How many things the process waits for, also those that were not recorded.
  var count: Int { Int(slot.waitCount.load()) }

  /// What the process waits for, with or without a deadline; nil while it runs.
  var current: CurrentWait? {
    let operation = operation
    let count = count
    guard operation != .none else { return nil }
    let entries = (0..<min(count, Self.capacity)).map(entry)
    return CurrentWait(
      operation: operation, object: slot.waitObject(0).load(), since: since,
      things: WaitEntry.description(of: operation, on: entries, of: count))
  }

  /// One entry as another process reads it.
  func entry(_ position: Int) -> WaitEntry {
    let offset = slot.waitWord(position).load()
    let expected = slot.waitExpected(position).load()
    let hasWord = offset != 0 && offset < UInt64(Arena.layout.byteCount)
    return WaitEntry(
      operation: WaitOperation(rawValue: slot.waitEntryOperation(position).load()) ?? .none,
      object: slot.waitObject(position).load(),
      word: hasWord ? Futex.Watch(word: Arena.word(Int(offset)), expected: expected) : nil)
  }
}
