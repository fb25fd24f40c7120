// Error objects and classes, as Lua code sees them.

import CLuaBridge
import Testing

@testable import LuaMultiprocessing

@Suite("Errors")
struct ErrorTests {
  /// Chunks with the text that they give.
  static let chunks = [
    ("return tostring(Empty('the queue is empty'))", "Empty: the queue is empty"),
    ("return tostring(Empty())", "Empty"),
    ("return 'got ' .. ValueError('bad') .. '!'", "got ValueError: bad!"),
    ("return 1 .. ValueError('bad')", "1ValueError: bad"),
    ("return ValueError('bad').message", "bad"),
    ("return ValueError('bad').name", "ValueError"),
    ("return ValueError('bad').where", "chunk:1"),
    ("local t = {} return ValueError(t).value == t", "true"),
    ("return TimeoutError('x'):is(ProcessError)", "true"),
    ("return TimeoutError('x'):is(Exception)", "true"),
    ("return ProcessError('x'):is(TimeoutError)", "false"),
    ("return ValueError('x'):is(Empty)", "false"),
    ("local Mine = ValueError:extend('Mine') return tostring(Mine('m'))", "Mine: m"),
    ("local Mine = ValueError:extend('Mine') return Mine('m'):is(ValueError)", "true"),
    ("local Mine = ValueError:extend('Mine') return ValueError('m'):is(Mine)", "false"),
    ("local A = ValueError:extend('A') return A:extend('B')('m'):is(ValueError)", "true"),
    ("return select(2, pcall(ValueError('x').is, 1)).name", "TypeError"),
    ("local ok, e = pcall(fail) return e.name .. '|' .. e.message", "ValueError|no good"),
    ("local ok, e = pcall(fail) return e.traceback:sub(1, 16)", "stack traceback:"),
    ("local ok, e = pcall(empty) return tostring(e.traceback)", "nil"),
    (
      "local ok, e = pcall(argument, 1) return tostring(e)",
      "TypeError: bad argument #2 to '?' (number expected)"
    ),
    (
      "argument(1)",
      """
      chunk:1: TypeError: bad argument #2 to 'argument' (number expected)
      stack traceback:
      \t[C]: in function 'argument'
      \tchunk:1: in main chunk
      """
    ),
    (
      "error(Empty('none'))",
      """
      chunk:1: Empty: none
      stack traceback:
      \t[C]: in function 'error'
      \tchunk:1: in main chunk
      """
    ),
    (
      "empty()",
      """
      chunk:1: Empty: nothing
      stack traceback:
      \t[C]: in function 'empty'
      \tchunk:1: in main chunk
      """
    ),
    (
      "error('text')",
      """
      chunk:1: text
      stack traceback:
      \t[C]: in function 'error'
      \tchunk:1: in main chunk
      """
    ),
    ("error(setmetatable({}, {__tostring = function() return 'custom' end}))", "custom"),
  ]

  @Test("gives the text", arguments: chunks)
  func gives(chunk: String, text: String) throws {
    try withLua { lua in
      lua.pushGlobals()
      for errorClass in ErrorClass.allCases {
        lua.push(errorClass.rawValue)
        lua.pushClass(errorClass)
        lua.rawSet(-3)
      }
      lua.pop()
      define("fail", { $0.run { _ throws(LuaError) in throw .value("no good") } }, in: lua)
      define(
        "empty", { $0.run { _ throws(LuaError) in throw .object(.empty, "nothing") } }, in: lua)
      define(
        "argument", { $0.run { _ throws(LuaError) in throw .argument(2, "number expected") } },
        in: lua)
      let given = try result(of: chunk, in: lua)
      #expect(given == text)
    }
  }

  @Test("errors that are no objects are reported as lua does")
  func plainReports() throws {
    try withLua { lua in
      lua.push(42)
      lua.pushReport(-1)
      #expect(lua.string(-1) == "42")
      lua.newTable()
      lua.pushReport(-1)
      #expect(lua.string(-1) == "(error object is a table value)")
      lua.pop(4)
    }
  }

  @Test("a body that has filled its stack can still raise")
  func fullStack() throws {
    try withLua { lua in
      define("full", { $0.run(raiseWithFullStack) }, in: lua)
      let text = try result(of: "return select(2, pcall(full)).message", in: lua)
      #expect(text == "full")
    }
  }
}

private func raiseWithFullStack(_ lua: LuaState) throws(LuaError) -> Int32 {
  while lua.top < 20 { lua.push(1) }
  throw .value("full")
}
