// The logger, and the module `multiprocessing.logging`. Python: `logging` and
// `multiprocessing.util`.

internal import CLuaBridge
internal import Multiprocessing

/// The logger as a script holds it; there is one in a process.
struct LoggerHandle: LuaObject {
  static let typeName: StaticString = "Logger"
  static let example: StaticString = "logger"
  static let magic: UInt64 = 0x7A5D_E820_36FB_914C

  /// Nothing to hold: the logger belongs to the process.
  let reserved: UInt64 = 0
}

extension LuaState {
  /// Adds the logger's functions and the levels to the table on top of the stack.
  func addLogging() {
    let hasClass = rawGet(LuaState.registry, "multiprocessing.Logger") == .table
    pop()
    if !hasClass { newLoggerClass() }
    setFunctions([
      "get_logger": { $0.run(getLogger) },
      "log_to_stderr": { $0.run(logToStandardError) },
    ])
    for (name, level) in LogLevel.named {
      push(name)
      push(level.rawValue)
      rawSet(-3)
    }
    push(LogLevel.subDebug.rawValue)
    rawSet(-2, "SUBDEBUG")
    push(LogLevel.subWarning.rawValue)
    rawSet(-2, "SUBWARNING")
  }

  private func newLoggerClass() {
    newMetatable(className: "Logger")
    setFunctions([
      "__newindex": { $0.run(refuseNewField) }, "__tostring": { $0.run(loggerToString) },
    ])
    newTable(fields: 16)
    setFunctions([
      "debug": { $0.run { (state) throws(LuaError) in try state.log(.debug) } },
      "info": { $0.run { (state) throws(LuaError) in try state.log(.info) } },
      "warning": { $0.run { (state) throws(LuaError) in try state.log(.warning) } },
      "warn": { $0.run { (state) throws(LuaError) in try state.log(.warning) } },
      "error": { $0.run { (state) throws(LuaError) in try state.log(.error) } },
      "critical": { $0.run { (state) throws(LuaError) in try state.log(.critical) } },
      "log": { $0.run(loggerLog) },
      "setLevel": { $0.run(loggerSetLevel) },
      "getEffectiveLevel": { $0.run(loggerEffectiveLevel) },
      "isEnabledFor": { $0.run(loggerIsEnabled) },
    ])
    push(body: { $0.run(loggerGet) }, upvalues: 1)
    rawSet(-2, "__index")
    let logger = top
    // Kept, because a script may change the library.
    pushLoadedModules()
    if rawGet(-1, "string") == .table { rawGet(-1, "format") }
    rawSet(LuaState.registry, "multiprocessing.format")
    setTop(logger)
    push(object: LoggerHandle(), className: "Logger")
    rawSet(LuaState.registry, "multiprocessing.logger")
    pop()
  }

  /// A level given as a number or by its name.
  fileprivate func level(_ index: Int32) throws(LuaError) -> LogLevel {
    if let number = integer(index) { return LogLevel(rawValue: number) }
    guard isString(index) else {
      throw .type("Level not an integer or a valid string: \(typeName(index))")
    }
    guard let level = LogLevel(name: string(index)) else {
      throw .value("Unknown level: '\(string(index))'")
    }
    return level
  }

  /// Logs the message from index 2 on, formatted by `string.format` when arguments follow it.
  fileprivate func log(_ level: LogLevel, from first: Int32 = 2) throws(LuaError) -> Int32 {
    _ = try object(1, as: LoggerHandle.self)
    guard Logger.isEnabled(for: level) else { return 0 }
    guard !isNone(first) else { throw .argument(first, "message expected, got no value") }
    let arguments = top - first
    if arguments > 0 {
      rawGet(LuaState.registry, "multiprocessing.format")
      insert(first)
      do {
        try call(arguments: arguments + 1, results: 1)
      } catch {
        return try reportWrongFormat()
      }
    }
    if isPlainTable(first) {
      push(bytes: try representation(of: first))
    } else {
      try pushText(of: first)
    }
    Logger.log(level, bytes: bytes(-1) ?? [])
    return 0
  }
}

extension LuaState {
  /// Reports a message that could not be formatted, as Python does, and lets the program go on: what
  /// only logging shows must not end a program that works without.
  ///
  /// Stack: [error] -> [error].
  fileprivate func reportWrongFormat() throws(LuaError) -> Int32 {
    let problem = try text(of: -1)
    StandardError.write(line: "--- Logging error ---\n\(callersPlace ?? "?"): \(problem)")
    return 0
  }
}

private func getLogger(_ state: LuaState) throws(LuaError) -> Int32 {
  state.rawGet(LuaState.registry, "multiprocessing.logger")
  return 1
}

/// Lua: `mp.log_to_stderr([level])`.
private func logToStandardError(_ state: LuaState) throws(LuaError) -> Int32 {
  try state.refuseModule("log_to_stderr")
  try state.bind(
    Signature(
      name: "log_to_stderr", example: "log_to_stderr{level = mp.INFO}",
      parameters: [Parameter("level")]),
    from: 1)
  let level = state.isNoneOrNil(1) ? nil : try state.level(1)
  Logger.logToStandardError()
  if let level { Logger.level = level }
  return try getLogger(state)
}

/// Lua: `logger:log(level, message, …)`.
private func loggerLog(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: LoggerHandle.self)
  return try state.log(try state.level(2), from: 3)
}

private func levelSignature(_ name: String) -> Signature {
  Signature(
    name: name, example: "logger:\(name)(mp.INFO)", parameters: [Parameter("level", .required)])
}

/// Lua: `logger:setLevel(level)`.
private func loggerSetLevel(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: LoggerHandle.self)
  try state.bind(levelSignature("setLevel"), from: 2)
  Logger.level = try state.level(2)
  return 0
}

private func loggerEffectiveLevel(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: LoggerHandle.self)
  state.push(Logger.effectiveLevel.rawValue)
  return 1
}

/// Lua: `logger:isEnabledFor(level)`.
private func loggerIsEnabled(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: LoggerHandle.self)
  try state.bind(levelSignature("isEnabledFor"), from: 2)
  state.push(Logger.isEnabled(for: try state.level(2)))
  return 1
}

/// Lua: `logger.level`, `logger.name`, `logger:method`.
private func loggerGet(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.object(1, as: LoggerHandle.self)
  state.copy(2)
  if state.rawGet(state.upvalue(1)) != .nil { return 1 }
  switch state.isString(2) ? state.string(2) : "" {
  case "level": state.push(Logger.level.rawValue)
  case "name": state.push("multiprocessing")
  default: state.pushNil()
  }
  return 1
}

private func loggerToString(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push("<Logger multiprocessing (\(Logger.effectiveLevel.name))>")
  return 1
}
