// The timeline of a program, for a viewer. No counterpart in Python.

internal import Glibc

/// Writes what the processes of the tree do, in Chrome's trace event format, while they do it.
///
/// Each process has a row: its life, in it the tasks it ran, and in those and between them its waits.
/// Only what sleeps is noted, where it sleeps, so a program that is not traced pays one branch there.
/// The lines of a killed process are written by whoever sweeps its slot.
public enum Trace {
  private struct State {
    var isOn = false
    /// Whether this process is at work on the trace: its own waits are not noted.
    var isInside = false
    var identity: UInt32 = 0
    /// When the depth of a queue was noted last, by its number.
    var depthTimes: [UInt32: UInt64] = [:]
  }

  private static let state = SingleThreaded(State())

  /// In nanoseconds.
  static let shortestSleep: UInt64 = 2000
  /// How often this process notes the depth of a queue at most, in nanoseconds.
  private static let depthInterval: UInt64 = 200_000
  private static let mostDepths = 1024

  /// Whether this process is traced.
  public static var isOn: Bool { state.value.isOn }

  /// The descriptor of the file; -1 without a trace.
  static var descriptor: Int32 {
    Arena.isOpen ? Int32(bitPattern: Arena.header.traceFile.load()) - 1 : -1
  }

  /// Begins the trace of a program tree, of which this process is the first.
  ///
  /// - Parameter path: The file; what it held is lost.
  /// - Throws: `.system` when it cannot be written or the arena cannot be made, `.operation` for what is
  ///   no file.
  public static func begin(writingTo path: [UInt8]) throws(MultiprocessingError) {
    let start = Clock.nanoseconds
    // Else the file would be a standard stream to whoever writes there.
    StandardDescriptors.occupy()
    let file = try TraceFile.open(path)
    var label = TraceLine("M", "process_labels", pid: UInt32(ProcessCalls.pid), row: 1)
    label.add(argument: "labels", "mplua \(mpluaVersion)")
    label.end()
    try TraceFile.begin(file, with: label)
    try Arena.open()
    Arena.header.traceOrigin.value = start
    Arena.header.traceFile.store(UInt32(file + 1))
    enter(lifeStart: start)
    // However the program ends, if only by `exit`.
    atexit { Trace.end() }
  }

  /// Begins the row of this process, if there is a trace.
  static func enter(lifeStart: UInt64? = nil) {
    state.value = State()
    let slot = Board.ownSlot
    let header = Arena.header
    guard header.traceFile.load() != 0, header.isTraceStopped.load() == 0, !slot.isRelay,
      slot.index < Arena.layout.traceCount
    else { return }
    var row: UInt32
    repeat {
      row = header.traceRowCount.load()
    } while !header.traceRowCount.exchange(row, for: row + 1)
    let start = lifeStart ?? slot.startTime.value
    guard (try? TraceBuffer.begin(slot.index, row: row + 1, lifeStart: start)) != nil else {
      return
    }
    state.value.identity = Board.identity
    state.value.isOn = true
    withRow { $0.describe(isFirst: true) }
  }

  /// Calls `body` with the row of this process; not in one that something else forked.
  private static func withRow(_ body: (TraceRow) -> Void) {
    guard state.value.isOn, !state.value.isInside, state.value.identity == Board.identity else {
      return
    }
    state.value.isInside = true
    let slot = Board.ownSlot
    body(TraceRow(buffer: TraceBuffer(slot.index), slot: slot))
    state.value.isInside = false
  }

  /// Ends the row of this process.
  ///
  /// The list of events ends with the process that began the tree, if it is the last one. Else others
  /// go on; the format allows that nothing ends it.
  public static func end() {
    withRow { row in
      let isLast = Board.isRoot && !hasOthers
      row.end("exit", closesFile: isLast)
      if isLast { Arena.header.isTraceStopped.store(1) }
    }
    state.value.isOn = false
  }

  private static var hasOthers: Bool {
    Board.sweepDead()
    return Board.processes.contains { $0.identity != Board.identity && $0.kind != .relay }
  }

  /// Ends the row of a dead process; the objects that it held are still there.
  ///
  /// May be done twice.
  static func finish(_ slot: Slot) {
    guard Arena.header.traceFile.value != 0, slot.index < Arena.layout.traceCount else { return }
    let buffer = TraceBuffer(slot.index)
    guard buffer.identity.load() == slot.identity else { return }
    let row = TraceRow(buffer: buffer, slot: slot)
    buffer.settle()
    if buffer.isDescribed.value == 0 { row.describe(isFirst: true) }
    if let operation = WaitOperation(rawValue: slot.waitOperation.value), operation != .none {
      // It died asleep.
      let wait = slot.waitSince.value
      let isNoted = buffer.waitEnd.value != 0 && buffer.wait.value == wait
      row.note(
        TracedSleep(
          operation: operation,
          object: isNoted ? buffer.waitObject.value : slot.waitObject(0).value,
          wait: wait, start: wait),
        until: Clock.nanoseconds, isOver: true)
      // Once is enough, should the sweeper die.
      slot.waitOperation.value = 0
    }
    row.end("died")
  }
}

// MARK: - What happens in this process

extension Trace {
  /// Notes a sleep that has just ended.
  ///
  /// - Parameters:
  ///   - sleep: What it was for, and when it began.
  ///   - isOver: Whether the wait goes on only after another look.
  static func noteSleep(_ sleep: TracedSleep, isOver: Bool) {
    let now = Clock.nanoseconds
    withRow { row in
      row.note(sleep, until: now, isOver: isOver)
      if sleep.operation.isOfQueue, now - sleep.start >= shortestSleep {
        noteDepth(sleep, now, row)
      }
    }
  }

  /// Notes how many messages a queue had before a sleep and has after it.
  private static func noteDepth(_ sleep: TracedSleep, _ now: UInt64, _ row: TraceRow) {
    let last = state.value.depthTimes[sleep.object] ?? 0
    guard now - last >= depthInterval else { return }
    if state.value.depthTimes.count >= mostDepths { state.value.depthTimes = [:] }
    state.value.depthTimes[sleep.object] = now
    let ring = Ring(SharedObject(number: sleep.object))
    let name = sleep.operation.traceCounter(sleep.object)
    // Who gets sleeps only when there is nothing, who puts only when nothing fits.
    if sleep.operation != .queueJoin {
      row.noteDepth(sleep.operation == .queuePut ? ring.maxsize : 0, of: name, at: sleep.start)
    }
    row.noteDepth(ring.count, of: name, at: now)
  }

  /// Notes that this process has another name now.
  static func noteName() { withRow { $0.describe(isFirst: false) } }

  /// Notes that this process has started another one.
  static func noteStart(of name: String) { withRow { $0.note("start \(name)") } }

  /// Notes that a child of this process was found to have ended.
  static func noteEnd(of name: String, _ status: ExitStatus) {
    withRow { $0.note("end \(name)", exitCode: status.exitCode) }
  }

  /// Notes that a task begins.
  ///
  /// - Parameter number: Its number in the pool.
  public static func beginTask(_ number: Int) {
    withRow { row in
      row.flushWait()
      row.buffer.taskName = "task"
      row.buffer.taskNumber.value = UInt64(max(number, 0))
      row.buffer.taskStart.store(Clock.nanoseconds)
    }
  }

  /// Says what the function of the present task is called.
  public static func nameTask(_ name: String) { withRow { $0.buffer.taskName = name } }

  /// Notes that the task has ended.
  public static func endTask() { withRow { $0.endTask() } }
}
