// How many threads a process has. System file: /proc/self/task.

internal import Glibc

/// The threads of this process.
public enum ThreadCount {
  /// How many there are; 1 when the system does not say.
  public static var own: Int {
    var status = stat()
    // A folder has a link for itself, one in its parent, and one in each folder in it.
    guard unsafe stat("/proc/self/task", &status) == 0, status.st_nlink > 2 else { return 1 }
    return Int(status.st_nlink) - 2
  }
}
