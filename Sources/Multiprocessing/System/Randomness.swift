// Random bytes from the kernel. Python: `os.urandom`.

/// Random bytes fit for secrets.
enum Randomness {
  /// Takes random bytes from the system's generator.
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
  }

  /// Random digits for names that must not collide.
  static func hexDigits(_ count: Int) -> String {
    bytes(count).map { String($0 & 15, radix: 16) }.joined()
  }
}
