// What is taken from strangers: data, and nothing that runs; Python's counterpart is the warning that
// pickle is not secure.

import CLua
import CLuaBridge
import LuaMultiprocessing
import Testing

@Suite("Messages of strangers")
struct StrangersTests {
  /// Runs a script that has `foreign(message)`, which decodes as if it came from anyone.
  private func run(_ source: String) throws {
    try Script.run("") { state in
      state.pushGlobals()
      state.push(body: { $0.run(foreign) })
      state.rawSet(-2, "foreign")
      state.setTop(0)
      try Script.run(source, in: state)
    }
  }

  @Test("Data is taken, functions, names and metatables are not")
  func refusals() throws {
    try run(
      """
      assert(same(foreign(dumps({1, 'x', {y = {}}})), {1, 'x', {y = {}}}))
      local function refused(text, v)
        local ok, err = pcall(foreign, dumps(v))
        assert(not ok and err.name == 'SerializationError', tostring(err))
        assert(err.message:find(text, 1, true), err.message)
      end
      refused('a function, which is not taken from strangers', function() end)
      refused('a function, which is not taken from strangers', {1, {function() end}})
      refused('a name, which is not taken from strangers', print)
      refused('a name, which is not taken from strangers', {string})
      refused('an object, which is not taken from strangers', setmetatable({}, {}))
      local made = setmetatable({}, {__reduce = function() return os.exit, {1} end})
      refused('an object, which is not taken from strangers', {made})
      """)
  }

  @Test("A message of functions that is cut short, or whose bytecode is none, is an error")
  func damaged() throws {
    try run(
      """
      local a, b = {1}, 'x'
      local class = {__index = {}, __reduce = nil}
      global_read = {1, 2}
      local function f() return a, b, global_read end
      local s = dumps({f, function() return a, f end, setmetatable({f}, class), print, string.rep, string})
      assert(loads(s)[1]()[1] == 1)
      for n = 0, #s - 1 do
        local ok, err = pcall(loads, s:sub(1, n))
        assert(not ok and err.name == 'SerializationError', tostring(err))
      end
      local at = assert(s:find('\\27Lua', 1, true))
      for _, bytes in ipairs({'', '\\27Lua', ('\\0'):rep(20), 'return 1', ('\\255'):rep(64)}) do
        local ok, err = pcall(loads, s:sub(1, at - 1) .. bytes .. s:sub(at + #bytes))
        assert(ok or err.name == 'SerializationError', tostring(err))
      end
      -- Every count and every tag: an error or a value, never more.
      for position = 1, at - 1 do
        for byte = 0, 255 do
          local ok, err = pcall(loads, s:sub(1, position - 1) .. string.char(byte) .. s:sub(position + 1))
          assert(ok or err.name == 'SerializationError', tostring(err))
        end
      end
      """)
  }
}

/// Lua: `foreign(message)`.
private func foreign(_ state: LuaState) throws(LuaError) -> Int32 {
  let bytes = state.bytes(1) ?? []
  var failure: LuaError?
  unsafe bytes.withUnsafeBytes { bytes in
    do throws(LuaError) {
      try unsafe Decoder.decode(state, bytes: bytes, from: .foreign)
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
  return 1
}
