// Which way new processes are started. Python: `multiprocessing.context`.

internal import SystemPackage

/// How a process is started.
public enum StartMethod: String, CaseIterable, Sendable {
  /// A copy of the process that starts it.
  case fork
  /// A fresh program.
  case spawn
  /// A copy of a small server, which is a fresh program.
  case forkserver
  /// No process: the target runs in the calling one, at once. Python: `multiprocessing.dummy`.
  case inline

  /// What a class of processes is called: `SpawnProcess`; of the default method it is `Process`.
  public var className: String {
    switch self {
    case .fork: "ForkProcess"
    case .spawn: "SpawnProcess"
    case .forkserver: "ForkServerProcess"
    case .inline: "InlineProcess"
    }
  }

  /// What the method's context is called.
  public var contextName: String { className.dropLast("Process".count) + "Context" }

  /// The methods that make processes, the default one first.
  public static let all: [StartMethod] = [.fork, .spawn, .forkserver]
}

/// The choices that decide how processes are started; children that are fresh programs get them too.
public enum Context {
  /// What the fork server does about a module that it cannot load beforehand.
  public enum PreloadFailure: String, Sendable {
    case ignore, warn, fail
  }

  struct State {
    var chosen: StartMethod?
    var executable: String?
    var preload: [String] = []
    var onPreloadFailure = PreloadFailure.ignore
  }

  static let state = SingleThreaded(State())

  /// The method that was set or used first; nil before.
  public static var chosenMethod: StartMethod? { state.value.chosen }

  /// The method in use; from now on it is fixed.
  ///
  /// Python: `get_start_method()`.
  public static func fixMethod() -> StartMethod {
    let method = state.value.chosen ?? .fork
    state.value.chosen = method
    return method
  }

  /// Chooses the method; nil takes the choice back.
  ///
  /// - Throws: `.runtime` when it is fixed already, unless `force` is true; what keeps the fork server
  ///   from starting. The choice is as before then.
  ///
  /// Python: `set_start_method`.
  public static func setMethod(
    _ method: StartMethod?, force: Bool
  ) throws(MultiprocessingError) {
    guard force || state.value.chosen == nil else {
      throw .runtime("context has already been set")
    }
    let before = state.value.chosen
    state.value.chosen = method
    guard method == .forkserver else { return }
    do throws(MultiprocessingError) {
      try ForkServer.begin()
    } catch {
      state.value.chosen = before
      throw error
    }
  }

  /// The program that fresh processes run; nil for the running one.
  ///
  /// Python: `set_executable`.
  public static var executable: String? {
    get { state.value.executable }
    set { state.value.executable = newValue }
  }

  /// Makes the method that this process was started by the one that it starts others by.
  ///
  /// Python: `_force_start_method`.
  public static func adopt(_ method: StartMethod) { state.value.chosen = method }

  /// Takes over what the process that started this one had chosen.
  static func adopt(_ preparation: PreparationData) {
    state.value = State(
      chosen: StartMethod(rawValue: preparation.startMethod),
      executable: preparation.executable.isEmpty ? nil : preparation.executable,
      preload: preparation.preload, onPreloadFailure: preparation.onPreloadFailure)
  }

  /// Chooses the modules that the fork server loads before it makes processes.
  ///
  /// A server that has started none yet begins anew; one that has keeps what it loaded, as in Python.
  ///
  /// Python: `set_forkserver_preload`.
  public static func setPreload(_ modules: [String], onFailure: PreloadFailure) {
    let isNew = modules != state.value.preload
    state.value.preload = modules
    state.value.onPreloadFailure = onFailure
    if isNew { ForkServer.dropUnused() }
  }

  /// The modules that the fork server is to load, and what it does about one that it cannot load.
  public static var preload: (modules: [String], onFailure: PreloadFailure) {
    (state.value.preload, state.value.onPreloadFailure)
  }
}
