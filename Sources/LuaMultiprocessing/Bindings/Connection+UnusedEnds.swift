// Closes in a child the ends of pipes that its target cannot use. Python: guideline "explicitly pass
// resources to child processes".

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Closes, in a child, the ends of pipes whose other end went to its target while they did not:
  /// else the child itself would keep a pipe open whose end it waits for.
  ///
  /// An end stays open if the target reaches it too, through its arguments or upvalues, or if it is a
  /// global variable.
  func closeUnreachablePipeEnds(of process: Int32) {
    let process = absolute(process)
    let base = top
    defer { setTop(base) }
    pushOpenConnections()
    let connections = top
    pushNil()
    guard next(connections) else { return }
    pop(2)
    var reached: Set<SharedObject> = []
    reach(from: process, &reached)
    guard !reached.isEmpty else { return }
    addGlobalConnections(to: &reached)
    pushNil()
    while next(connections) {
      pop()
      guard var handle = optionalObject(-1, as: ConnectionHandle.self),
        !handle.connection.isClosed, !reached.contains(handle.connection.end),
        reached.contains(handle.connection.peer)
      else { continue }
      handle.connection.close()
      update(-1, handle)
    }
  }

  /// Collects the ends in global variables, in global tables and in upvalues of global functions.
  ///
  /// No deeper: global data may be large, and a child starts often.
  private func addGlobalConnections(to reached: inout Set<SharedObject>) {
    pushGlobals()
    addConnections(in: top, depth: 2, to: &reached)
    pop()
  }

  private func addConnections(in holder: Int32, depth: Int, to reached: inout Set<SharedObject>) {
    func visit() {
      if let handle = optionalObject(-1, as: ConnectionHandle.self) {
        reached.insert(handle.connection.end)
      } else if depth > 1, isTable(-1) || isFunction(-1) {
        addConnections(in: top, depth: depth - 1, to: &reached)
      }
      pop()
    }
    if isTable(holder) {
      pushNil()
      while next(holder) { visit() }
    } else {
      var number: Int32 = 1
      while pushUpvalue(of: holder, number) {
        visit()
        number += 1
      }
    }
  }

  /// Collects the pipe ends in a process's fields, arguments, target and class, however deep.
  private func reach(from process: Int32, _ reached: inout Set<SharedObject>) {
    newTable()
    let pending = top
    var count = 0
    var seen: Set<UInt> = []
    pushGlobals()
    seen.insert(address(-1))
    pop()
    func visit() {
      if let handle = optionalObject(-1, as: ConnectionHandle.self) {
        reached.insert(handle.connection.end)
      }
      switch type(-1) {
      case .table, .function, .userdata, .thread:
        if seen.insert(address(-1)).inserted {
          count += 1
          rawSet(pending, count)
          return
        }
      default: break
      }
      pop()
    }
    copy(process)
    visit()
    while count > 0 {
      rawGet(pending, count)
      count -= 1
      let item = top
      switch type(item) {
      case .table:
        pushNil()
        while next(item) {
          visit()
          copy(-1)
          visit()
        }
      case .function:
        var number: Int32 = 1
        while pushUpvalue(of: item, number) {
          visit()
          number += 1
        }
      case .userdata:
        var number: Int32 = 1
        while userValue(item, number) != .none {
          visit()
          number += 1
        }
        pop()
      default: forEachValue(ofCoroutine: item, visit)
      }
      if pushMetatable(item) { visit() }
      setTop(pending)
    }
  }
}
