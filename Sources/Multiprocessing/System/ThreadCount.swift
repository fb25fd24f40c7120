// The threads that a process has. System files: /proc/self/task, /proc/thread-self.

internal import Glibc

/// The threads of this process.
public enum ThreadCount {
  /// Whether the calling thread is the one that the process began with; true when the system does not
  /// say.
  public static var isMain: Bool {
    // `7/task/8`: thread 8 of process 7.
    var link = [UInt8](repeating: 0, count: 64)
    let count = unsafe link.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return unsafe readlink("/proc/thread-self", start, bytes.count)
    }
    guard count > 0 else { return true }
    let parts = link[..<count].split(separator: UInt8(ascii: "/"))
    return parts.first == parts.last
  }

  /// How many there are; 1 when the system does not say.
  public static var own: Int {
    var status = stat()
    // A folder has a link for itself, one in its parent, and one in each folder in it.
    guard unsafe stat("/proc/self/task", &status) == 0, status.st_nlink > 2 else { return 1 }
    return Int(status.st_nlink) - 2
  }
}
