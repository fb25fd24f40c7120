-- Arrays: what they are made from, single elements, the ends.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local function set(array, i, x) array[i] = x end
local function list(array) return table.concat(array:get(), " ") end

for _, make in ipairs{mp.Array, mp.RawArray} do
  assert(list(make("i", 3)) == "0 0 0" and #make("d", 0) == 0 and list(make("i", 2.0)) == "0 0")
  assert(list(make("i", {4, 5})) == "4 5" and list(make("d", {1, 2})) == "1.0 2.0" and #make("i", {}) == 0)
  assert(list(make("i", mp.range(5, 0, -2))) == "5 3 1" and list(make("B", "AB")) == "65 66")
  assert(list(make("i", {n = 2, 1, 2, 3})) == "1 2")
  local from = mp.Array("h", {7, -8})
  assert(list(make("d", from)) == "7.0 -8.0" and list(make("h", from)) == "7 -8")
  raises(mp.OverflowError, "size_or_initializer[2]: -8 does not fit typecode 'B'", make, "B", from)
  raises(mp.TypeError, "size_or_initializer[2]: typecode 'i' takes numbers, got nil", make, "i", {n = 2, 1})
  raises(mp.TypeError, "size_or_initializer[1]: typecode 'd' takes numbers, got table", make, "d", {{}})
  raises(mp.ValueError, "Array length must be >= 0, not -1", make, "i", -1)
  raises(mp.TypeError, "the size of an array must be a whole number, got 1.5", make, "i", 1.5)
  raises(mp.TypeError, "must be a size, a list, a range or an array, got boolean", make, "i", true)
  raises(mp.TypeError, "must be a size, a list, a range or an array, got nil", make, "i", nil)
  raises(mp.TypeError, "missing 1 required argument: 'size_or_initializer'", make, "i")

  local a = make("i", {10, 20, 30})
  assert(#a == 3 and a[1] == 10 and a[3] == 30 and a[-1] == 30 and a[-3] == 10)
  assert(a[0] == nil and a[4] == nil and a[-4] == nil and a[1.0] == 10 and a[1.5] == nil and a.x == nil)
  assert(a[math.maxinteger] == nil and a[math.mininteger] == nil and a["1"] == nil)
  a[2], a[-1], a[1.0] = 21, 31, 11
  assert(list(a) == "11 21 31")
  for _, i in ipairs{0, 4, -4, math.mininteger, math.maxinteger} do
    raises(mp.IndexError, "invalid index " .. i .. ": the array has 3 elements", set, a, i, 1)
  end
  raises(mp.TypeError, "positions in an array are whole numbers, got 1.5", set, a, 1.5, 1)
  raises(mp.AttributeError, "object has no attribute 'x' to set", set, a, "x", 1)
  raises(mp.AttributeError, "object has no attribute '1' to set", set, a, "1", 1)
  raises(mp.AttributeError, "object has no attribute 'typecode' to set", set, a, "typecode", "d")
  raises(mp.TypeError, 'takes numbers, got "x"', set, a, 1, "x")
  raises(mp.OverflowError, "does not fit", set, a, 1, 1 << 40)
  local seen = {}
  for i, x in ipairs(a) do seen[#seen + 1] = i .. "=" .. x end
  assert(table.concat(seen, " ") == "1=11 2=21 3=31")
  for _ in ipairs(make("i", 0)) do error "there is nothing" end
  assert(a ~= make("i", a) and a == a)
end
assert(tostring(mp.RawArray("i", 3)):find "^<multiprocessing%.sharedctypes%.c_int_Array_3 object at 0x%x+>$")
assert(tostring(mp.Array("d", 3)):find
  "^<SynchronizedArray wrapper for <multiprocessing%.sharedctypes%.c_double_Array_3 object at 0x%x+>>$")

-- One is a list wherever a list is asked for.
local q = mp.Queue()
q:put_many(mp.Array("i", {1, 2}))
assert(q:get() == 1 and q:get() == 2)

-- Around the sizes at which memory is taken in another way.
for _, count in ipairs{31, 32, 33, 4095, 4096, 4097, (4 << 20) - 1, 4 << 20, (4 << 20) + 1} do
  local a = mp.RawArray("B", count)
  assert(#a == count and a[1] == 0 and a[-1] == 0 and a:sum() == 0)
  a:fill(1)
  assert(a:sum() == count)
end
print "ok"
