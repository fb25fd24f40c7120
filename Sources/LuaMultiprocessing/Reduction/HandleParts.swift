// What an object of ours is in a message. Python: what a reducer returns.

internal import Multiprocessing

/// The parts of an object in a message, from which the receiver makes its own.
struct HandleParts {
  /// Objects of the arena; the message keeps them, and then the receiving process.
  var references: [SharedObject] = []
  var details: UInt64 = 0
  /// Up to 65,535 bytes.
  var text: [UInt8] = []

  /// Numbers as bytes, for a `text`.
  static func bytes(of numbers: [Int]) -> [UInt8] {
    unsafe numbers.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// The numbers that the text is made of; nil when it is not made of so many.
  func numbers(_ count: Int) -> [Int]? {
    guard text.count == count * MemoryLayout<Int>.size else { return nil }
    return unsafe text.withUnsafeBytes { bytes in
      (0..<count).map {
        unsafe bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Int>.size, as: Int.self)
      }
    }
  }
}
