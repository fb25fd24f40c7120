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

  /// A file of lines to which several programs add.
  package final class Log {
    private let path: [UInt8]
    private let byteLimit: Int
    /// The file that was read, and how far.
    private var inode: ino_t = 0
    private var offset = 0

    /// Names a file; it is made when the first line is added.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - byteLimit: How long it may get before its first half is thrown away.
    package init(path: [UInt8], byteLimit: Int) {
      self.path = path
      self.byteLimit = byteLimit
    }

    /// Adds a line; when the file cannot be written, nothing happens.
    package func append(_ line: [UInt8]) {
      // Once more when another session has put a shortened file in the place of this one meanwhile.
      if !appendOnce(line) { _ = appendOnce(line) }
    }

    /// Adds a line; whether the file that has it is the one that all sessions see.
    private func appendOnce(_ line: [UInt8]) -> Bool {
      guard let file = openFile(O_RDWR | O_APPEND | O_CREAT) else { return true }
      defer { close(file) }
      // Those who add share the lock, and a single write is whole; it keeps away who would shorten the
      // file. Nobody waits: a stopped program may hold it.
      _ = flock(file, LOCK_SH | LOCK_NB)
      var text = line + [UInt8(ascii: "\n")]
      let end = Int(lseek(file, 0, SEEK_END))
      // A crash may have cut off the last line.
      if end > 0, Self.read(file, from: end - 1).last != UInt8(ascii: "\n") {
        text.insert(UInt8(ascii: "\n"), at: 0)
      }
      // What is cut off is left to later sessions.
      let isRead = !Self.read(file, from: offset).contains(UInt8(ascii: "\n"))
      let count = unsafe text.withUnsafeBytes { bytes in
        unsafe write(file, bytes.baseAddress, bytes.count)
      }
      var status = stat()
      if unsafe fstat(file, &status) == 0, status.st_nlink == 0 { return false }
      if isRead, count > 0 { offset = end + count }
      if end > byteLimit { shorten(file, to: byteLimit / 2) }
      return true
    }

    /// The whole lines that have come since the last call, without those added here.
    package func takeNewLines() -> [[UInt8]] {
      guard let file = openFile(O_RDONLY) else { return [] }
      defer { close(file) }
      let bytes = Self.read(file, from: offset)
      guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
      offset += last + 1
      return bytes[..<last].split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    /// Opens the file if it is a plain one, and notes whether it is still the one that was read.
    private func openFile(_ flags: Int32) -> Int32? {
      let file = unsafe open(
        PrivateFile.terminated(path[...]), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
      guard file >= 0 else { return nil }
      var status = stat()
      guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(file)
        return nil
      }
      if inode != 0, inode != status.st_ino || Int(status.st_size) < offset {
        // Another session has shortened it; what it holds is known here.
        offset = Int(status.st_size)
      }
      inode = status.st_ino
      return file
    }

    /// Replaces the file by one with its last lines.
    ///
    /// Left to a later session while another one adds a line, which would be lost.
    private func shorten(_ file: Int32, to byteCount: Int) {
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return }
      let end = Int(lseek(file, 0, SEEK_END))
      let tail = Self.read(file, from: end - byteCount)
      guard let first = tail.firstIndex(of: UInt8(ascii: "\n")) else { return }
      let kept = Array(tail[(first + 1)...])
      let other = PrivateFile.terminated((path + Array(".new".utf8))[...])
      let newFile = unsafe open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard newFile >= 0 else { return }
      let count = unsafe kept.withUnsafeBytes { bytes in
        unsafe write(newFile, bytes.baseAddress, bytes.count)
      }
      close(newFile)
      if count == kept.count {
        _ = unsafe rename(other, PrivateFile.terminated(path[...]))
      } else {
        _ = unsafe unlink(other)
      }
    }

    private static func read(_ file: Int32, from offset: Int) -> [UInt8] {
      let size = max(Int(lseek(file, 0, SEEK_END)) - offset, 0)
      return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = max(unsafe pread(file, buffer.baseAddress, size, off_t(offset)), 0)
      }
    }
  }

  fileprivate static func terminated(_ path: ArraySlice<UInt8>) -> [CChar] {
    path.map(CChar.init(bitPattern:)) + [0]
  }
}
