// The first steps of a process that is a fresh program. Python: `multiprocessing.spawn.spawn_main`.

/// This process, if another one of its tree started it as a fresh program.
public struct FreshProcess {
  /// The messages for it.
  public let launch: Launch
  /// What the runtime knows of it by now.
  public let preparation: PreparationData

  /// Whether the program's arguments say that it is such a process.
  ///
  /// Whoever types the option gets what any unknown option gets: the arguments must name the memory
  /// of a program tree.
  ///
  /// A program that has asked can be started as one: one that does not would do all its work again.
  public static func isMeant(by arguments: [[UInt8]]) -> Bool {
    hasAsked.value = true
    guard arguments.count == 6, arguments[1] == Array(SpawnPopen.option.utf8),
      let numbers = numbers(arguments)
    else { return false }
    return Arena.isArena(numbers[0])
  }

  private static let hasAsked = SingleThreaded(false)

  /// Makes sure that a fresh process of this program would know that it is one.
  static func checkCanRun() throws(MultiprocessingError) {
    guard !hasAsked.value, Context.executable == nil else { return }
    throw .runtime(
      "this program cannot be started again as a worker, as the start methods spawn and forkserver "
        + "do: its main does not call LuaRuntime.runWorkerIfNeeded")
  }

  /// The program that a helper of this program's processes runs.
  ///
  /// - Parameter purpose: What needs it.
  /// - Returns: Its file.
  /// - Throws: `.runtime` when none would know that it is a helper.
  static func program(for purpose: String) throws(MultiprocessingError) -> String {
    if hasAsked.value { return ProgramRun.ownFile }
    if let executable = Context.executable { return executable }
    throw .runtime(
      "this program cannot be started again as a helper, as \(purpose) needs: "
        + "its main does not call LuaRuntime.runWorkerIfNeeded")
  }

  private static func numbers(_ arguments: [[UInt8]]) -> [Int32]? {
    let numbers = arguments.dropFirst(2).compactMap {
      Int32(String(decoding: $0, as: UTF8.self))
    }
    return numbers.count == 4 ? numbers : nil
  }

  /// Becomes the process that the arguments name: maps the arena, claims the place on the board, and
  /// takes what the runtime must know.
  ///
  /// Returns nil when the place was given up meanwhile, or the tree is ending: the process must end
  /// at once.
  public init?(_ arguments: [[UInt8]]) {
    guard let numbers = Self.numbers(arguments) else { return nil }
    let identity = UInt32(bitPattern: numbers[1])
    guard Arena.attach(numbers[0]) else { return nil }
    FaultPoint.hit(.startExecuted)
    guard Board.claim(identity), !Board.isTreeEnding else { return nil }
    OwnerRecord.adopt(numbers[3])
    self.init(launchNumber: UInt32(bitPattern: numbers[2]))
    ProgramRun.takeName()
    if preparation.isDaemon { ProcessCalls.dieWithParent(preparation.parentPid) }
  }

  /// Takes what a claimed process must know of itself.
  init?(launchNumber: UInt32) {
    guard let launch = Launch(number: launchNumber),
      let preparation = launch.takePreparation()
    else { return nil }
    FaultPoint.hit(.startPrepared)
    self.launch = launch
    self.preparation = preparation
    OwnerRecord.adopt(name: preparation.recordName)
    Output.isRelayed = preparation.isOutputRelayed
    Logger.adopt(level: preparation.logLevel, handlerCount: preparation.logHandlerCount)
    Context.adopt(preparation)
  }

  /// Makes the process that it is to be: from now on it is `current`.
  ///
  /// - Returns: The description of it.
  public func become() -> Process {
    let process = Process(fresh: preparation)
    CurrentProcess.become(
      process,
      parent: CurrentProcess.Parent(
        name: preparation.parentName, pid: preparation.parentPid,
        boardIdentity: Board.ownSlot.parent.value))
    return process
  }

  /// Says that the process holds by itself what it was given.
  public func finishLaunch() {
    FaultPoint.hit(.startReceived)
    launch.release()
  }

  /// Makes the working directory that of the process that asked for this one; as it is, when that has
  /// no name any more.
  public func enterDirectory() {
    if !preparation.directory.isEmpty { WorkingDirectory.enter(preparation.directory) }
  }

  /// Lets the signals come that were held back from the start on.
  public static func releaseSignals() { HeldSignals.releaseAll() }

  /// The end of a process whose start came to nothing.
  public static func giveUp() -> Never { ProcessCalls.exitNow(255) }

  /// The end of a process that did its work.
  public static func end(_ code: Int32) -> Never {
    Output.flush()
    ExitSequence.leave()
    ProcessCalls.exitNow(code)
  }
}
