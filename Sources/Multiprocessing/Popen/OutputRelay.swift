// The process between a child and its parent's standard streams, as the parent sees it. Python: none.

internal import Glibc
internal import SystemPackage

/// A small process that passes on what a child writes, by lines with its name or all at once.
///
/// It is a fresh program, started before the child, and reads two pipes whose other ends are the child's
/// standard output and standard error. It is told by a process descriptor when the child has ended: the
/// pipes may stay open longer, in processes that the child left behind. So it has shown all that the
/// child wrote when it says so, or has ended itself. Nobody waits for a relay that was killed: its link
/// is closed then.
final class OutputRelay {
  /// What the child gets.
  let ends: OutputEnds
  private let helper: ChildProcess
  /// The link to the relay; -1 once it has said that all is shown, or has ended.
  private var link: Int32
  private var hasEnded = false

  private init(_ ends: OutputEnds, _ helper: ChildProcess) {
    self.ends = ends
    self.helper = helper
    link = ends.link
    // The link tells of its end too, and descriptors are few.
    helper.close()
  }

  deinit { closeLink() }

  /// Starts the relay of a process that is about to be started.
  ///
  /// - Parameters:
  ///   - name: The process's name.
  ///   - mode: How its output is shown.
  /// - Returns: The relay.
  /// - Throws: `.runtime` when the program would not know that it is a relay, `.system` when it cannot
  ///   be run, or no process, slot or descriptor can be had.
  static func start(
    for name: String, _ mode: OutputMode
  ) throws(MultiprocessingError) -> OutputRelay {
    let program = try FreshProcess.program(for: "output = '\(mode)'")
    let order = RelayOrder(mode: mode, name: name)
    let queue = try order.put()
    defer { queue.release() }
    let pipes = try RelayPipes()
    do throws(MultiprocessingError) {
      let identity = try Board.prepareStart(
        name: "the output of \(name)", kind: .relay, holding: [queue.object])
      let arguments = RelayProgram.arguments(identity, queue, pipes.relaysEnds)
      // What a signal would do to a program that has just begun is not what it is to do.
      let signals = HeldSignals()
      defer { signals.release() }
      do throws(MultiprocessingError) {
        let pid = try ProgramRun.start(
          program, arguments, inheriting: RelayProgram.inherited + pipes.relaysEnds)
        FaultPoint.hit(.relayStarted)
        pipes.closeRelaysEnds()
        return OutputRelay(pipes.processEnds, ChildProcess(pid: pid, identity: identity))
      } catch {
        Board.cancelStart(identity)
        throw error
      }
    } catch {
      pipes.close()
      throw error
    }
  }

  /// Says that the child has been started.
  func noteStarted(_ child: ChildProcess) {
    ends.close()
    let own = child.descriptor
    let descriptor = own >= 0 ? own : ProcessCalls.openDescriptor(of: child.pid)
    RelayLink.tellStarted(descriptor, on: link)
    FaultPoint.hit(.relayNoted)
    if own < 0, descriptor >= 0 { ProcessCalls.closeDescriptor(descriptor) }
  }

  /// Says that the child has ended.
  func noteEnded() { hasEnded = true }

  /// Whether not all may be shown yet that the child writes.
  var isOpen: Bool { link >= 0 }

  /// The same of a child that has ended.
  var isDue: Bool { hasEnded && isOpen }

  /// Ends the relay of a child that could not be started.
  func abandon() {
    ends.close()
    kill()
    reap()
    closeLink()
  }

  /// Asks whether the relay has ended, and reaps it if so.
  func poll() -> Bool {
    guard helper.poll() != nil else { return false }
    closeLink()
    return true
  }

  /// Waits until all is shown that the child has written, or the deadline has passed; the child has
  /// ended.
  ///
  /// - Throws: `.interrupted` by the interruption handler.
  func wait(until deadline: Deadline) throws(MultiprocessingError) {
    guard link >= 0 else { return }
    var sleep = SlicedSleep(WaitPurpose(.outputJoin, object: helper.identity))
    repeat {
      var polls = [pollfd(fd: link, events: Int16(POLLIN), revents: 0)]
      _ = try sleep.sleep(watching: nil, until: deadline) { until in
        Poll.wait(for: &polls, until: until)
      }
      guard polls[0].revents != 0 else { continue }
      // Who has gone without a word has nothing more to show, and is to be reaped.
      if !RelayLink.isShown(on: link) { reap() }
      return closeLink()
    } while !deadline.isPast
  }

  /// Ends the relay, whatever it has not shown.
  func kill() { try? helper.send(signal: SIGKILL) }

  /// Closes this process's end of the link: it is another process's relay, or all is said.
  func closeLink() {
    if link >= 0 { ProcessCalls.closeDescriptor(link) }
    link = -1
  }

  /// Takes the status of a relay that is ending.
  private func reap() {
    while helper.poll() == nil {
      let descriptor = ProcessCalls.openDescriptor(of: helper.pid)
      _ = ProcessCalls.waitForEnd(descriptor: descriptor, until: .never)
      if descriptor >= 0 { ProcessCalls.closeDescriptor(descriptor) }
    }
  }
}

/// The pipes and the link of a relay, before they are shared out.
private struct RelayPipes {
  let output: (reading: Int32, writing: Int32)
  let errors: (reading: Int32, writing: Int32)
  let link: (Int32, Int32)

  init() throws(MultiprocessingError) {
    output = try OutputPipe.make()
    do throws(MultiprocessingError) {
      errors = try OutputPipe.make()
      do throws(MultiprocessingError) {
        link = try RelayLink.make()
      } catch {
        Self.close(errors)
        throw error
      }
    } catch {
      Self.close(output)
      throw error
    }
  }

  /// What the relay inherits: both pipes' ends to read, and its end of the link.
  var relaysEnds: [Int32] { [output.reading, errors.reading, link.1] }

  /// What the process gets, and its starter.
  var processEnds: OutputEnds {
    OutputEnds(output: output.writing, errors: errors.writing, link: link.0)
  }

  /// Closes what the relay has inherited: a process that writes is to hear when it has died.
  func closeRelaysEnds() { for end in relaysEnds { ProcessCalls.closeDescriptor(end) } }

  /// Closes everything.
  func close() {
    closeRelaysEnds()
    processEnds.close()
    ProcessCalls.closeDescriptor(link.0)
  }

  private static func close(_ pipe: (reading: Int32, writing: Int32)) {
    ProcessCalls.closeDescriptor(pipe.reading)
    ProcessCalls.closeDescriptor(pipe.writing)
  }
}
