// What the encoder and decoder do, tried by Lua scripts; Python's counterpart is `pickletester`.

import CLua
import CLuaBridge
import LuaMultiprocessing
import Testing

@Suite("Reduction")
struct ReductionTests {
  @Test(
    "Plain values come back exactly",
    arguments: [
      "nil", "true", "false", "0", "-32", "-33", "95", "96", "127", "128", "-128", "-129", "32767",
      "32768", "-32769", "2147483647", "2147483648", "-2147483649", "math.mininteger",
      "math.maxinteger", "0.0", "-0.0", "1.0", "0.1", "1/0", "-1/0", "0/0", "2^53", "5e-324", "''",
      "'\\0'", "'a\\0b'", "('x'):rep(63)", "('x'):rep(64)", "('x'):rep(255)", "('x'):rep(256)",
      "('x'):rep(16383)", "('x'):rep(16384)", "('x'):rep(1 << 20)",
    ])
  func plainValues(_ value: String) throws {
    try Script.run(
      """
      local v = \(value)
      local r = loads(dumps(v))
      assert(math.type(r) == math.type(v) and type(r) == type(v))
      if v ~= v then assert(r ~= r) else assert(r == v) end
      if v == 0 then assert(1 / r == 1 / v) end
      local t = loads(dumps({v, k = v}))
      assert(same(t, {v, k = v}))
      """)
  }

  @Test("A table that is nested deep comes back", arguments: [100, 99_999, 100_000, 1_000_000])
  func depth(_ depth: Int) throws {
    let shapes = ["{t}", "{k = t}", "{[t] = true}", "{1, 2, 3, t, x = 1}"]
    for shape in shapes.prefix(depth > 500_000 ? 2 : 4) {
      try Script.run(
        """
        local t = {}
        for i = 1, \(depth) do t = \(shape) end
        local r = loads(dumps(t))
        local function inner(t)
          local list = rawget(t, 4) or rawget(t, 1) or rawget(t, 'k')
          if list then return list end
          return (next(t))
        end
        local n = 0
        while next(r) do r, n = inner(r), n + 1 end
        assert(n == \(depth), n)
        """)
    }
  }

  @Test("Many tables at a great depth do not pile up stacks")
  func wideAtDepth() throws {
    try Script.run(
      """
      local t = {}
      for i = 1, 20000 do t[i] = {{i}} end
      for i = 1, 199990 do t = {t} end
      local r = loads(dumps(t))
      for i = 1, 199990 do r = r[1] end
      assert(#r == 20000)
      for i = 1, 20000 do assert(r[i][1][1] == i) end
      """)
  }

  @Test("Shared tables and cycles keep their identity")
  func identity() throws {
    try Script.run(
      """
      local t = {}
      t.self, t[1], t[t] = t, t, t
      local r = loads(dumps(t))
      assert(r.self == r and r[1] == r and r[r] == r)
      local a, e = {1}, {}
      r = loads(dumps({a, a, {a}, b = a, [a] = a, e, e, s = ('x'):rep(20000), z = {e, a}}))
      assert(r[1] == r[2] and r[1] == r[3][1] and r[1] == r.b and r[r[1]] == r[1])
      assert(r[4] == r[5] and r[4] == r.z[1] and r[4] ~= r[1] and r.z[2] == r[1] and r[1][1] == 1)
      -- Long strings lie between the positions of tables.
      local big, list = ('y'):rep(16384), {}
      for i = 1, 50 do list[i] = {big .. i, {}} end
      for i = 1, 50 do list[50 + i] = list[i][2] end
      r = loads(dumps(list))
      for i = 1, 50 do assert(r[50 + i] == r[i][2] and r[i][1] == big .. i) end
      -- A long list of links both ways.
      local first = {} local last = first
      for i = 1, 50000 do last.next = {prev = last} last = last.next end
      r = loads(dumps(first))
      local n = 0
      while r.next do assert(r.next.prev == r) r, n = r.next, n + 1 end
      assert(n == 50000)
      """)
  }

  @Test(
    "Tables of every shape come back equal",
    arguments: [
      "{}", "{nil, 2}", "{1, nil, 3}", "{1, nil, nil, 4, x = 1}", "{[1] = 1, [2] = 2, [3] = 3}",
      "{[2^53] = 1, [1.5] = 2, [-1] = 3, [0] = 4}", "{[true] = 1, [false] = 2}",
      "{[{}] = {}, [{1}] = {2}}", "{[math.mininteger] = 1, [math.maxinteger] = 2, [1/0] = 3}",
      "{[''] = 1, ['\\0'] = 2}", "{1, 2, 3, [1e300] = 1, n = 3}", "table.pack(nil, nil, 3, nil)",
      "{[1] = 1, [2] = 1, [4] = 1, [8] = 1, [16] = 1, [1 << 40] = 1}",
    ])
  func shapes(_ value: String) throws {
    try Script.run("local v = \(value) assert(same(v, loads(dumps(v))))")
  }

  @Test("Tables come back equal whatever has been done to them before")
  func histories() throws {
    try Script.run(
      """
      local function check(t) local r = loads(dumps(t)) assert(same(t, r)) return r end
      for n = 0, 140 do
        local up, down, both, hashed, holes = {}, {}, {x = 1}, {}, {}
        for i = 1, n do up[i] = i both[i] = i end
        for i = n, 1, -1 do down[i] = i end
        for i = 1, n do hashed['x' .. i] = i end
        for i = 1, n do hashed['x' .. i] = nil hashed[i] = i end
        for i = 1, n do holes[i] = i if i % 3 == 0 then holes[i - 1] = nil end end
        both.y = 2
        check(up) check(down) check(both) check(hashed) check(holes)
        -- Lengths taken in between move the limit that Lua keeps.
        for i = n, n // 2, -1 do up[i] = nil assert(#up >= 0) check(up) end
        for i = n // 2 + 1, n do up[i] = i if i % 7 == 0 then assert(#up >= 0) end end
        up.z = 1
        check(up)
      end
      -- Lists are found: this is the quick form.
      assert(dumps({7, 8, 9}) == '\\x10\\3\\xa7\\xa8\\xa9')
      -- What starts in the hash part: fields stand before the list's values.
      local t = {1, 2, [3] = 3, [4] = 4, x = 1, y = 2}
      check(t)
      """)
  }

  @Test("Random values come back equal", arguments: 1...20)
  func randomValues(_ seed: Int) throws {
    try Script.run(
      """
      math.randomseed(\(seed))
      for i = 1, 200 do
        local v = random_value(400)
        local r = loads(dumps(v))
        assert(same(v, r))
        assert(same(r, loads(dumps(r))))
      end
      """)
  }

  @Test(
    "What cannot be sent is named by its path",
    arguments: [
      ("coroutine.create(print)", "cannot send the value (thread)"),
      ("string.gmatch('', '')", "cannot send the value (C function of no loaded module)"),
      ("io.tmpfile()", "cannot send the value (userdata FILE*)"),
      ("{a = {1, 2, {b = coroutine.create(print)}}}", "cannot send a[3].b (thread)"),
      ("{{co}}", "cannot send [1][1] (thread)"),
      ("{['x y'] = co}", "cannot send [\"x y\"] (thread)"),
      ("{['end'] = co}", "cannot send [\"end\"] (thread)"),
      ("{['a\\nb'] = {c = co}}", "cannot send [\"a\\nb\"].c (thread)"),
      ("{[1.5] = co}", "cannot send [1.5] (thread)"),
      ("{[true] = {co}}", "cannot send [true][1] (thread)"),
      ("{x = {[co] = 1}}", "cannot send x[key] (thread)"),
      ("{x = {[{y = co}] = 1}}", "cannot send x[key].y (thread)"),
      ("{[{}] = {y = co}}", "cannot send [table].y (thread)"),
      ("{a = {io.tmpfile()}}", "cannot send a[1] (userdata FILE*)"),
      ("{a = setmetatable({}, {x = co})}", "cannot send a.<metatable>.x (thread)"),
      ("{{}, {}, {}, n = {[-7] = {co}}}", "cannot send n[-7][1] (thread)"),
    ])
  func refusals(_ value: String, _ message: String) throws {
    try Script.run(
      """
      local co = coroutine.create(print)
      local ok, err = pcall(dumps, \(value))
      err = tostring(err)
      assert(not ok and err == 'SerializationError: ' .. \(luaQuoted(message)), err)
      assert(loads(dumps({1})) [1] == 1)
      """)
  }

  @Test("The path of something very deep is shortened")
  func longPath() throws {
    try Script.run(
      """
      local t = {coroutine.create(print)}
      for i = 1, 400000 do t = {t} end
      local ok, err = pcall(dumps, t)
      assert(not ok and #err.message < 200 and err.message:find('...', 1, true), err.message)
      """)
  }

  @Test("Wrong arguments are told")
  func arguments() throws {
    try Script.run(
      """
      local function fails(text, f, ...)
        local ok, err = pcall(f, ...)
        assert(not ok and tostring(err):find(text, 1, true), tostring(err))
      end
      fails('value expected, got no value', dumps)
      fails('string expected, got no value', loads)
      fails('string expected, got number', loads, 5)
      fails('string expected, got table', loads, {})
      fails('damaged message: it is empty', loads, '')
      """)
  }

  @Test("No metamethod and no finalizer runs while a value is encoded")
  func noLuaCode() throws {
    try Script.run(
      """
      local mt = {__index = error, __len = error, __pairs = error, __newindex = error}
      local class = mt
      assert(getmetatable(loads(dumps({setmetatable({}, mt)}))[1]).__len == error)
      read_by_functions = {'text'}
      local t = {}
      for i = 1, 300000 do t = {t, x = 1} end
      for i = 1, 20000 do
        t = {t, function() return class, t, read_by_functions end, setmetatable({}, mt), print, i}
      end
      local busy, ran = false, 0
      local function rearm()
        setmetatable({}, {__gc = function() if busy then ran = ran + 1 end rearm() end})
      end
      rearm()
      collectgarbage('generational')
      for i = 1, 3 do
        busy = true
        local s = dumps(t)
        busy = false
        assert(loads(s))
      end
      collectgarbage('incremental')
      """)
  }

  @Test("A finalizer may use the decoder while it works")
  func reentrance() throws {
    try Script.run(
      """
      local message = dumps({{1, {2}}, x = {y = {}}})
      local runs = 0
      local function rearm()
        setmetatable({}, {__gc = function()
          runs = runs + 1
          assert(same(loads(dumps({{1, {2}}, x = {y = {}}})), {{1, {2}}, x = {y = {}}}))
          rearm()
        end})
      end
      rearm()
      local big = {}
      for i = 1, 20000 do big[i] = {i, {tostring(i)}} end
      local s = dumps(big)
      for i = 1, 10 do assert(same(big, loads(s))) end
      assert(runs > 0)
      """)
  }

  @Test("A message that needs more memory than allowed is a catchable error")
  func memoryLimit() throws {
    try Script.run(
      """
      local t = {}
      for i = 1, 200000 do t[i] = {i} end
      message = dumps(t)
      long = dumps(('x'):rep(30 << 20))
      t = nil
      collectgarbage()
      """
    ) { state in
      LuaMemory(of: state).limit = LuaMemory(of: state).used + (8 << 20)
      try Script.run(
        """
        local ok, err = pcall(loads, message)
        assert(not ok and err == 'not enough memory', tostring(err))
        ok, err = pcall(loads, long)
        assert(not ok and err == 'not enough memory', tostring(err))
        assert(same(loads(dumps({1, {2}})), {1, {2}}))
        """, in: state)
      #expect(LuaMemory(of: state).used < LuaMemory(of: state).limit)
    }
  }

  @Test("Values on a coroutine's stack and deep in calls are sent too")
  func otherStacks() throws {
    try Script.run(
      """
      local t = {}
      for i = 1, 150000 do t = {t} end
      local function descend(n)
        if n == 0 then return loads(dumps(t)) end
        return (descend(n - 1))
      end
      local r = coroutine.wrap(function() return descend(100000) end)()
      local n = 0
      while r[1] do r, n = r[1], n + 1 end
      assert(n == 150000)
      """)
  }
}

@Suite("Hostile messages")
struct HostileMessageTests {
  @Test("Every prefix of a message is refused")
  func truncation() throws {
    try Script.run(
      """
      math.randomseed(1)
      for i = 1, 100 do
        local s = dumps(random_value(60))
        for n = 0, #s - 1 do
          local ok, err = pcall(loads, s:sub(1, n))
          assert(not ok and err.name == 'SerializationError', tostring(err))
        end
        assert(not pcall(loads, s .. '\\0'))
      end
      """)
  }

  @Test("A flipped bit gives an error or another value")
  func bitFlips() throws {
    try Script.run(
      """
      math.randomseed(2)
      for i = 1, 20 do
        local s = dumps(random_value(25))
        for at = 1, #s do
          for bit = 0, 7 do
            local t = s:sub(1, at - 1) .. string.char(s:byte(at) ~ 1 << bit) .. s:sub(at + 1)
            local ok, r = pcall(loads, t)
            if ok then assert(same(r, loads(dumps(r))))
            else assert(r.name == 'SerializationError') end
          end
        end
      end
      """)
  }

  @Test("Random bytes give an error or a value", arguments: 1...4)
  func randomBytes(_ seed: Int) throws {
    try Script.run(
      """
      math.randomseed(\(seed))
      for i = 1, 20000 do
        local b = {}
        for j = 1, math.random(30) do
          b[j] = string.char(math.random() < 0.5 and math.random(0, 0x33) or math.random(0, 255))
        end
        local ok, r = pcall(loads, table.concat(b))
        if ok then assert(same(r, loads(dumps(r)))) else assert(r.name == 'SerializationError') end
      end
      """)
  }

  @Test("Counts beyond the message cost no memory")
  func counts() throws {
    try Script.run(
      """
      local function refused(s)
        local ok, err = pcall(loads, s)
        assert(not ok and err.name == 'SerializationError', tostring(err))
      end
      collectgarbage()
      local before = collectgarbage('count')
      refused('\\x11\\xff\\xff\\xff\\xff')
      refused('\\x12\\xff\\xff\\xff\\xff')
      refused('\\x13\\xff\\xff\\xff\\x7f\\xff\\xff\\xff\\x7f')
      refused('\\x0a' .. ('\\xff'):rep(8))
      refused('\\x09\\xff\\xff\\xff\\x7f')
      -- Each table claims all that is left.
      local n = 20000
      local b = {}
      for i = 1, n do b[i] = string.pack('<BI4', 0x11, (n - i) * 5) end
      refused(table.concat(b))
      for i = 1, n do b[i] = string.pack('<BI4', 0x12, (n - i) * 2) end
      refused(table.concat(b))
      assert(collectgarbage('count') - before < 20000)
      -- Keys that Lua refuses, and references to what is not there.
      refused('\\x12\\1\\0\\0\\0\\0\\1')
      refused('\\x12\\1\\0\\0\\0\\7' .. string.pack('<d', 0/0) .. '\\1')
      refused('\\x0b\\0\\0\\0\\0')
      refused('\\x10\\1\\x0b\\0\\0\\0\\0')
      refused('\\x30\\1\\x0b\\1\\0\\0\\0')
      refused('\\x30\\1\\x0c' .. ('\\xff'):rep(8))
      refused('\\x2b\\0\\0\\0\\0')
      local r = loads('\\x30\\1\\x0b\\0\\0\\0\\0')
      assert(r[1] == r)
      """)
  }
}

/// A Lua string literal for a text.
private func luaQuoted(_ text: String) -> String { "[==[\(text)]==]" }
