// How a script holds a process.

internal import CLuaBridge
internal import Multiprocessing

/// A process as a userdata holds it: a number, since a Swift object cannot lie in Lua's memory.
struct ProcessHandle: LuaObject {
  static let typeName: StaticString = "Process"
  static let example: StaticString = "p"
  static let magic: UInt64 = 0x6D1F_93A2_0C5E_B781

  /// A class that a script has made.
  struct ScriptClass {
    /// The same in all processes.
    let identity: Int
    let name: String
    /// Whether the process that has the handle does not know it.
    var isMissing = false
  }

  private struct Table {
    var processes: [Int: Process] = [:]
    var classes: [Int: ScriptClass] = [:]
    var last = 0
  }

  private static let table = SingleThreaded(Table())

  private let number: Int

  /// A handle of a process that is not described yet: its class's `init` does that.
  init() {
    Self.table.value.last += 1
    number = Self.table.value.last
  }

  /// A process that this one made, if the script has a handle of it still.
  static func own(_ creator: Int32, _ identity: [Int]) -> Process? {
    guard creator == CurrentProcess.pid else { return nil }
    return table.value.processes.values.first { $0.isOwn && $0.identity == identity }
  }

  /// The process, once it is described.
  var process: Process? {
    get { Self.table.value.processes[number] }
    nonmutating set { Self.table.value.processes[number] = newValue }
  }

  /// Its class if that is a script's.
  var scriptClass: ScriptClass? {
    get { Self.table.value.classes[number] }
    nonmutating set { Self.table.value.classes[number] = newValue }
  }
}

extension LuaState {
  /// The process that a method is called on.
  func process(_ index: Int32) throws(LuaError) -> Process {
    let handle = try object(index, as: ProcessHandle.self)
    guard let process = handle.process else {
      throw .runtime(
        "the process was not initialised: let init call mp.Process.init(self, {…}) first")
    }
    return process
  }

  // A process's user value is the table of its fields: the script's own and `_target`, `_args`,
  // `_kwargs`, Python's names for what it was made with.

  /// Stack: [] -> [field].
  @discardableResult
  func processField(_ process: Int32, _ name: StaticString) -> LuaType {
    userValue(process)
    rawGet(-1, name)
    remove(-2)
    return type(-1)
  }

  /// Stack: [value] -> [].
  func setProcessField(_ process: Int32, _ name: StaticString) {
    let process = absolute(process)
    userValue(process)
    insert(-2)
    rawSet(-2, name)
    pop()
  }

  /// A method as Lua finds it: the process's own field first, then its class and those it extends.
  ///
  /// Stack: [] -> [function or nil].
  func pushProcessMethod(_ process: Int32, _ name: StaticString) {
    let process = absolute(process)
    if processField(process, name) != .nil { return }
    pop()
    guard pushMetatable(process) else { return pushNil() }
    rawGet(-1, "__class")
    remove(-2)
    lookUp(name)
  }

  /// Stack: [class] -> [value or nil].
  func lookUp(_ name: StaticString) {
    push(literal: name)
    let key = top
    copy(-2)
    lookUp(key: key)
    replace(key - 1)
    pop()
  }

  /// The same with the key at an index.
  func lookUp(key: Int32) {
    while true {
      copy(key)
      if rawGet(-2) != .nil { break }
      pop()
      guard pushMetatable(-1) else {
        pop()
        return pushNil()
      }
      rawGet(-1, "__index")
      remove(-2)
      remove(-2)
      guard isTable(-1) else { return }
    }
    remove(-2)
  }
}
