// Texts that wait to be written.

import Testing

@testable import Multiprocessing

@Suite("Spool") struct SpoolTests {
  /// Pieces around the size from which on a file takes them.
  static let sizes = [
    [1], [3, 0, 5], [1 << 20], [1 << 20, 1], [700_000, 700_000, 3], [5 << 20, 9],
  ]

  @Test("gives back what it was given, twice", arguments: sizes)
  func givesBack(sizes: [Int]) {
    var spool = Spool()
    for round in 0..<2 {
      var expected: [UInt8] = []
      for (number, size) in sizes.enumerated() {
        let piece = [UInt8](repeating: UInt8(round * 100 + number), count: size)
        unsafe piece.withUnsafeBytes { bytes in unsafe spool.append(bytes) }
        expected += piece
      }
      let (isEmpty, endsLine) = (spool.isEmpty, spool.endsLine)
      #expect(!isEmpty && !endsLine)
      var got: [UInt8] = []
      unsafe spool.drain { bytes in
        unsafe got.append(contentsOf: bytes)
        return true
      }
      #expect(got == expected)
      let isEmptyAgain = spool.isEmpty
      #expect(isEmptyAgain)
    }
  }

  @Test("is empty after a drain that was given up")
  func givesUp() {
    var spool = Spool()
    let text = [UInt8](repeating: 10, count: 3 << 20)
    unsafe text.withUnsafeBytes { bytes in unsafe spool.append(bytes) }
    let endsLine = spool.endsLine
    #expect(endsLine)
    var count = 0
    unsafe spool.drain { _ in
      count += 1
      return false
    }
    let isEmpty = spool.isEmpty
    #expect(count == 1 && isEmpty)
  }

  @Test("an order for a relay survives the way", arguments: OutputMode.allCases)
  func order(mode: OutputMode) {
    let order = RelayOrder(mode: mode, name: "a\nb\0ä")
    #expect(RelayOrder(bytes: order.bytes) == order)
    #expect(RelayOrder(bytes: []) == nil)
    #expect(RelayOrder(bytes: [2]) == nil)
  }
}
