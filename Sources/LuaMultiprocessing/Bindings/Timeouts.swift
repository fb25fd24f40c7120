// When a wait that a script asked for gives up. Python: the `block` and `timeout` arguments.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// The deadline that a timeout in seconds sets; `absent` when the argument was not given.
  func deadline(
    timeout index: Int32, absent: Deadline = .never
  ) throws(LuaError) -> Deadline {
    try seconds(index, "timeout").map { Deadline(secondsFromNow: $0) } ?? absent
  }

  /// The deadline that `block` and `timeout` set together, as Python reads them.
  func deadline(block: Int32, timeout: Int32) throws(LuaError) -> Deadline {
    let blocks = try flag(block, "block", default: true)
    let deadline = try deadline(timeout: timeout)
    return blocks ? deadline : .now
  }
}
