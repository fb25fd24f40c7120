// What the system says of itself: kernel, machine and C library.

internal import Glibc

/// The names by which the system knows itself.
struct SystemNames {
  var kernel = "unknown system"
  var release = "unknown release"
  var machine = "unknown machine"
  /// The C library with its version.
  var library = "unknown C library"

  static var current: SystemNames {
    var result = SystemNames()
    var names = utsname()
    if unsafe uname(&names) == 0 {
      result.kernel = text(in: &names.sysname)
      result.release = text(in: &names.release)
      result.machine = text(in: &names.machine)
    }
    var library = [CChar](repeating: 0, count: 100)
    if unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), &library, library.count) > 0 {
      result.library = text(in: &library)
    }
    return result
  }

  private static func text(in characters: inout [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The text in one of the structure's arrays, which Swift sees as tuples.
  private static func text<Characters>(in characters: inout Characters) -> String {
    unsafe withUnsafeBytes(of: &characters) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
