// The API for Swift hosts, in one process.

import LuaMultiprocessing
import Testing

@Suite("Swift hosts", .serialized)
struct LuaRuntimeTests {
  let lua: LuaRuntime

  init() throws { lua = try LuaRuntime() }

  // MARK: - Results and arguments

  @Test("a chunk gets arguments and gives its result")
  func runs() throws {
    let sum: Int = try lua.run("local a, b = ... return a + b", arguments: 1, 2)
    #expect(sum == 3)
    let (first, second, third): (String, [Int], Double?) = try lua.run("return 'x', {1, 2}")
    #expect(first == "x" && second == [1, 2] && third == nil)
    try lua.run("x = 5")
    #expect(try lua.global("x") as Int == 5)
    try lua.setGlobal("y", to: ["a": 1])
    #expect(try lua.run("return y.a") as Int == 1)
    #expect(try lua.run("return __name__") as String == "__main__")
  }

  @Test("values come back as they went")
  func roundTrips() throws {
    func isSame<Value: LuaConvertible & Equatable>(_ value: Value) throws -> Bool {
      try lua.run("return ...", arguments: value) == value
    }
    #expect(try isSame(true) && isSame(false))
    #expect(try isSame(Int.min) && isSame(Int.max) && isSame(UInt8(255)) && isSame(Int16(-5)))
    #expect(try isSame(-0.0) && isSame(1.5) && isSame(Double.infinity) && isSame(Float(0.25)))
    #expect(try isSame("") && isSame("häß\0lich") && isSame([UInt8]([0, 255, 0])))
    #expect(try isSame([Int]()) && isSame([[1], [2, 3]]) && isSame([UInt8]()))
    #expect(try isSame([nil, 1, nil, 2, nil] as [Int?]) && isSame([nil] as [Int?]))
    #expect(try isSame(Int?.none) && isSame(Int?.some(1)))
    #expect(try isSame(["a": [1.5], "b": []]) && isSame([1: "x", 3: "y"]) && isSame([2.5: true]))
    #expect(try isSame(LuaValue.table(LuaTable(list: [1, "x"], fields: [true: [1.5].luaValue]))))
  }

  @Test("integers and floats are told apart, and whole floats are integers")
  func numbers() throws {
    #expect(try lua.run("return math.type(...)", arguments: 3) as String == "integer")
    #expect(try lua.run("return math.type(...)", arguments: 3.0) as String == "float")
    #expect(try lua.run("return 3.0") as Int == 3)
    #expect(try lua.run("return 3") as Double == 3)
    #expect(
      problem { try lua.run("return 3.5") as Int } == "3.5 has no integer representation as Int")
    #expect(problem { try lua.run("return 300") as UInt8 } == "300 does not fit into UInt8")
    #expect(problem { try lua.run("return 2^63") as Int } != nil)
  }

  @Test("a value of another type is an error that says where it is")
  func conversionErrors() {
    #expect(problem { try lua.run("return 'x'") as Int } == "integer expected, got string")
    #expect(problem { try lua.run("return") as Bool } == "boolean expected, got nil")
    #expect(problem { try lua.run("return print") as String } == "string expected, got function")
    #expect(problem { try lua.run("return '\\xff'") as String } == "the string is not UTF-8")
    #expect(
      text { let _: (Int, [[Int]]) = try lua.run("return 1, {{1}, {2, 'x'}}") }
        == "result 2, item 2, item 2: integer expected, got string")
    #expect(
      text { try lua.run("return {a = {1, nil, 3}}") as [String: [Int]] }?
        .hasPrefix("result 1, field 'a'") == true)
    #expect(
      text { try lua.run("return {1, x = 2}") as [Int] }
        == "result 1: list expected, got a table with the key 'x'")
    #expect(
      text { try lua.run("return {1}") as [String: Int] }
        == "result 1, the key 1: string expected, got number")
    #expect(
      text { try lua.run("local t = {} t[1] = t return t") as LuaValue }
        == "result 1: a table that contains itself has no copy in Swift")
    #expect(
      text {
        try lua.run("local t = {} for _ = 1, 1000 do t = {t} end return t") as LuaValue
      } == "result 1: tables are nested more than 200 deep")
  }

  @Test("a table that occurs often is copied once")
  func sharedTables() throws {
    let value: LuaValue = try lua.run("local t = {} for _ = 1, 100 do t = {t, t} end return t")
    guard case .table(let table) = value else {
      Issue.record("no table: \(value.typeName)")
      return
    }
    #expect(table.list.count == 2)
  }

  @Test("keys that Lua does not have are refused")
  func badKeys() {
    let table = LuaTable(fields: [.number(.nan): 1])
    #expect(text { try lua.run("", arguments: table) } == "ValueError: a table's key is NaN")
    #expect(
      text { try lua.run("", arguments: LuaTable(fields: [.nil: 1])) }
        == "ValueError: a table's key is nil")
  }

  @Test("types of the host's own travel too")
  func ownTypes() throws {
    enum Color: String, LuaConvertible { case red, green }
    #expect(try lua.run("return ...", arguments: Color.green) as Color == .green)
    #expect(problem { try lua.run("return 'blue'") as Color } == "Color has no value 'blue'")
    lua.register("mirrored") { (point: Point) in Point(x: point.y, y: point.x) }
    #expect(try lua.run("return mirrored {x = 1, y = 2}") as Point == Point(x: 2, y: 1))
  }

  // MARK: - Functions

  @Test("registered functions take and give typed values")
  func registered() throws {
    lua.register("area") { (width: Double, height: Double) throws -> Double in width * height }
    lua.register("describe") { (name: String, age: Int?) in
      age.map { "\(name), \($0)" } ?? name
    }
    lua.register("split") { (number: Int) in (number / 10, number % 10) }
    var notes: [String] = []
    lua.register("geometry.note") { (text: String) in notes.append(text) }
    lua.register("geometry.total", total)
    let (area, lone, full): (Double, String, String) = try lua.run(
      "return area(2, 3), describe('a'), describe('b', 7)")
    #expect(area == 6 && lone == "a" && full == "b, 7")
    #expect(try lua.run("return select('#', split(42)), split(42)") as Int == 2)
    #expect(try lua.run("local a, b = split(42) return b * 10 + a") as Int == 24)
    #expect(try lua.run("return select('#', geometry.note 'x')") as Int == 0)
    #expect(notes == ["x"])
    #expect(try lua.run("return geometry.total {1, 2, 3}") as Int == 6)
    lua.register("area") { 1 }
    #expect(try lua.run("return area()") as Int == 1)
  }

  @Test("a bad argument is Lua's own error")
  func badArguments() {
    lua.register("area") { (width: Double, height: [Double]) in width }
    #expect(
      text { try lua.run("area('x')") }
        == "chunk:1: TypeError: bad argument #1 to 'area' (number expected, got string)")
    #expect(
      text { try lua.run("area(1)") }
        == "chunk:1: TypeError: bad argument #2 to 'area' (list expected, got no value)")
    #expect(
      text { try lua.run("area(1, {1, false})") }
        == "chunk:1: TypeError: bad argument #2 to 'area' "
        + "(item 2: number expected, got boolean)")
  }

  @Test("Swift holds functions of Lua and calls them")
  func references() throws {
    lua.register("map") { (list: [Int], function: LuaReference) throws -> [Int] in
      try list.map { try function.call($0) }
    }
    let squares: [Int] = try lua.run("return map({1, 2, 3}, function(x) return x * x end)")
    #expect(squares == [1, 4, 9])
    let add: LuaReference = try lua.run("local n = 0 return function(x) n = n + x return n, x end")
    try add.call(1)
    let (sum, last): (Int, Int) = try add.call(5)
    #expect(sum == 6 && last == 5 && add.typeName == "function")
    #expect(try lua.run("local a, b = ... return a == b", arguments: add, add))
    let stranger = try LuaRuntime()
    #expect(
      text { try stranger.run("", arguments: add) }
        == "ValueError: a function of another runtime, or of one that is closed")
  }

  @Test("what Swift dropped is collected in Lua")
  func droppedReferences() throws {
    try lua.run("kept = setmetatable({}, {__mode = 'k'})")
    func hold() throws {
      let coroutine: LuaReference = try lua.run(
        "local c = coroutine.create(print) kept[c] = true return c")
      #expect(try lua.run("collectgarbage() return next(kept) ~= nil") as Bool)
      #expect(coroutine.typeName == "thread")
    }
    try hold()
    #expect(try lua.run("collectgarbage() return next(kept) == nil") as Bool)
  }

  // MARK: - Errors

  @Test("an error of Lua is one of Swift")
  func luaErrors() throws {
    let plain = try #require(failure { try lua.run("\nerror 'boom'", name: "job") })
    #expect(
      plain.message == "job:2: boom" && plain.className == nil && plain.value == "job:2: boom")
    #expect(plain.traceback?.contains("job:2: in main chunk") == true)
    let value = try #require(failure { try lua.run("error {code = 7}") })
    #expect(value.value == ["code": 7].luaValue && value.message.contains("table value"))
    let syntax = try #require(failure { try lua.run("x =") })
    #expect(syntax.message == "chunk:1: unexpected symbol near <eof>" && syntax.traceback == nil)
    let file = try #require(failure { try lua.run(file: "/nowhere.lua") })
    #expect(file.message.contains("cannot open /nowhere.lua"))
    #expect(failure { try lua.run("error()") }?.value == .nil)
    let deep = try #require(failure { try lua.run("local function f() return 1 + f() end f()") })
    #expect(deep.message.contains("stack overflow"))
    #expect(try lua.run("return 1") as Int == 1)
  }

  @Test("an error of Swift is one of Lua")
  func swiftErrors() throws {
    lua.register("fail") { throw Failure() }
    lua.register("refuse") { throw LuaScriptError("no", className: "ValueError") }
    let (isRaised, text): (Bool, String) = try lua.run(
      "local ok, err = pcall(fail) return ok, tostring(err)")
    #expect(!isRaised && text == "RuntimeError: it failed")
    let error = try #require(failure { try lua.run("\nrefuse()") })
    #expect(error.className == "ValueError" && error.message == "no" && error.place == "chunk:2")
    #expect(error.description == "chunk:2: ValueError: no")
    #expect(error.traceback?.contains("in main chunk") == true)
  }

  @Test("an error that passes through Swift stays the same value")
  func errorsPassThrough() throws {
    lua.register("through") { [unowned lua] (function: LuaReference) throws in
      try lua.run("local f = ... f()", arguments: function)
    }
    let isSame: Bool = try lua.run(
      """
      local raised = setmetatable({}, {})
      local ok, err = pcall(through, function() error(raised) end)
      return not ok and rawequal(err, raised)
      """)
    #expect(isSame)
  }

  @Test("errors through Swift and Lua in turn leak nothing")
  func noLeaks() throws {
    lua.register("descend") { [unowned lua] (depth: Int) throws in
      let witness = Witness()
      defer { withExtendedLifetime(witness) {} }
      if depth == 0 { throw Failure() }
      try lua.run("descend(...)", arguments: depth - 1)
    }
    let living = Witness.living
    for _ in 0..<20 {
      #expect(failure { try lua.run("descend(20)") }?.message == "it failed")
    }
    #expect(Witness.living == living)
  }

  // MARK: - Life

  @Test("a closed runtime refuses all, and frees what its functions held")
  func closing() throws {
    let function: LuaReference = try lua.run("return print")
    weak var held: Witness?
    do {
      let witness = Witness()
      held = witness
      lua.register("keep") { withExtendedLifetime(witness) {} }
    }
    #expect(held != nil)
    lua.register("closing") { 5 }
    try lua.run("guard = setmetatable({}, {__gc = function() seen = closing() end})")
    lua.close()
    #expect(held == nil)
    #expect(text { try lua.run("") } == "RuntimeError: the runtime is closed")
    #expect(text { try function.call() } == "RuntimeError: the runtime of this function is closed")
    lua.close()
  }

  // MARK: - Helpers

  private func failure(_ body: () throws -> Void) -> LuaScriptError? {
    do {
      try body()
      return nil
    } catch {
      return error as? LuaScriptError
    }
  }

  private func problem<Value>(_ body: () throws -> Value) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? LuaConversionError)?.problem
    }
  }

  private func text<Value>(_ body: () throws -> Value) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return "\(error)"
    }
  }
}

private struct Failure: Error, CustomStringConvertible {
  let description = "it failed"
}

private func total(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }

/// The example of the protocol's documentation.
private struct Point: LuaConvertible, Equatable {
  var x, y: Double

  init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

  static let luaTypeName = "point"

  init(luaValue: LuaValue) throws(LuaConversionError) {
    let fields = try [String: Double](luaValue: luaValue)
    guard let x = fields["x"], let y = fields["y"] else {
      throw LuaConversionError(expected: Point.luaTypeName, got: luaValue)
    }
    self.init(x: x, y: y)
  }

  var luaValue: LuaValue { ["x": x, "y": y].luaValue }
}
