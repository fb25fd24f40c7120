// The command line and the environment as the system has them: bytes, which need not be UTF-8.

internal import Glibc

/// The arguments and the environment of this process.
package enum ProgramArguments {
  /// The arguments, the program's name first.
  package static var all: [[UInt8]] {
    let arguments = unsafe UnsafeBufferPointer(
      start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    return unsafe arguments.compactMap { unsafe bytes(of: $0) }
  }

  /// The value of an environment variable; nil when it is not set.
  package static func environment(_ name: String) -> [UInt8]? {
    unsafe bytes(of: getenv(name))
  }

  private static func bytes(of text: UnsafeMutablePointer<CChar>?) -> [UInt8]? {
    guard let text = unsafe text else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
