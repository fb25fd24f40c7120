// GNU readline, opened only when a prompt on a terminal needs it: a plain script does not pay for it.

internal import Glibc

/// GNU readline.
@safe package struct LineEditor {
  private typealias Read = @convention(c) (UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?
  private typealias Take = @convention(c) (UnsafePointer<CChar>) -> Void

  private let read: Read
  private let addHistory: Take
  private let readHistory: Take?

  /// Opens the library; nil when there is none.
  package init?() {
    let names = ["libreadline.so.8", "libreadline.so.7", "libreadline.so.6", "libreadline.so"]
    var found: UnsafeMutableRawPointer?
    for name in names where unsafe found == nil {
      unsafe found = dlopen(name, RTLD_NOW | RTLD_LOCAL)
    }
    guard let library = unsafe found, let read = unsafe dlsym(library, "readline"),
      let add = unsafe dlsym(library, "add_history")
    else { return nil }
    unsafe self.read = unsafeBitCast(read, to: Read.self)
    unsafe addHistory = unsafeBitCast(add, to: Take.self)
    unsafe readHistory = dlsym(library, "read_history").map { symbol in
      unsafe unsafeBitCast(symbol, to: Take.self)
    }
    // The name under which users' settings speak of Lua's prompt.
    if let name = unsafe dlsym(library, "rl_readline_name") {
      unsafe name.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self).pointee = strdup("lua")
    }
  }

  /// Reads a line, without its newline; nil at the end.
  package func readLine(prompt: [UInt8]) -> [UInt8]? {
    guard let line = unsafe read(terminated(prompt)) else { return nil }
    defer { unsafe free(line) }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: line, count: strlen(line)))
  }

  /// Adds a statement to those that the editor's keys bring back.
  package func remember(_ statement: [UInt8]) { unsafe addHistory(terminated(statement)) }

  /// Brings back the statements that a file holds.
  package func load(history path: [UInt8]) { unsafe readHistory?(terminated(path)) }

  private func terminated(_ text: [UInt8]) -> [CChar] {
    text.map(CChar.init(bitPattern:)) + [0]
  }
}
