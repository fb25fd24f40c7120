-- get, set, fill, sum, min, max: positions as string.sub reads them, all or nothing.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
for _, make in ipairs{mp.Array, mp.RawArray} do
  local a = make("i", {1, 2, 3, 4, 5})
  local function list(...) return table.concat(a:get(...), " ") end
  assert(list() == "1 2 3 4 5" and #a:get() == 5 and list(2, 3) == "2 3" and list(4) == "4 5")
  assert(list{i = 2, j = -2} == "2 3 4")
  -- The same positions as string.sub.
  local text = "12345"
  for i = -7, 7 do
    for j = -7, 7 do
      assert(table.concat(a:get(i, j)) == text:sub(i, j), i .. " " .. j)
      assert(a:sum(i, j) == make("i", a:get(i, j)):sum())
    end
  end
  assert(table.concat(a:get(math.mininteger, math.maxinteger)) == text)
  a:set(2, {20, 30})
  assert(list() == "1 20 30 4 5")
  a:set(-2, mp.range(2))
  a:set(1, mp.Array("d", {7, 8}))
  assert(list() == "7 8 30 0 1")
  a:set(6, {})
  a:set(1, a:slice(3))
  assert(list() == "30 0 1 0 1")
  a:set(2, a:slice(1, 4))
  assert(list() == "30 30 0 1 0")
  -- Nothing is stored when something does not fit.
  raises(mp.OverflowError, "list[3]: 4294967296 does not fit typecode 'i'", a.set, a, 1, {1, 2, 1 << 32})
  raises(mp.TypeError, "list[2]: typecode 'i' takes numbers, got \"x\"", a.set, a, 1, {1, "x"})
  raises(mp.TypeError, "list[1]: typecode 'i' takes whole numbers, got 0.5", a.set, a, 1, make("d", {0.5}))
  raises(mp.IndexError, "2 elements from position 5 on: the array has 5 elements", a.set, a, 5, {1, 2})
  raises(mp.IndexError, "invalid index 0", a.set, a, 0, {1})
  raises(mp.IndexError, "invalid index 7", a.set, a, 7, {})
  raises(mp.TypeError, "list must be a list, a range or an array, got number", a.set, a, 1, 5)
  raises(mp.TypeError, "missing 1 required argument: 'list'", a.set, a, 1)
  raises(mp.TypeError, "i must be an integer, got table", a.set, a, {1, 2}, {3})
  assert(list() == "30 30 0 1 0")

  a:fill(9)
  assert(list() == "9 9 9 9 9")
  a:fill(1, 2, -2)
  a:fill(0, 5)
  assert(list() == "9 1 1 1 0")
  raises(mp.IndexError, "invalid index 6", a.fill, a, 1, 6)
  raises(mp.IndexError, "invalid index 0", a.fill, a, 1, 0, 2)
  raises(mp.IndexError, "invalid index 9", a.fill, a, 1, {j = 9})
  raises(mp.OverflowError, "does not fit", a.fill, a, 1 << 40)
  raises(mp.TypeError, "fill() missing 1 required argument: 'v'", a.fill, a)
  raises(mp.TypeError, "i must be an integer, got string", a.get, a, "x")
  make("i", 0):fill(3)

  assert(a:sum() == 12 and math.type(a:sum()) == "integer" and a:min() == 0 and a:max() == 9)
  assert(a:min(1, 2) == 1 and a:max(-2) == 1 and make("i", 0):sum() == 0)
  raises(mp.ValueError, "min() of no elements", a.min, a, 3, 2)
  raises(mp.ValueError, "max() of no elements", mp.Array("d", 0).max, mp.Array("d", 0))
end

-- Lengths around those that are added up several at a time.
for _, code in ipairs{"b", "B", "h", "H", "i", "I", "q", "Q", "f", "d"} do
  for _, count in ipairs{1, 7, 8, 15, 16, 17, 31, 33, 2047, 2048, 2049, 70000} do
    local a = mp.RawArray(code, count)
    local sum = 0
    local least, most = math.huge, -math.huge
    for i = 1, count do
      local x = i * 31 % 101
      a[i], sum, least, most = x, sum + x, math.min(least, x), math.max(most, x)
    end
    assert(a:sum() == sum and a:min() == least and a:max() == most, code .. count)
  end
end

-- Whole numbers never wrap round: beyond Lua's integers the sum is a float.
local long = mp.RawArray("q", 3)
long:fill(math.maxinteger)
assert(long:sum() == 3 * 2.0 ^ 63 and math.type(long:sum()) == "float")
long[2], long[3] = math.mininteger, 1
assert(long:sum() == 0 and math.type(long:sum()) == "integer")
local unsigned = mp.RawArray("I", 100000)
unsigned:fill(0xFFFFFFFF)
assert(unsigned:sum() == 100000 * 0xFFFFFFFF)

-- Floats: not a number is passed on; small ones are not lost beside each other.
local d = mp.RawArray("d", 1000000)
d:fill(0.1)
assert(math.abs(d:sum() - 100000) < 1e-8)
for _, at in ipairs{1, 5, 17, 999999, 1000000} do
  d:fill(2)
  d[at] = 0 / 0
  assert(d:sum() ~= d:sum() and d:min() ~= d:min() and d:max() ~= d:max())
  d[at] = -math.huge
  assert(d:sum() == -math.huge and d:min() == -math.huge and d:max() == 2)
end
print "ok"
