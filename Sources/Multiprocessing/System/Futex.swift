// Sleeping on words of shared memory and waking who sleeps. System call: `futex`.

internal import CLinux
internal import Glibc

/// The system's sleep on a word.
enum Futex {
  /// Why a sleep ended.
  enum Wake {
    /// Woken, or the word had changed already, or for no reason: look again.
    case look
    /// The deadline passed.
    case deadline
    /// A signal was handled.
    case signal
  }

  /// Sleeps while the word is `expected`.
  static func wait(on word: SharedWord, while expected: UInt32, until deadline: Deadline) -> Wake {
    reason(unsafe clinux_futex_wait(word.raw, expected, deadline.nanoseconds))
  }

  /// A word to sleep on, and what it holds meanwhile.
  struct Watch {
    let word: SharedWord
    let expected: UInt32

    init(word: SharedWord, expected: UInt32) {
      self.word = word
      self.expected = expected
    }

    /// Expects what the word holds now.
    init(_ word: SharedWord) { self.init(word: word, expected: word.load()) }
  }

  /// Sleeps while the word is `expected` and the others, at most 127, are as they should be.
  ///
  /// Without FUTEX_WAITV (before Linux 5.16, or forbidden) it sleeps on the first alone and looks
  /// at the others every 10 ms.
  static func wait(
    on word: SharedWord, while expected: UInt32, and others: [Watch], until deadline: Deadline
  ) -> Wake {
    if others.isEmpty { return wait(on: word, while: expected, until: deadline) }
    if unsafe hasWaitAny {
      let result = unsafe withUnsafeTemporaryAllocation(
        of: clinux_watch.self, capacity: others.count + 1
      ) { watches -> Int32 in
        unsafe watches.initializeElement(
          at: 0, to: clinux_watch(word: word.raw, expected: expected))
        for (position, other) in others.enumerated() {
          unsafe watches.initializeElement(
            at: position + 1, to: clinux_watch(word: other.word.raw, expected: other.expected))
        }
        guard let start = watches.baseAddress else { return -1 }
        return unsafe clinux_futex_wait_all(
          start, UInt32(watches.count), deadline.nanoseconds)
      }
      if result >= 0 || (errno != ENOSYS && errno != EPERM) { return reason(result) }
      unsafe hasWaitAny = false
    }
    let slice = Deadline(nanoseconds: Clock.nanoseconds + 10_000_000)
    let wake = wait(on: word, while: expected, until: deadline.earlier(of: slice))
    return wake == .deadline && !deadline.isPast ? .look : wake
  }

  /// Wakes up to `count` sleepers; returns how many there were.
  @discardableResult
  static func wake(_ word: SharedWord, count: Int) -> Int {
    Int(unsafe clinux_futex_wake(word.raw, Int32(clamping: count)))
  }

  /// Wakes every sleeper of the word.
  static func wakeAll(_ word: SharedWord) { wake(word, count: .max) }

  /// Stores 0 and wakes one sleeper in one step of the kernel, so that no kill falls between.
  static func release(_ word: SharedWord) { _ = unsafe clinux_futex_release(word.raw) }

  // Safe because a process has one thread, and a stale true only costs one failing call.
  private nonisolated(unsafe) static var hasWaitAny = true

  private static func reason(_ result: Int32) -> Wake {
    if result >= 0 { return .look }
    return errno == ETIMEDOUT ? .deadline : errno == EINTR ? .signal : .look
  }
}
