// Files that only their owner may read.

internal import Glibc

/// Files and directories that only their owner may read.
package enum PrivateFile {
  /// Makes a directory and those above it, as far as they are missing.
  package static func makeDirectories(_ path: [UInt8]) {
    let slash = UInt8(ascii: "/")
    for end in path.indices.dropFirst() where path[end] == slash {
      _ = unsafe mkdir(terminated(path[..<end]), 0o700)
    }
    _ = unsafe mkdir(terminated(path[...]), 0o700)
  }

  /// Appends bytes to a file in one write, so that the lines of two programs do not mix.
  package static func append(_ bytes: [UInt8], to path: [UInt8]) {
    let file = unsafe open(terminated(path[...]), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    _ = unsafe bytes.withUnsafeBytes { bytes in
      unsafe write(file, bytes.baseAddress, bytes.count)
    }
  }

  private static func terminated(_ path: ArraySlice<UInt8>) -> [CChar] {
    path.map(CChar.init(bitPattern:)) + [0]
  }
}
