// The moment at which a wait gives up. Python: the `timeout` arguments.

/// A moment of the monotonic clock; every wait of the runtime takes one.
public struct Deadline: Hashable, Sendable {
  /// Nanoseconds of `Clock`; the largest number is "never", zero is "at once".
  public let nanoseconds: UInt64

  /// Makes the deadline that is at this reading of `Clock`.
  @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// Makes a deadline some time from now.
  ///
  /// - Parameter seconds: Negative numbers and not-a-number are `.now`; infinity, and what the clock
  ///   cannot count, are `.never`.
  public init(secondsFromNow seconds: Double) {
    guard seconds > 0 else {
      self = .now
      return
    }
    // Beyond 285 years the sum would leave the range of the kernel's signed seconds.
    guard seconds < 9e9 else {
      self = .never
      return
    }
    self.init(nanoseconds: Clock.nanoseconds &+ UInt64(seconds * 1e9))
  }

  /// Waits for ever.
  @inlinable public static var never: Deadline { Deadline(nanoseconds: .max) }

  /// Does not wait.
  @inlinable public static var now: Deadline { Deadline(nanoseconds: 0) }

  /// Whether the moment is over.
  ///
  /// Asks the clock only for a real moment.
  public var isPast: Bool {
    if nanoseconds == 0 { return true }
    if nanoseconds == .max { return false }
    return Clock.nanoseconds >= nanoseconds
  }

  /// The one of two deadlines that comes first.
  public func earlier(of other: Deadline) -> Deadline {
    nanoseconds <= other.nanoseconds ? self : other
  }

  /// How long to wait for a lock of the runtime on the way to what is waited for: one whose holder
  /// was stopped inside must not hold up a caller that does not want to wait.
  var forInnerLock: Deadline {
    if self == .never { return .never }
    return Deadline(nanoseconds: max(nanoseconds, Clock.nanoseconds + 50_000_000))
  }

  /// Seconds left: zero when past, infinity for `.never`.
  public var secondsLeft: Double {
    if nanoseconds == .max { return .infinity }
    let now = Clock.nanoseconds
    return nanoseconds > now ? Double(nanoseconds - now) / 1e9 : 0
  }
}
