-- add and compare_exchange are one step each, also beside a read and a write under the lock.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
-- They give the value before.
for _, make in ipairs{mp.Value, mp.RawValue} do
  local v = make("i", 5)
  assert(v:add(3) == 5 and v.value == 8 and v:add(-10) == 8 and v.value == -2 and v:add(2.0) == -2)
  local done, found = v:compare_exchange(0, 7)
  assert(done == true and found == 0 and v.value == 7)
  done, found = v:compare_exchange(0, 9)
  assert(done == false and found == 7 and v.value == 7)
  raises(mp.OverflowError, "2147483647 more does not fit typecode 'i' (-2147483648 to 2147483647)",
    v.add, v, 2147483647)
  raises(mp.OverflowError, "4294967296 more does not fit", v.add, v, 1 << 32)
  raises(mp.TypeError, "takes whole numbers, got 0.5", v.add, v, 0.5)
  raises(mp.TypeError, "takes numbers, got nil", v.add, v, nil)
  raises(mp.TypeError, "add() takes 1 argument (0 given)", v.add, v)
  raises(mp.TypeError, "add() takes 1 argument (2 given)", v.add, v, 1, 2)
  raises(mp.TypeError, "call it as v:add()", function() v.add(1) end)
  raises(mp.TypeError, "compare_exchange() takes 2 arguments, old and new (1 given)", v.compare_exchange, v, 1)
  raises(mp.OverflowError, "4294967296 does not fit", v.compare_exchange, v, 1, 1 << 32)
  raises(mp.TypeError, "takes whole numbers, got 1.5", v.compare_exchange, v, 1.5, 1)
  assert(v.value == 7)
end
local unsigned = mp.Value("B", 250)
assert(unsigned:add(5) == 250 and unsigned:add(-255) == 255 and unsigned.value == 0)
raises(mp.OverflowError, "-1 more does not fit typecode 'B' (0 to 255)", unsigned.add, unsigned, -1)
local big = mp.Value("q", math.maxinteger)
raises(mp.OverflowError, "1 more does not fit typecode 'q'", big.add, big, 1)
assert(big:add(-1) == math.maxinteger)
local float = mp.Value("d", 0.5)
assert(float:add(1) == 0.5 and float.value == 1.5 and float:compare_exchange(1.5, 0 / 0))
assert(float:compare_exchange(0 / 0, -0.0) and float:compare_exchange(0, 2) and float.value == 2)
local single = mp.Value("f", 3e38)
raises(mp.OverflowError, "more does not fit typecode 'f'", single.add, single, 3e38)
local array = mp.Array("H", 3)
assert(array:add(2, 5) == 0 and array:add(-2, 1) == 5 and array[2] == 6 and array[1] == 0)
assert(array:compare_exchange(3, 0, 65535) and array[3] == 65535 and array[2] == 6)
raises(mp.IndexError, "invalid index 4: the array has 3 elements", array.add, array, 4, 1)
raises(mp.OverflowError, "1 more does not fit typecode 'H'", array.add, array, 3, 1)

-- Four processes, each in its own way.
local n = 20000
local shared, raw, cell = mp.Value("q"), mp.RawValue("q"), mp.RawArray("h", 3)
local ways = {
  function() shared:add(1) end,
  function() shared:with(function() shared.value = shared.value + 1 end) end,
  function()
    local seen = shared.value
    local done
    repeat done, seen = shared:compare_exchange(seen, seen + 1) until done
  end,
  function()
    local _ <close> = shared:guard()
    shared.value = shared.value + 1
  end,
}
local children = {}
for position, way in ipairs(ways) do
  children[position] = mp.Process{target = function()
    for i = 1, n do
      way()
      raw:add(1)
      cell:add(2, i % 2 == 0 and 1 or -1)
    end
  end}
  children[position]:start()
end
for _, child in ipairs(children) do
  child:join()
  assert(child.exitcode == 0)
end
assert(shared.value == 4 * n and raw.value == 4 * n and cell[1] == 0 and cell[2] == 0 and cell[3] == 0)
print "ok"
