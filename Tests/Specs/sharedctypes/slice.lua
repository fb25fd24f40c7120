-- A slice is a view: it shares the memory and the lock, and keeps both alive.
local mp = require "multiprocessing"

local a = mp.Array("i", {1, 2, 3, 4, 5})
local s = a:slice(2, -2)
assert(#s == 3 and s[1] == 2 and s[-1] == 4 and s[4] == nil and s.typecode == "i")
s[1] = 20
a[3] = 30
assert(a[2] == 20 and s[2] == 30 and s:sum() == 54)
local inner = s:slice(2)
inner:fill(0)
assert(table.concat(a:get(), " ") == "1 20 0 0 5" and #inner == 2)
assert(not pcall(function() s[4] = 1 end) and #a:slice(9) == 0 and #a:slice(3, 2) == 0)
assert(a:slice() == a and a:slice(1, 2) == a:slice(1, 2) and a:slice(1, 2) ~= a:slice(2, 3))
assert(s:get_lock() == a:get_lock() and s:get_lock() == inner:get_lock())
s:with(function() assert(a:get_lock():locked()) end)
local raw = s:get_obj()
assert(raw.get_lock == nil and raw[1] == 20 and raw:slice(1, 1)[1] == 20)
assert(tostring(s):find("c_int_Array_3", 1, true))

-- The array and its slices but one are gone: the memory stays.
local function part()
  local whole = mp.Array("q", 100000)
  whole:fill(7)
  return whole:slice(50000, 50009)
end
local kept = part()
for _ = 1, 5 do
  collectgarbage()
  local other = mp.RawArray("q", 100000)
  other:fill(-1)
end
assert(kept:sum() == 70 and kept:acquire() == true and kept:release() == nil)

-- Each process writes its own part, without a lock.
local n, parts = 4000, 4
local all = mp.RawArray("i", n)
local children = {}
for k = 1, parts do
  local own = all:slice((k - 1) * n // parts + 1, k * n // parts)
  children[k] = mp.Process{target = function(view)
    for i = 1, #view do view[i] = k end
  end, args = {own}}
  children[k]:start()
end
for _, child in ipairs(children) do child:join() end
for i = 1, n do assert(all[i] == (i - 1) * parts // n + 1) end
print "ok"
