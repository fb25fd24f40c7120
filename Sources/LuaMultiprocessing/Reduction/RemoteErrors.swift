// Errors on their way to another process, with where they come from. Python:
// `multiprocessing.pool.ExceptionWithTraceback`.

package import CLuaBridge
internal import Multiprocessing

// How to use it: call the function whose error may travel with `remoteErrorHandler` as handler. If it
// fails, `pushRemoteError` makes an error object of what is on top of the stack, which knows where it
// comes from, and `Encoder.encode(error:)` its message. The receiver decodes that as any value, and raises
// it: an error of a class of ours, or of one that extends them, keeps its class; any other value has become
// the `value` of a `RemoteError`.

/// What an error that travels says of where it arose, besides its process.
package struct ErrorContext {
  /// The task's number, from 1.
  package var task: Int?
  /// A short form of the arguments, as `shortArguments` makes it.
  package var arguments: String?

  package init(task: Int? = nil, arguments: String? = nil) {
    self.task = task
    self.arguments = arguments
  }
}

/// Adds the traceback to an error where it arises; what is no error object becomes a `RemoteError`.
///
/// Lua: [error] -> [error object].
package func remoteErrorHandler(_ state: LuaState) throws(LuaError) -> Int32 {
  state.setTop(1)
  if state.isErrorObject(1) {
    if state.rawGet(1, "traceback") == .nil {
      state.push(state.traceback(level: 1))
      state.rawSet(1, "traceback")
    }
  } else {
    state.wrapInRemoteError(traceback: state.traceback(level: 1))
  }
  state.setTop(1)
  return 1
}

extension LuaState {
  /// Stack: [value] -> [error].
  fileprivate func wrapInRemoteError(traceback: String?) {
    let value = top
    pushClass(.remoteError)
    pushMessage(of: value)
    newErrorObject()
    // The place of whoever made the object says nothing.
    pushNil()
    rawSet(-2, "where")
    copy(value)
    rawSet(-2, "value")
    if let traceback {
      push(traceback)
      rawSet(-2, "traceback")
    }
    replace(value)
  }

  /// The text of an error that is no error object.
  ///
  /// Stack: [] -> [string].
  private func pushMessage(of value: Int32) {
    if isString(value) { return copy(value) }
    let before = top
    do throws(LuaError) {
      // Its own text, or that of a number; a table without one is shown in Lua's syntax.
      if isTable(value), !hasMetafield(value, "__tostring") {
        push(bytes: try representation(of: value))
      } else {
        try pushText(of: value)
      }
    } catch {
      setTop(before)
      push("(error object is a \(typeName(value)) value)")
    }
  }

  /// Makes an error object that may travel of an error: a copy of an error object, else a `RemoteError`,
  /// with the fields `process`, `pid`, `task` and `arguments`.
  ///
  /// An error that came from another process already keeps what it says of that.
  ///
  /// Stack: [error] -> [error object].
  package func pushRemoteError(_ context: ErrorContext) {
    let error = top
    if isErrorObject(error) {
      copyErrorObject()
    } else {
      wrapInRemoteError(traceback: nil)
    }
    defer { setTop(error) }
    guard rawGet(error, "process") == .nil else { return }
    push(CurrentProcess.name)
    rawSet(error, "process")
    push(Int(CurrentProcess.pid))
    rawSet(error, "pid")
    if let task = context.task {
      push(task)
      rawSet(error, "task")
    }
    if let arguments = context.arguments {
      push(arguments)
      rawSet(error, "arguments")
    }
  }

  /// Stack: [error] -> [copy].
  private func copyErrorObject() {
    let error = top
    newTable(fields: 8)
    pushNil()
    while next(error) {
      copy(-2)
      copy(-2)
      rawSet(error + 1)
      pop()
    }
    if pushMetatable(error) { setMetatable(error + 1) }
    replace(error)
  }

  /// Takes out of the error object on top of the stack what may have kept it from being sent.
  ///
  /// - Parameters:
  ///   - problem: Why it could not be sent.
  ///   - attempt: How much to take: first all fields that Lua code has put there are replaced by their
  ///     texts, then the class by the nearest of ours.
  fileprivate func simplifyError(_ problem: String, attempt: Int) {
    let error = top
    if attempt == 2 {
      pushClass(nearestClass(of: error))
      setMetatable(error)
      return
    }
    newTable(fields: 8)
    let simple = top
    pushNil()
    while next(error) {
      if isString(-2) {
        copy(-2)
        copy(-2)
        switch type(-1) {
        case .string, .number, .boolean: break
        default:
          push(shortText(top))
          remove(-2)
        }
        rawSet(simple)
      }
      pop()
    }
    push(problem)
    rawSet(simple, "not_sent")
    if pushMetatable(error) { setMetatable(simple) }
    replace(error)
  }

  /// The class of ours that an error object is of, or that its class extends.
  private func nearestClass(of error: Int32) -> ErrorClass {
    var best = ErrorClass.exception
    for candidate in ErrorClass.allCases
    where candidate.depth > best.depth && isError(error, candidate) {
      best = candidate
    }
    return best
  }

  /// A short form of the arguments of a call.
  ///
  /// - Parameters:
  ///   - first: The index of the first argument.
  ///   - count: How many there are.
  ///   - limit: How many bytes are shown of each, and of all about four times as many.
  /// - Returns: `3, "x", {1, 2}`.
  package func shortArguments(from first: Int32, count: Int32, limit: Int = 60) -> String {
    let first = absolute(first)
    var texts: [String] = []
    var length = 0
    for index in 0..<count {
      guard length < 4 * limit else {
        texts.append("...")
        break
      }
      texts.append(shortText(first + index, limit: limit))
      length += texts[texts.count - 1].utf8.count
    }
    return texts.joined(separator: ", ")
  }

  /// A value in Lua syntax, cut when it is long.
  func shortText(_ index: Int32, limit: Int = 60) -> String {
    let top = top
    defer { setTop(top) }
    guard hasStack(40), let text = try? representation(of: index) else { return typeName(index) }
    guard text.count > limit else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text.prefix(limit - 3), as: UTF8.self) + "..."
  }
}

extension ErrorClass {
  /// How many classes it extends.
  fileprivate var depth: Int { parent.map { $0.depth + 1 } ?? 0 }
}

extension Encoder {
  /// Encodes the error object on top of the stack, as `pushRemoteError` made it; what of it cannot be
  /// sent goes as text, and its field `not_sent` then says why.
  ///
  /// The error stays on the stack, perhaps as a simpler one. As for other values, no Lua code may run
  /// until the message has been copied.
  ///
  /// - Throws: `.memory`.
  package mutating func encode(
    error state: LuaState, carriesReferences: Bool = true
  ) throws(LuaError) {
    let error = state.top
    for attempt in 1... {
      do throws(LuaError) {
        return try encode(state, error, root: "error", carriesReferences: carriesReferences)
      } catch .object(.serializationError, let problem) where attempt <= 2 {
        state.simplifyError(problem, attempt: attempt)
      } catch .onTop where attempt <= 2 {
        // A `__reduce` has failed.
        let problem = state.shortText(state.top, limit: 200)
        state.setTop(error)
        state.simplifyError(problem, attempt: attempt)
      }
    }
  }
}
