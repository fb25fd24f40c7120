// The names in a directory.

internal import Glibc

/// A directory, for completion.
package enum DirectoryList {
  /// The names in a directory, sorted, directories with a slash at their end; none when it cannot be read.
  package static func names(in path: [UInt8]) -> [[UInt8]] {
    guard let handle = unsafe opendir(path.map(CChar.init(bitPattern:)) + [0]) else { return [] }
    defer { unsafe closedir(handle) }
    var names: [[UInt8]] = []
    while let entry = unsafe readdir(handle) {
      var name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe Array(bytes.prefix { $0 != 0 })
      }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      var status = stat()
      let isFound = unsafe fstatat(
        dirfd(handle), name.map(CChar.init(bitPattern:)) + [0], &status, 0)
      if isFound == 0, status.st_mode & S_IFMT == S_IFDIR { name.append(UInt8(ascii: "/")) }
      names.append(name)
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
