-- Value and RawValue: value, text, the lock and the object inside, equality.
local mp = require "multiprocessing"

local v = mp.Value("i", 5)
assert(v.value == 5 and tostring(v) == "<Synchronized wrapper for c_int(5)>" and mp.repr(v) == tostring(v))
v.value = v.value + 1
assert(v.value == 6 and mp.Value("d").value == 0)
assert(mp.Value("i", nil).value == 0 and mp.Value("i", {value = 3}).value == 3)

local raw = v:get_obj()
assert(tostring(raw) == "c_int(6)" and raw.value == 6)
raw.value = 9
assert(v.value == 9 and raw.get_lock == nil and raw.get_obj == nil and raw.acquire == nil)
assert(raw == v:get_obj() and v ~= raw and v ~= mp.Value("i", 9))

local lock = v:get_lock()
assert(tostring(lock) == "<RLock(None, 0)>" and lock == v:get_lock())
assert(v:acquire() == true and v:acquire{timeout = 1} == true)
assert(tostring(lock) == "<RLock(MainProcess, 2)>")
-- The lock may be taken again: an access works while it is held.
v.value = v.value + 1
v:release()
v:release()
assert(v.value == 10 and not lock:locked())
do
  local held <close> = v:guard()
  assert(lock:locked() and held.abandoned == false)
  v.value = 11
end
assert(not lock:locked())
assert(select("#", v:with(function(a, b) assert(lock:locked()) return a, b, v.value end, 1, 2)) == 3)
assert(not pcall(v.with, v, error) and not lock:locked())

-- What the value is made of lives as long as one of its parts.
local inner, inner_lock = mp.Value("q", 77):get_obj(), mp.Value("q", 1):get_lock()
for _ = 1, 3 do
  collectgarbage()
  local _ = mp.Value("q", 5)
end
assert(inner.value == 77 and inner_lock:acquire() and mp.RawValue("q").value == 0)

-- A new one is zero, whatever lay there before.
for _ = 1, 100 do
  assert(mp.RawValue("q").value == 0)
  mp.RawValue("q").value = -1
  collectgarbage "step"
end
print "ok"
