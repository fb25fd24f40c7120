// What the trace says of one process. No counterpart in Python.

/// A sleep, as the trace notes it.
struct TracedSleep {
  let operation: WaitOperation
  /// The object's number in the table; for a join, the identity of the process; 0 for neither.
  let object: UInt32
  /// When the wait began that it is a part of.
  let wait: UInt64
  /// When it began.
  let start: UInt64
}

/// The row of one process: this one, or a dead one whose slot is being swept.
struct TraceRow {
  let buffer: TraceBuffer
  let slot: Slot

  private var origin: UInt64 { Arena.header.traceOrigin.value }

  private func line(_ phase: String, _ name: String) -> TraceLine {
    TraceLine(phase, name, pid: slot.pid.value, row: buffer.row.value)
  }

  private func add(_ line: TraceLine, isLast: Bool = false) {
    var line = line
    line.end(isLast: isLast)
    buffer.append(line)
  }

  /// Says whose row it is: once at its start, and when the name changes.
  func describe(isFirst: Bool) {
    for kind in ["process_name", "thread_name"] {
      var name = line("M", kind)
      name.add(argument: "name", slot.name)
      add(name)
    }
    guard isFirst else { return }
    for kind in ["process_sort_index", "thread_sort_index"] {
      var order = line("M", kind)
      order.add(argument: "sort_index", Int(buffer.row.value))
      add(order)
    }
    buffer.isDescribed.store(1)
  }

  /// Notes something that happens now.
  func note(_ name: String, exitCode: Int? = nil) {
    flushWait()
    var event = line("i", name)
    event.add("cat", word: "process")
    event.add("s", word: "t")
    event.add("ts", nanoseconds: Clock.nanoseconds - origin)
    if let exitCode { event.add(argument: "exitcode", exitCode) }
    add(event)
  }

  private func span(
    _ name: String, _ category: String, from start: UInt64, to end: UInt64
  ) -> TraceLine {
    var event = line("X", name)
    event.add("cat", word: category)
    event.add("ts", nanoseconds: start - origin)
    event.add("dur", nanoseconds: end - start)
    return event
  }

  // MARK: - Waits

  /// Notes a sleep that ends now.
  ///
  /// A wait of several slices becomes one span, unless something else happened in between.
  func note(_ sleep: TracedSleep, until end: UInt64, isOver: Bool) {
    if buffer.waitEnd.value == 0 || buffer.wait.value != sleep.wait
      || buffer.waitObject.value != sleep.object
    {
      flushWait()
      buffer.waitStart.value = sleep.start
      buffer.wait.value = sleep.wait
      buffer.waitOperation.value = sleep.operation.rawValue
      buffer.waitObject.value = sleep.object
    }
    // It counts from here on.
    buffer.waitEnd.store(end)
    if isOver { flushWait() }
  }

  /// Puts the wait that was noted last into the text.
  func flushWait() {
    let start = buffer.waitStart.value
    let end = buffer.waitEnd.value
    guard end != 0 else { return }
    defer { buffer.waitEnd.store(0) }
    // What is shorter found its word changed and did not sleep.
    guard end - start >= Trace.shortestSleep else { return }
    let operation = WaitOperation(rawValue: buffer.waitOperation.value) ?? .none
    let object = buffer.waitObject.value
    var event = span(operation.traceName(object), "wait", from: start, to: end)
    if object != 0 { event.add(argument: "object", Int(object)) }
    add(event)
  }

  /// Notes how many messages a queue had.
  ///
  /// All queues are counters of the process that began the tree.
  func noteDepth(_ depth: Int, of queue: String, at time: UInt64) {
    var event = TraceLine("C", queue, pid: Slot(1).pid.value, row: TraceBuffer(1).row.value)
    event.add("cat", word: "queue")
    event.add("ts", nanoseconds: time - origin)
    event.add(argument: "messages", depth)
    add(event)
  }

  // MARK: - Tasks and lives

  /// Ends the span of the task that runs, if one does.
  func endTask(isLost: Bool = false) {
    let start = buffer.taskStart.value
    guard start != 0 else { return }
    flushWait()
    var event = span(buffer.taskName, "task", from: start, to: Clock.nanoseconds)
    event.add(argument: "task", Int(truncatingIfNeeded: buffer.taskNumber.value))
    if isLost { event.add(argument: "end", "died") }
    add(event)
    buffer.taskStart.store(0)
  }

  /// Ends the row.
  ///
  /// - Parameters:
  ///   - how: How the process ended: `exit` or `died`.
  ///   - closesFile: Whether it is the last line of the file.
  func end(_ how: String, closesFile: Bool = false) {
    if buffer.hasEnd.value == 0 {
      flushWait()
      endTask(isLost: how == "died")
      var event = span(slot.name, "process", from: buffer.lifeStart.value, to: Clock.nanoseconds)
      event.add(argument: "end", how)
      add(event, isLast: closesFile)
      buffer.hasEnd.store(1)
    }
    buffer.flush()
    buffer.identity.store(0)
  }
}
