// Both ends of a program's standard streams, and moving bytes through ours.

import CTestSupport
import Glibc

/// The program's ends: what becomes its descriptors 0, 1 and 2.
struct ProgramStreams {
  var input: Int32 = -1
  var output: Int32 = -1
  var errors: Int32 = -1
  /// The terminal's name; the program opens it itself, so that it becomes its controlling terminal.
  var terminal: String?

  func close() {
    for descriptor in [input, output, errors] where descriptor >= 0 {
      Glibc.close(descriptor)
    }
  }
}

/// Our ends, with what has been read and what is still to be written.
struct Streams {
  /// Bytes from standard output, or from the terminal.
  private(set) var output: [UInt8] = []
  /// Bytes from standard error.
  private(set) var errors: [UInt8] = []
  /// Bytes that the program has not taken yet.
  var pendingInput: [UInt8] = []
  /// Whether the input ends after what is pending.
  var isInputComplete = false

  /// A second descriptor of the terminal, for its settings: the first is closed at the end of the output.
  private(set) var terminal: Int32 = -1

  private var inputDescriptor: Int32 = -1
  private var outputDescriptor: Int32 = -1
  private var errorDescriptor: Int32 = -1
  private var isTerminal = false
  private var consumed = 0

  /// Whether everything that the program can write has been read.
  var areAtEnd: Bool { outputDescriptor < 0 && errorDescriptor < 0 }

  static func open(for stage: Stage) throws(LaunchError) -> (ours: Streams, theirs: ProgramStreams)
  {
    // Writing to a program that has ended shall be an error here, not the end of the tests.
    _ = signalIsIgnored
    var ours = Streams()
    var theirs = ProgramStreams()
    switch stage {
    case .pipes:
      (theirs.input, ours.inputDescriptor) = try makePipe()
      (ours.outputDescriptor, theirs.output) = try makePipe()
      (ours.errorDescriptor, theirs.errors) = try makePipe()
      makeNonBlocking(ours.inputDescriptor)
    case .terminal:
      let (descriptor, name) = try openTerminal()
      ours.inputDescriptor = descriptor
      ours.outputDescriptor = descriptor
      ours.isTerminal = true
      ours.terminal = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
      theirs.terminal = name
      makeNonBlocking(descriptor)
    }
    return (ours, theirs)
  }

  /// Waits until something can be read or written, then does it.
  mutating func move(waiting milliseconds: Int32) {
    let wantsToWrite = inputDescriptor >= 0 && !pendingInput.isEmpty
    var polled = [
      pollfd(fd: outputDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errorDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wantsToWrite ? inputDescriptor : -1, events: Int16(POLLOUT), revents: 0),
    ]
    unsafe poll(&polled, 3, milliseconds)
    if polled[0].revents != 0, !read(outputDescriptor, into: &output) {
      closeOutput()
    }
    if polled[1].revents != 0, !read(errorDescriptor, into: &errors) {
      Glibc.close(errorDescriptor)
      errorDescriptor = -1
    }
    if polled[2].revents != 0, inputDescriptor >= 0 { write() }
    if isInputComplete, pendingInput.isEmpty { closeInput() }
  }

  /// Whether the output holds `text` after what was consumed before; consumes up to its end.
  mutating func consume(_ text: [UInt8]) -> Bool {
    guard let found = output[consumed...].firstRange(of: text) else { return false }
    consumed = found.upperBound
    return true
  }

  mutating func close() {
    closeInput()
    closeOutput()
    if errorDescriptor >= 0 { Glibc.close(errorDescriptor) }
    errorDescriptor = -1
  }

  mutating func closeTerminal() {
    if terminal >= 0 { Glibc.close(terminal) }
    terminal = -1
  }

  /// False at the end; a terminal whose program has gone gives an error there.
  private func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
    guard let more = readSome(from: descriptor) else { return errno == EAGAIN || errno == EINTR }
    bytes += more
    return !more.isEmpty
  }

  private mutating func write() {
    let count = unsafe Glibc.write(inputDescriptor, pendingInput, pendingInput.count)
    if count > 0 {
      pendingInput.removeFirst(count)
    } else if count < 0, errno != EAGAIN, errno != EINTR {
      pendingInput = []
      closeInput()
    }
  }

  private mutating func closeInput() {
    if inputDescriptor >= 0, !isTerminal { Glibc.close(inputDescriptor) }
    inputDescriptor = -1
  }

  private mutating func closeOutput() {
    if outputDescriptor >= 0 { Glibc.close(outputDescriptor) }
    outputDescriptor = -1
    if isTerminal { inputDescriptor = -1 }
  }
}

private let signalIsIgnored: Bool = {
  signal(SIGPIPE, SIG_IGN)
  return true
}()

private func makeNonBlocking(_ descriptor: Int32) {
  _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}

private func makePipe() throws(LaunchError) -> (reading: Int32, writing: Int32) {
  var reading: Int32 = -1
  var writing: Int32 = -1
  guard unsafe ctest_pipe(&reading, &writing) == 0 else {
    throw LaunchError(description: "cannot make a pipe: errno \(errno)")
  }
  return (reading, writing)
}

private func openTerminal() throws(LaunchError) -> (descriptor: Int32, name: String) {
  var name = [CChar](repeating: 0, count: 64)
  let descriptor = unsafe ctest_open_terminal(&name, name.count)
  guard descriptor >= 0 else {
    throw LaunchError(description: "cannot make a terminal: errno \(errno)")
  }
  return (descriptor, String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
}
