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
