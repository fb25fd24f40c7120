// How far a job has come, on the terminal: `progress = true`. Python: the package `tqdm`.

internal import Glibc
internal import Multiprocessing

/// A bar on standard error, drawn anew as tasks end.
final class ProgressBar {
  private static let width = 30
  /// How often it is drawn at most, in seconds.
  private static let interval = 0.1

  private let label: String
  private let start = Clock.seconds
  private var drawn = 0.0

  /// A bar with a label; nil when standard error is no terminal.
  init?(label: String) {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    self.label = label.isEmpty ? "" : "\(label) "
  }

  /// Draws how many items have ended, of how many if that is known.
  func show(_ job: LuaJob) {
    let now = Clock.seconds
    guard job.hasEnded || now - drawn >= Self.interval else { return }
    drawn = now
    let tenths = Int((now - start) * 10)
    let time = "\(tenths / 10).\(tenths % 10) s"
    let line: String
    if let count = job.itemCount, count > 0 {
      let filled = min(Self.width, Self.width * job.endedItems / count)
      let bar =
        String(repeating: "#", count: filled)
        + String(repeating: ".", count: Self.width - filled)
      line = "\(label)[\(bar)] \(job.endedItems)/\(count) \(time)"
    } else {
      line = "\(label)\(job.endedItems) done \(time)"
    }
    // The rest of a longer line before is cleared.
    StandardError.write("\r\(line)\u{1B}[K\(job.hasEnded ? "\n" : "")")
  }
}
