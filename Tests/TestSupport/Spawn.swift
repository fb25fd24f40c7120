// The one call that starts a process.

import CTestSupport
import Glibc

/// Starts a program in a session of its own, with default signals and no descriptor but the three.
func spawn(
  _ program: Program, _ arguments: [String], environment: [String: String?], directory: String?,
  streams: ProgramStreams
) throws(LaunchError) -> pid_t {
  let variables = merged(environment).map { "\($0.key)=\($0.value)" }
  var pid: pid_t = -1
  let error = unsafe withCStrings([program.path] + arguments) { arguments in
    unsafe withCStrings(variables) { variables in
      unsafe withCStrings([program.path, directory, streams.terminal]) { names in
        guard let path = unsafe names[0] else { return EINVAL }
        var start = unsafe ctest_program(
          path: path, arguments: arguments, environment: variables, directory: names[1],
          terminal: names[2], input: streams.input, output: streams.output, errors: streams.errors)
        return unsafe ctest_spawn(&start, &pid)
      }
    }
  }
  guard error == 0 else {
    throw LaunchError(
      description: "cannot start \(program.path): \(unsafe String(cString: strerror(error)))")
  }
  return pid
}

/// The test process's environment with changes; nil takes a variable away.
private func merged(_ changes: [String: String?]) -> [String: String] {
  var all: [String: String] = [:]
  var next = unsafe environ
  while let entry = unsafe next.pointee {
    let parts = unsafe String(cString: entry).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
    unsafe next = next.advanced(by: 1)
  }
  for (name, value) in changes {
    all[name] = value
  }
  return all
}

/// Calls `body` with the texts as C expects them: an array that ends with nil.
private func withCStrings(
  _ texts: [String?], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
) -> Int32 {
  var copies = unsafe texts.map { text in unsafe text.map { unsafe strdup($0) } ?? nil } + [nil]
  defer {
    for index in unsafe copies.indices {
      unsafe free(copies[index])
    }
  }
  return unsafe copies.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return EINVAL }
    return unsafe body(start)
  }
}
