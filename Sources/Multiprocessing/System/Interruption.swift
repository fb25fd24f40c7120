// What a wait does when a signal ends its sleep. Python: the signal checks of `Modules/signalmodule.c`.

/// Lets the embedding layer run what a signal asked for in the middle of a wait.
public enum Interruption {
  /// What a wait calls when a signal interrupted it, and at the end of each slice, because a signal
  /// that arrives just before a sleep interrupts nothing.
  ///
  /// It is given what describes the wait.
  public typealias Handler = (_ wait: () -> CurrentWait) throws(MultiprocessingError) -> Void

  /// What to call; nil for nothing.
  ///
  /// The process does not count as waiting while the handler runs, but may hold the lock of a pipe's
  /// end in the middle of a message: the handler runs no Lua code, it only says whether to go on. The
  /// wait goes on with its remaining time if the handler returns, and ends with the error that the
  /// handler throws.
  public static var handler: Handler? {
    get { unsafe storage }
    set { unsafe storage = newValue }
  }

  // Safe because a process of the tree has one thread; tests set it from one test at a time.
  private nonisolated(unsafe) static var storage: Handler?

  /// Whether a signal has come that will end the present work with an error: no worker is started then
  /// in the place of one that the same Ctrl-C ended, for it would take a task that nobody wants any more.
  public static var isPending: () -> Bool {
    get { unsafe pendingStorage }
    set { unsafe pendingStorage = newValue }
  }

  /// When the last Ctrl-C came, by `Clock`; 0 for never.
  public static var lastTime: () -> UInt64 {
    get { unsafe lastTimeStorage }
    set { unsafe lastTimeStorage = newValue }
  }

  // Safe because a process of the tree has one thread.
  private nonisolated(unsafe) static var lastTimeStorage: () -> UInt64 = { 0 }

  // Safe because a process of the tree has one thread.
  private nonisolated(unsafe) static var pendingStorage: () -> Bool = { false }

  /// Runs the handler, if there is one.
  static func run(_ wait: () -> CurrentWait) throws(MultiprocessingError) {
    if let handler { try handler(wait) }
  }
}
