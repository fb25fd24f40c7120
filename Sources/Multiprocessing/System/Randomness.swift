// Random bytes from the kernel. Python: `os.urandom`.

/// Random numbers fit for secrets.
public enum Randomness {
  /// Any integer.
  public static var integer: Int { .random(in: .min ... .max) }

  /// Takes random bytes from the system's generator.
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
  }

  /// Random digits, at most 16, for names that must not collide.
  static func hexDigits(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let number: UInt64 = generator.next()
    let digits = String(number, radix: 16)
    return String((String(repeating: "0", count: 16 - digits.count) + digits).suffix(count))
  }
}
