// A value that stays in Lua while Swift holds it.

// Safe because a runtime is used on one thread alone, which its functions check.
/// A function, a coroutine or an object of Lua: what has no copy in Swift.
///
/// It goes back to Lua as the very same value. Use it on the runtime's thread only, and before the
/// runtime is closed.
public final class LuaReference: @unchecked Sendable {
  /// The interpreter that the value lives in; nil once that is closed.
  weak var runtime: LuaRuntime?
  /// The value's place in the registry.
  let number: Int32

  /// What Lua calls the value's type: `function`, or an object's class, `Queue`.
  public let typeName: String

  init(_ runtime: LuaRuntime, number: Int32, typeName: String) {
    self.runtime = runtime
    self.number = number
    self.typeName = typeName
  }

  deinit { runtime?.releaseLater(number) }

  /// Takes a function or an object.
  ///
  /// - Throws: ``LuaConversionError`` when the value is one of which Swift has a copy.
  public convenience init(luaValue: LuaValue) throws(LuaConversionError) {
    guard case .reference(let other) = luaValue, let runtime = other.runtime else {
      throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
    self.init(runtime, number: runtime.duplicate(other.number), typeName: other.typeName)
  }

  /// Calls the value and gives its result.
  ///
  /// - Parameter arguments: What it is called with.
  /// - Returns: The first result; what follows is dropped.
  /// - Throws: ``LuaScriptError`` for an error raised in Lua, ``LuaConversionError`` when the result
  ///   is of another type.
  public func call<Result: LuaConvertible>(_ arguments: any LuaConvertible...) throws -> Result {
    try openRuntime().call(self, arguments)[0, as: Result.self]
  }

  /// Calls the value and drops its results.
  ///
  /// - Parameter arguments: What it is called with.
  /// - Throws: ``LuaScriptError`` for an error raised in Lua.
  public func call(_ arguments: any LuaConvertible...) throws {
    _ = try openRuntime().call(self, arguments, keeping: 0)
  }

  /// Calls the value and gives its results.
  ///
  /// - Parameter arguments: What it is called with.
  /// - Returns: As many results as are asked for.
  /// - Throws: ``LuaScriptError`` for an error raised in Lua, ``LuaConversionError`` when a result is
  ///   of another type.
  public func call<First: LuaConvertible, Second: LuaConvertible, each Other: LuaConvertible>(
    _ arguments: any LuaConvertible...
  ) throws -> (First, Second, repeat each Other) {
    try openRuntime().call(self, arguments).tuple()
  }

  private func openRuntime() throws -> LuaRuntime {
    guard let runtime, runtime.isOpen else {
      throw LuaScriptError("the runtime of this \(typeName) is closed")
    }
    return runtime
  }
}

extension LuaReference: Hashable {
  /// Whether both are the same reference: two references to one value of Lua differ.
  public static func == (left: LuaReference, right: LuaReference) -> Bool { left === right }

  /// Hashes the reference, not the value.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
