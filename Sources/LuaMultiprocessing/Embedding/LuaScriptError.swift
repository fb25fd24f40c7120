// Errors that cross between Lua and Swift.

/// An error of Lua: raised by a script, or to be raised in it by a registered function.
///
/// A registered function that throws one raises an error object of its class, so that
/// `err:is(mp.ValueError)` holds; any other Swift error becomes a `RuntimeError` whose message is the
/// error's description. An error of Lua that passes through Swift stays the object that it was.
public struct LuaScriptError: Error, CustomStringConvertible {
  /// What went wrong: `bad x`, or the text that a script raised, with the place before it.
  public var message: String
  /// The class of an error object: `ValueError`; nil when the script raised something else.
  public var className: String?
  /// Where it was raised: `jobs.lua:12`; nil when that is not known, or part of the message.
  public var place: String?
  /// The calls in Lua that led there, or in the process that raised the error; nil when not known.
  public var traceback: String?
  /// What the script raised, or the `value` of an error object.
  public var value: LuaValue
  /// The very value, to be raised again.
  var original: LuaReference?

  /// Makes an error to be raised in Lua.
  ///
  /// - Parameters:
  ///   - message: What went wrong.
  ///   - className: One of the module's classes, such as `ValueError`; another name is taken for
  ///     `RuntimeError`.
  public init(_ message: String, className: String = "RuntimeError") {
    self.message = message
    self.className = className
    value = .nil
  }

  /// One line, as `mplua` prints it: `jobs.lua:12: ValueError: bad x`.
  public var description: String {
    var text = place.map { "\($0): " } ?? ""
    if let className {
      text += message.isEmpty ? className : "\(className): "
    }
    return text + message
  }

  /// What `mplua` prints: the line, and the traceback below it.
  public var report: String { traceback.map { "\(description)\n\($0)" } ?? description }
}

extension LuaScriptError: Equatable {
  /// Whether both say the same.
  public static func == (left: LuaScriptError, right: LuaScriptError) -> Bool {
    left.message == right.message && left.className == right.className
      && left.place == right.place && left.traceback == right.traceback
      && left.value == right.value
  }
}
