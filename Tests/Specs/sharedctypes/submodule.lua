-- multiprocessing.sharedctypes: the constructors, copy, synchronized.
local mp = require "multiprocessing"
local sharedctypes = require "multiprocessing.sharedctypes"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
assert(sharedctypes == mp.sharedctypes)
for _, name in ipairs{"Value", "Array", "RawValue", "RawArray"} do
  assert(tostring(sharedctypes[name]("i", 3)):gsub("0x%x+", "") == tostring(mp[name]("i", 3)):gsub("0x%x+", ""))
end

local raw = mp.RawValue("i", 5)
local copy = sharedctypes.copy(raw)
copy.value = 6
assert(raw.value == 5 and copy.value == 6 and tostring(copy) == "c_int(6)")
local array = mp.Array("d", {1, 2, 3})
local twin = sharedctypes.copy(array:slice(2))
twin[1] = 9
assert(#twin == 2 and twin[2] == 3 and array[2] == 2 and twin.get_lock == nil)

local locked = sharedctypes.synchronized(raw)
locked.value = 8
assert(raw.value == 8 and tostring(locked:get_lock()) == "<RLock(None, 0)>")
local lock = mp.Lock()
assert(sharedctypes.synchronized(twin, lock):get_lock() == lock)
assert(sharedctypes.synchronized(twin, {lock = lock})[1] == 9)
raises(mp.AssertionError, "object already synchronized", sharedctypes.synchronized, locked)
raises(mp.TypeError, "bad argument #1 to '?' (RawValue or RawArray expected, got number)",
  sharedctypes.synchronized, 5)
raises(mp.TypeError, "value or array expected, got table", sharedctypes.copy, {})
raises(mp.AttributeError, "5 has no method 'acquire'", sharedctypes.synchronized, raw, 5)
print "ok"
