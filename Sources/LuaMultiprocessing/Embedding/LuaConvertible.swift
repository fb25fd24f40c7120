// What goes from Swift to Lua and back by itself.

/// A type whose values registered functions take and return, and scripts give as results.
///
/// `Bool`, integers, `Double`, `Float`, `String`, `[UInt8]` (a Lua string), optionals, arrays,
/// dictionaries, ``LuaValue`` and ``LuaReference`` are such types. A `RawRepresentable` type becomes
/// one by saying so; others say how they are built from values that are:
///
/// ```swift
/// struct Point: LuaConvertible {
///   var x, y: Double
///   static let luaTypeName = "point"
///   init(luaValue: LuaValue) throws(LuaConversionError) {
///     let fields = try [String: Double](luaValue: luaValue)
///     guard let x = fields["x"], let y = fields["y"] else {
///       throw LuaConversionError(expected: Point.luaTypeName, got: luaValue)
///     }
///     (self.x, self.y) = (x, y)
///   }
///   var luaValue: LuaValue { ["x": x, "y": y].luaValue }
/// }
/// ```
public protocol LuaConvertible {
  /// What messages call the type: "number expected, got string".
  static var luaTypeName: String { get }

  /// Makes the value that a value of Lua stands for.
  ///
  /// - Throws: ``LuaConversionError`` when it stands for none.
  init(luaValue: LuaValue) throws(LuaConversionError)

  /// The value for Lua.
  var luaValue: LuaValue { get }
}

/// Why a value of Lua is none of a Swift type.
public struct LuaConversionError: Error, Equatable, CustomStringConvertible {
  /// Where in an argument or result the value is: `item 3`, `field 'x'`, from the outside in.
  public var path: [String] = []
  /// What is wrong: `number expected, got string`.
  public var problem: String

  /// Makes an error that says what is wrong.
  public init(_ problem: String) { self.problem = problem }

  /// Makes the usual error.
  ///
  /// - Parameters:
  ///   - expected: What the type is called.
  ///   - value: What was found instead.
  public init(expected: String, got value: LuaValue) {
    self.init("\(expected) expected, got \(value.typeName)")
  }

  /// The same error, seen from the table that holds the value.
  func inside(_ place: String) -> LuaConversionError {
    var error = self
    error.path.insert(place, at: 0)
    return error
  }

  /// One line.
  public var description: String {
    path.isEmpty ? problem : path.joined(separator: ", ") + ": " + problem
  }
}

extension LuaValue: LuaConvertible {
  /// Any value will do.
  public static var luaTypeName: String { "value" }
  /// Takes the value as it is.
  public init(luaValue: LuaValue) throws(LuaConversionError) { self = luaValue }
  /// The value itself.
  public var luaValue: LuaValue { self }
}

extension LuaTable: LuaConvertible {
  /// What messages call a table.
  public static var luaTypeName: String { "table" }
  /// Takes a table's contents.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    guard case .table(let table) = luaValue else {
      throw LuaConversionError(expected: Self.luaTypeName, got: luaValue)
    }
    self = table
  }
  /// The table.
  public var luaValue: LuaValue { .table(self) }
}

extension LuaReference: LuaConvertible {
  /// What messages call it.
  public static var luaTypeName: String { "function or object" }

  /// The value for Lua: the very object.
  public var luaValue: LuaValue { .reference(self) }
}

extension LuaConvertible where Self: RawRepresentable, RawValue: LuaConvertible {
  /// What messages call the raw value.
  public static var luaTypeName: String { RawValue.luaTypeName }

  /// Makes the value from its raw value.
  public init(luaValue: LuaValue) throws(LuaConversionError) {
    let raw = try RawValue(luaValue: luaValue)
    guard let value = Self(rawValue: raw) else {
      throw LuaConversionError("\(Self.self) has no value '\(raw)'")
    }
    self = value
  }

  /// The raw value for Lua.
  public var luaValue: LuaValue { rawValue.luaValue }
}
