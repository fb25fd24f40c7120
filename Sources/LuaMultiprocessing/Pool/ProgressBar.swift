// How far a job has come, on the terminal: `progress = true`. Python: the package `tqdm`.

internal import Multiprocessing

/// A bar on standard error, drawn anew as tasks end:
/// `primes [#########.....] 12/40 30% 5.1/s 0:05 left`.
///
/// It has no colours. A terminal that cannot draw a line anew gets one line, at the end.
final class ProgressBar {
  private static let widest = 30
  /// How often it is drawn at most, in seconds.
  private static let interval = 0.1

  private struct Drawn {
    /// The bar that is drawn, and what it drew last.
    var bar: ProgressBar?
    var text = ""
  }

  /// A terminal has room for one; others of this process wait until it has ended.
  private static let drawn = SingleThreaded(Drawn())

  private let label: String
  private let canRedraw = StatusLine.canRedraw
  private let start = Clock.seconds
  private var last = 0.0

  /// A bar with a label; nil when standard error is no terminal.
  init?(label: String) {
    guard StatusLine.isTerminal else { return nil }
    self.label = String(
      String.UnicodeScalarView(label.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
  }

  /// Draws how many items have ended, of how many if that is known.
  func show(_ job: LuaJob) {
    let now = Clock.seconds
    guard canRedraw, now - last >= Self.interval else { return }
    let owner = Self.drawn.value.bar
    guard owner == nil || owner === self else { return }
    last = now
    Self.drawn.value = Drawn(bar: self, text: text(job, now))
    StatusLine.draw(Self.drawn.value.text)
  }

  /// Draws it for the last time.
  func finish(_ job: LuaJob) {
    guard job.pool?.core.isOwn == true else { return }
    let text = text(job, Clock.seconds)
    guard canRedraw else { return StandardError.write(line: text) }
    let owner = Self.drawn.value.bar
    guard owner == nil || owner === self else { return }
    if owner == nil { StatusLine.draw(text) }
    Self.drawn.value = Drawn()
    StatusLine.finish(text)
  }

  /// Leaves the bar as it was drawn last, in the process that drew it.
  static func endAll() {
    if drawn.value.bar != nil { StatusLine.finish(drawn.value.text) }
    drawn.value = Drawn()
  }

  private func text(_ job: LuaJob, _ now: Double) -> String {
    let ended = job.endedItems
    let elapsed = max(now - start, 0.001)
    var before = label.isEmpty ? [] : [label]
    var after: [String]
    if let count = job.itemCount {
      after = ["\(ended)/\(count)", "\(count == 0 ? 100 : ended * 100 / count)%"]
    } else {
      after = ["\(ended) done"]
    }
    if ended > 0 { after.append(rate(Double(ended) / elapsed)) }
    if let count = job.itemCount, ended > 0, ended < count {
      after.append("\(time(Double(count - ended) * elapsed / Double(ended))) left")
    } else {
      after.append(time(elapsed))
    }
    // The last column stays free: some terminals go to the next line when it is written.
    let room = StatusLine.width - 1
    let rest = (before + after).joined(separator: " ").count
    let width = min(Self.widest, room - rest - 3)
    if let count = job.itemCount, count > 0, width >= 3 {
      let filled = min(width, width * ended / count)
      before.append(
        "[" + String(repeating: "#", count: filled)
          + String(repeating: ".", count: width - filled) + "]")
    }
    return String((before + after).joined(separator: " ").prefix(max(room, 1)))
  }

  /// Items a second; of slow ones the seconds for each.
  private func rate(_ rate: Double) -> String {
    rate >= 1 ? "\(tenths(rate))/s" : "\(tenths(1 / rate)) s each"
  }

  private func tenths(_ number: Double) -> String {
    if number >= 100 { return "\(Int(min(number, 1e15)))" }
    let tenths = Int(number * 10)
    return "\(tenths / 10).\(tenths % 10)"
  }

  private func time(_ seconds: Double) -> String {
    let seconds = Int(min(seconds, 1e9))
    let parts = [seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    let hours = seconds / 3600
    return hours > 0 ? "\(hours):\(parts[0]):\(parts[1])" : "\(seconds / 60):\(parts[1])"
  }
}
