// `mplua --trace=FILE`: the timeline of a program.

internal import Multiprocessing

/// What the interpreter's option begins.
package enum TraceOption {
  /// Begins the trace of the program.
  ///
  /// - Parameter file: Where to write it.
  /// - Returns: Why that cannot be done; nil when it was.
  package static func begin(_ file: [UInt8]) -> String? {
    do throws(MultiprocessingError) {
      try Trace.begin(writingTo: file)
      return nil
    } catch {
      return "cannot write the trace \(String(decoding: file, as: UTF8.self)): \(error.reason)"
    }
  }
}
