// The module `multiprocessing._soak`, which only builds with the trait `FaultInjection` have. Crash
// tests look through it at what scripts cannot see. No counterpart in Python.

#if FaultInjection
internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// Makes `require "multiprocessing._soak"` find the module.
  func preloadSoak() {
    setFunctions([
      "multiprocessing._soak": {
        $0.run { (state) throws(LuaError) in
          state.newTable(fields: 8)
          state.setFunctions([
            "fault_points": { $0.run(faultPoints) },
            "set_armed": { $0.run(setArmed) },
            "statistics": { $0.run(statistics) },
            "processes": { $0.run(processes) },
          ])
          return 1
        }
      }
    ])
  }
}

/// Lua: `fault_points()`: the names of all steps at which a process can be made to die.
private func faultPoints(_ state: LuaState) throws(LuaError) -> Int32 {
  state.newTable()
  for (position, point) in FaultPoint.allCases.enumerated() {
    state.push(point.rawValue)
    state.rawSet(-2, position + 1)
  }
  return 1
}

/// Lua: `set_armed(flag)`: whether this process and its later children may die at a step.
private func setArmed(_ state: LuaState) throws(LuaError) -> Int32 {
  FaultPoint.setArmed(state.boolean(1))
  return 0
}

/// Lua: `statistics()`: the numbers of the tree, after what is dead was swept.
private func statistics(_ state: LuaState) throws(LuaError) -> Int32 {
  Board.sweepDead()
  let blocks = try state.lifting { () throws(MultiprocessingError) in
    try Arena.usedBlockCount()
  }
  let numbers = Statistics.current
  state.newTable(fields: 8)
  for (name, value) in [
    ("explained", numbers.explainedSlices), ("unexplained", numbers.unexplainedSlices),
    ("deaths", numbers.deathCount), ("rebuilds", numbers.rebuildCount),
    ("objects", numbers.liveObjectCount), ("blocks", UInt64(blocks)),
    ("faults", FaultPoint.deathCount), ("depot", numbers.depotCount),
  ] {
    state.push(name)
    state.push(Int(truncatingIfNeeded: value))
    state.rawSet(-3)
  }
  return 1
}

/// Lua: `processes()`: a line for each process of the tree: who it is and what it waits for.
private func processes(_ state: LuaState) throws(LuaError) -> Int32 {
  state.newTable()
  for (position, record) in Board.processes.enumerated() {
    var line = "\(record.pid) \(record.name) \(record.state)"
    if let wait = record.wait {
      let since = Double(Clock.nanoseconds &- wait.since) / 1e9
      line += " \(wait.operation) of object \(wait.object) for \(since) s"
    }
    state.push(line)
    state.rawSet(-2, position + 1)
  }
  return 1
}
#endif
