// What a worker returns for a task that has failed. Python: `multiprocessing.pool.worker`.

internal import CLuaBridge
internal import Multiprocessing

extension Worker {
  /// Returns why a task has failed: the error on top of the stack, or that its result cannot be sent.
  ///
  /// Within the time limit: a `__tostring` or `__reduce` of the error is the script's code too.
  ///
  /// Stack: [error] or, when it has run, [result, error] -> [].
  func returnFailure(_ task: TakenTask, hasRun: Bool) throws(LuaError) {
    defer {
      _ = TaskAlarm.end()
      InterruptSignal.dropTaskStop()
    }
    let wasStopped = TaskAlarm.reason != nil
    if !wasStopped, Interrupt.isRaised(state), Interrupt.isSilent { throw .onTop }
    do throws(LuaError) {
      if wasStopped {
        try returnError(task, isStopped: true)
      } else if hasRun {
        try returnUnsendable(task)
      } else {
        try returnError(task, isStopped: false)
      }
    } catch {
      state.push(error)
      guard !wasStopped, TaskAlarm.reason != nil, Interrupt.isSignalled(state) else { throw .onTop }
      // Stopped while its error was put into words: that is the error now.
      try returnError(task, isStopped: true)
    }
  }

  /// Returns the error on top of the stack.
  ///
  /// Stack: [error] -> [].
  ///
  /// - Parameters:
  ///   - task: Whose error it is.
  ///   - isStopped: Whether it was stopped: no error stops it a second time.
  /// - Throws: What a signal raises meanwhile, and what keeps even the words from being sent.
  private func returnError(_ task: TakenTask, isStopped: Bool) throws(LuaError) {
    if !state.isErrorObject(-1) {
      state.push(body: { $0.run(taskErrorHandler) })
      state.insert(-2)
      try state.call(arguments: 1, results: 1)
    }
    let call = callText(task)
    let base = state.top
    // The error itself, or what can be sent of it, or its words.
    for detail in [ErrorDetail.whole, .fields, .words] {
      do throws(LuaError) {
        state.copy(base)
        try state.pushErrorEnvelope(task: task.header.number, call: call, detail)
        try TaskMessages.finish(state, seat, task.ordinal, .error, at: state.top)
        return
      } catch {
        state.push(error)
        let isSignalled = isStopped ? Interrupt.isRaised(state) : Interrupt.isSignalled(state)
        if detail == .words || isSignalled {
          state.setTopKeepingError(base)
          throw .onTop
        }
        state.setTop(base)
      }
    }
  }

  /// The call that failed, in words: decoded once more, as it was before it ran.
  private func callText(_ task: TakenTask) -> String {
    let base = state.top
    defer { state.setTop(base) }
    guard state.hasStack(40) else { return "" }
    state.rawGet(base, "_item")
    let item = state.integer(-1)
    state.pop()
    state.pushNil()
    state.rawSet(base, "_item")
    guard job == task.header.job else { return "" }
    state.rawGet(LuaState.registry, Int(function))
    let function = state.top
    guard task.references.isEmpty,
      (try? TaskMessages.decodeArguments(state, task, buffer)) != nil
    else { return state.callText(function: function, first: 0, count: 0) }
    let arguments = state.top
    guard task.header.kind != .call else {
      let count = (try? state.unpackList(arguments)) ?? 0
      return state.callText(function: function, first: arguments + 1, count: min(count, 8))
    }
    guard let item else { return state.callText(function: function, first: 0, count: 0) }
    guard (try? pushItem(task, arguments, item - 1)) != nil else { return "" }
    return state.callText(function: function, first: state.top, count: 1)
  }

  /// Returns that the result could not be sent.
  ///
  /// Stack: [result, error] -> [].
  private func returnUnsendable(_ task: TakenTask) throws(LuaError) {
    let position = task.header.kind == .call ? nil : try pushUnsendable(task)
    let reason = (try? state.text(of: -1)) ?? "error"
    let result = state.shortText(state.top - 1)
    let place = position.map { " of item \(task.header.first + $0)" } ?? ""
    state.push(
      .maybeEncodingError, "Error sending result\(place): '\(result)'. Reason: '\(reason)'")
    state.push(reason)
    state.rawSet(-2, "exc")
    state.push(result)
    state.rawSet(-2, "value")
    if let position { noteFailed(position) }
    try returnError(task, isStopped: false)
  }

  /// Finds which item of several has the result that cannot be sent, counted from 1 in the task; nil when
  /// that is none by itself.
  ///
  /// Stack: [results, error] -> [results, error, result, its error] unless the result is nil.
  ///
  /// - Throws: What a signal raises meanwhile.
  private func pushUnsendable(_ task: TakenTask) throws(LuaError) -> Int? {
    let base = state.top
    for position in 0..<task.header.count {
      state.rawGet(base - 1, position + 1)
      do throws(LuaError) {
        _ = try TaskMessages.encode(state, base + 1, root: "result")
      } catch {
        state.push(error)
        if Interrupt.isSignalled(state) { throw .onTop }
        return position + 1
      }
      state.setTop(base)
    }
    return nil
  }
}
