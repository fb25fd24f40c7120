// Deadlines at the edges of what a number can say.

import Testing

@testable import Multiprocessing

extension RuntimeTests {
  @MainActor
  @Suite("Deadline")
  struct DeadlineTests {
    @Test("negative, zero and not-a-number mean now", arguments: [-1.0, 0, -0.0, .nan, -.infinity])
    func meansNow(seconds: Double) {
      #expect(Deadline(secondsFromNow: seconds) == .now)
      #expect(Deadline(secondsFromNow: seconds).isPast)
    }

    @Test("huge numbers mean never", arguments: [9e9, 1e300, .infinity])
    func meansNever(seconds: Double) {
      #expect(Deadline(secondsFromNow: seconds) == .never)
      #expect(!Deadline(secondsFromNow: seconds).isPast)
    }

    @Test("a moment to come is not past and has seconds left")
    func toCome() {
      let deadline = Deadline(secondsFromNow: 100)
      #expect(!deadline.isPast)
      #expect(deadline.secondsLeft > 99 && deadline.secondsLeft <= 100)
      #expect(Deadline.never.secondsLeft == .infinity)
      #expect(Deadline.now.secondsLeft == 0)
    }

    @Test("the earlier of two")
    func earlier() {
      let deadline = Deadline(secondsFromNow: 1)
      #expect(deadline.earlier(of: .never) == deadline)
      #expect(deadline.earlier(of: .now) == .now)
      #expect(Deadline(nanoseconds: Clock.nanoseconds).isPast)
    }
  }

  @MainActor
  @Suite("Small files")
  struct SmallFileTests {
    @Test("numbers after a key, and none for what is no number")
    func numbers() {
      let text = "MemTotal:   1024 kB\nMemAvailable:    77 kB\n"
      #expect(SmallFile.number(after: "MemAvailable:", in: text) == 77)
      #expect(SmallFile.number(after: "MemTotal:", in: text) == 1024)
      #expect(SmallFile.number(after: "Other:", in: text) == nil)
      #expect(SmallFile.number(after: "", in: "max\n") == nil)
      #expect(SmallFile.number(after: "", in: "4096\n") == 4096)
    }

    @Test("this machine allows a page and refuses more than there is")
    func available() {
      #expect(AvailableMemory.allows(byteCount: 4096))
      #expect(!AvailableMemory.allows(byteCount: 1 << 50))
    }
  }
}
