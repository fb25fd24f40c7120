// Files that the prompt shows parts of.

internal import Glibc

/// Files read as a whole.
package enum TextFile {
  /// What a file holds, at most 10 MB of it; nil when it cannot be read.
  package static func read(_ path: [UInt8]) -> [UInt8]? {
    let name = path.map(CChar.init(bitPattern:)) + [0]
    let file = unsafe open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text: [UInt8] = []
    while text.count < 10_000_000 {
      var count = 0
      text += unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
        count = unsafe Glibc.read(file, buffer.baseAddress, buffer.count)
        initialized = max(count, 0)
      }
      if count < 0 { return nil }
      if count == 0 { return text }
    }
    return text
  }
}
