-- RLock: taken again by its owner, released by nobody else.
local mp = require "multiprocessing"
local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err) == class.name .. ": " .. text, tostring(err))
end
local lock = mp.RLock()
local not_owned = "attempt to release recursive lock not owned by thread"
assert(tostring(lock) == "<RLock(None, 0)>" and not lock:locked())
raises(mp.AssertionError, not_owned, lock.release, lock)
for depth = 1, 1000 do
  assert(lock:acquire() == true)
  assert(tostring(lock) == ("<RLock(MainProcess, %d)>"):format(depth))
end
assert(lock:acquire(false) and lock:acquire(true, 0))
for _ = 1, 1001 do lock:release() end
assert(tostring(lock) == "<RLock(MainProcess, 1)>" and lock:locked())
local p = mp.Process{target = function()
  assert(not lock:acquire(false) and not lock:acquire{timeout = 0.01})
  assert(tostring(lock) == "<RLock(MainProcess, 1)>")
  raises(mp.AssertionError, not_owned, lock.release, lock)
  do
    local held <close> = lock:guard{timeout = 0.01}
    assert(held == false)
  end
end}
p:start()
p:join()
assert(p.exitcode == 0)
lock:release()
raises(mp.AssertionError, not_owned, lock.release, lock)
local result = lock:with(function()
  return lock:with(function() return tostring(lock) end)
end)
assert(result == "<RLock(MainProcess, 2)>" and tostring(lock) == "<RLock(None, 0)>")
assert(lock ~= mp.RLock() and lock ~= mp.Lock() and lock == lock)
print "ok"
