// Random bytes from the kernel. Python: `os.urandom`.

internal import Glibc

/// Random bytes fit for secrets.
enum Randomness {
  /// Takes random bytes from the kernel. System call: `getrandom`.
  static func bytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe getrandom(buffer.baseAddress?.advanced(by: filled), count - filled, 0)
        if got > 0 { filled += got }
      }
    }
  }
}
