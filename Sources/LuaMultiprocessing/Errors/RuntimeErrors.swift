// The runtime's failures as Lua errors.

internal import CLuaBridge
internal import Glibc
internal import Multiprocessing

extension LuaState {
  /// Runs what may fail in the runtime, its errors turned into Lua's.
  @inline(__always)
  func lifting<Result>(
    _ body: () throws(MultiprocessingError) -> Result
  ) throws(LuaError) -> Result {
    do {
      return try body()
    } catch {
      throw LuaError(error)
    }
  }

  /// The same for what opens files, once more without garbage if this process may open no more: what
  /// nobody holds any more keeps its files until it is collected.
  ///
  /// - Parameter body: Has done nothing when it throws.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws, the second time too.
  @inline(__always)
  func openingFiles<Result>(
    _ body: () throws(MultiprocessingError) -> Result
  ) throws(LuaError) -> Result {
    do {
      return try body()
    } catch {
      return try openingFilesAgain(after: error, body)
    }
  }

  /// Out of line: the first attempt is all that is ever made where it matters.
  @inline(never)
  private func openingFilesAgain<Result>(
    after error: MultiprocessingError, _ body: () throws(MultiprocessingError) -> Result
  ) throws(LuaError) -> Result {
    guard [EMFILE, ENFILE].contains(error.systemErrorNumber) else { throw LuaError(error) }
    collectGarbage()
    return try lifting(body)
  }
}

extension LuaError {
  /// The Lua error for a failure of the runtime.
  @inline(never)
  init(_ error: MultiprocessingError) {
    let message = error.description
    switch error {
    case .interrupted: self = .interrupted
    case .empty: self = .object(.empty, message)
    case .full: self = .object(.full, message)
    case .shutDown: self = .object(.shutDown, message)
    case .deadlock: self = .object(.deadlockError, message)
    case .timedOut: self = .object(.timeoutError, message)
    case .valueError: self = .object(.valueError, message)
    case .brokenBarrier: self = .object(.brokenBarrierError, message)
    case .brokenPool: self = .object(.brokenProcessPool, message)
    case .operation: self = .object(.osError, message)
    case .assertion: self = .object(.assertionError, message)
    case .runtime: self = .object(.runtimeError, message)
    case .endOfFile: self = .object(.eofError, message)
    case .brokenPipe:
      self = .system(.brokenPipeError, message, errno: error.systemErrorNumber)
    case .system:
      self = .system(
        Self.systemClass(error.systemErrorNumber), message, errno: error.systemErrorNumber)
    }
  }

  /// The class that Python has for an error of the system.
  private static func systemClass(_ number: Int32) -> ErrorClass {
    switch number {
    case EEXIST: .fileExistsError
    case ENOENT: .fileNotFoundError
    default: .osError
    }
  }
}
