// What scripts/build tells of a build.

internal import Glibc

enum BuildNote {
  /// The commit and the compiler, as in "7300a5bd0c1f, Swift 6.3.1"; nil when not scripts/build built.
  ///
  /// They are linked in as data, so that a new commit makes nothing compile anew.
  static var text: String? {
    guard let text = unsafe dlsym(nil, "mplua_build_note") else { return nil }
    return unsafe String(cString: text.assumingMemoryBound(to: CChar.self))
  }
}
