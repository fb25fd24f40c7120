-- mp.range: Python's range, positions from 1.
local mp = require "multiprocessing"
local function list(...)
  local t = {}
  for i, v in ipairs(mp.range(...)) do t[i] = v end
  return table.concat(t, " ")
end
assert(list(5) == "0 1 2 3 4" and list(0) == "" and list(-3) == "" and list(2, 5) == "2 3 4")
assert(list(0, 10, 3) == "0 3 6 9" and list(5, 0, -2) == "5 3 1" and list(0, 5, -1) == "")
local r = mp.range(20)
assert(#r == 20 and r[1] == 0 and r[20] == 19 and r[0] == nil and r[21] == nil and r.x == nil)
assert(r[1.0] == 0 and r[1.5] == nil and tostring(r) == "range(0, 20)")
assert(tostring(mp.range(1, 9, 2)) == "range(1, 9, 2)")
assert(mp.range(0, 3, 2) == mp.range(0, 4, 2) and mp.range(0) == mp.range(2, 1) and r ~= mp.range(21))
assert(mp.range(5, 6, 3) == mp.range(5, 6) and mp.range(3) ~= 3)
local function fails(class, ...)
  local ok, err = pcall(mp.range, ...)
  assert(not ok and err:is(class), tostring(err))
end
fails(mp.TypeError)
fails(mp.TypeError, 1, 2, 3, 4)
fails(mp.TypeError, "3")
fails(mp.TypeError, 1.5)
fails(mp.TypeError, nil)
fails(mp.ValueError, 1, 2, 0)
fails(mp.OverflowError, math.mininteger, math.maxinteger)
fails(mp.OverflowError, 0, math.mininteger, -1)
fails(mp.OverflowError, 0, 5, math.mininteger)
assert(#mp.range(math.maxinteger) == math.maxinteger)
assert(mp.range(math.maxinteger - 1, math.maxinteger)[1] == math.maxinteger - 1)
assert(#mp.range(math.maxinteger, 0, -math.maxinteger) == 1)
local ok, err = pcall(function() r[1] = 5 end)
assert(not ok and err:is(mp.AttributeError))
local p = mp.Process{target = function(...) assert(select("#", ...) == 3 and (...) == 0) end,
  args = mp.range(3)}
p:start()
p:join()
assert(p.exitcode == 0)
print "ok"
