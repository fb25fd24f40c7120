// The descriptors 0, 1 and 2, which a program may be started without. Python: none.

internal import Glibc

/// Keeps files of ours away from the numbers of the standard streams.
public enum StandardDescriptors {
  /// Opens what is closed of them, so that reading and writing there fails as it did before.
  public static func occupy() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      // Opening gives the lowest free number: this one.
      _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
