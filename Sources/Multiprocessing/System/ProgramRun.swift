// Running a program anew. System call: `posix_spawn`.

internal import Glibc
internal import SystemPackage

/// Programs, and the one that this process runs.
enum ProgramRun {
  /// The file of the program that this process runs, even if its name is another's by now.
  static let ownFile = "/proc/self/exe"

  /// What the program was called as.
  static var ownName: String {
    unsafe CommandLine.unsafeArgv[0].map { text in unsafe String(cString: text) } ?? "mplua"
  }

  /// Gives the process the name that a program called so would have, not that of `ownFile`.
  static func takeName() {
    let name = Array(ownName.utf8)
    let last = Array(name[((name.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
    let file = unsafe open("/proc/self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = unsafe last.withUnsafeBytes { bytes in
      unsafe write(file, bytes.baseAddress, bytes.count)
    }
    close(file)
  }

  /// Runs a program in a new process, whose standard input is empty.
  ///
  /// No page of this process is copied, and none of its code runs in the child.
  ///
  /// - Parameters:
  ///   - program: Its file.
  ///   - arguments: Its arguments, the name first.
  ///   - inherited: The descriptors that it finds open beside those of output, close-on-exec or not.
  ///   - output: What its standard output and standard error are; nil for those of this process.
  /// - Returns: The number of the process.
  /// - Throws: `.system` when it cannot be run.
  static func start(
    _ program: String, _ arguments: [String], inheriting inherited: [Int32],
    output: OutputEnds? = nil
  ) throws(MultiprocessingError) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    if let output {
      unsafe posix_spawn_file_actions_adddup2(&actions, output.output, STDOUT_FILENO)
      unsafe posix_spawn_file_actions_adddup2(&actions, output.errors, STDERR_FILENO)
    }
    for descriptor in inherited {
      // Onto itself: the child alone has it without close-on-exec.
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor)
    }
    var texts = unsafe arguments.map { unsafe strdup($0) }
    defer { unsafe texts.forEach { text in unsafe free(text) } }
    unsafe texts.append(nil)
    var pid: Int32 = 0
    let result = unsafe posix_spawn(&pid, program, &actions, nil, texts, environ)
    guard result == 0 else {
      throw .system(Errno(rawValue: result), "start a process that runs '\(program)'")
    }
    return pid
  }
}

/// The working directory of this process.
enum WorkingDirectory {
  /// Its path; empty when it has none any more.
  static var path: [UInt8] {
    guard let path = unsafe getcwd(nil, 0) else { return [] }
    defer { unsafe free(path) }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: path, count: strlen(path)))
  }

  /// Goes to a directory; false when that cannot be done.
  @discardableResult
  static func enter(_ path: [UInt8]) -> Bool {
    let path = path.map(CChar.init(bitPattern:)) + [0]
    return unsafe chdir(path) == 0
  }
}
