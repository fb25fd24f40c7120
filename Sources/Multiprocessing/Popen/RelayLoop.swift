// What the relay of a process's output does all its life. Python: none.

internal import Glibc

/// Passes on what a process writes, and says when all of it is shown.
///
/// It ends by itself when nobody is left who could write: the process itself, or one that it has left
/// behind. It takes no lock but that of the tree's output and waits for nobody but whom it writes to, so
/// whoever is killed, it goes on or ends.
struct RelayLoop: ~Copyable {
  private let mode: OutputMode
  private var output: RelayedStream
  private var errors: RelayedStream
  /// The link to whoever started the process; -1 when there is no more to say.
  private var link: Int32
  private var isTold = false
  /// Says when the process has ended; -1 while that is not known, and afterwards.
  private var process: Int32 = -1

  init(
    _ mode: OutputMode, of name: String, output: Int32, errors: Int32, link: Int32
  ) {
    self.mode = mode
    self.output = RelayedStream(from: output, to: STDOUT_FILENO, of: name, mode)
    self.errors = RelayedStream(from: errors, to: STDERR_FILENO, of: name, mode)
    self.link = link
  }

  /// Whether nothing more can come.
  private var isAtEnd: Bool { output.source < 0 && errors.source < 0 }

  /// Whether the end of the process is still to come, and matters though it writes no more.
  private var awaitsEnd: Bool { mode == .group && (!isTold || process >= 0) }

  /// Passes on all there is, until the end.
  mutating func run() {
    while !isAtEnd || awaitsEnd {
      var polls = [isTold ? -1 : link, process, output.source, errors.source].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      _ = Poll.wait(for: &polls, until: .never)
      if polls[2].revents != 0 { output.take() }
      if polls[3].revents != 0 { errors.take() }
      if polls[1].revents != 0 { noteEnd() }
      if polls[0].revents != 0 { takeOrder() }
    }
    show()
  }

  private mutating func takeOrder() {
    isTold = true
    if case .watch(let descriptor) = RelayLink.takeOrder(from: link) { process = descriptor }
    FaultPoint.hit(.relayTold)
  }

  /// Shows what the process has written to its end; what those write that it left behind comes later.
  private mutating func noteEnd() {
    FaultPoint.hit(.relayEnding)
    ProcessCalls.closeDescriptor(process)
    process = -1
    output.takeWritten()
    errors.takeWritten()
    show()
    guard !isAtEnd else { return }
    RelayLink.tellShown(on: link)
    ProcessCalls.closeDescriptor(link)
    link = -1
  }

  /// Writes what is kept, all of it in one piece.
  private mutating func show() {
    guard !output.isEmpty || !errors.isEmpty else { return }
    Output.hold()
    output.show()
    errors.show()
    Output.letGo()
  }
}
