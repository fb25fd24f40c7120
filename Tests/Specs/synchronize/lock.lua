-- Lock: acquire, release, locked, timeouts, text; any process may release.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local lock = mp.Lock()
assert(tostring(lock) == "<Lock(owner=None)>" and not lock:locked())
assert(select("#", lock:acquire()) == 1 and lock:locked())
assert(tostring(lock) == "<Lock(owner=MainProcess)>")
assert(lock:acquire(false) == false and lock:acquire{block = false} == false)
assert(lock:acquire(true, 0) == false and lock:acquire(true, -1) == false)
local from = mp.time()
assert(lock:acquire{timeout = 0.05} == false and mp.time() - from >= 0.05)
assert(select("#", lock:release()) == 0)
raises(mp.ValueError, "ValueError: semaphore or lock released too many times", lock.release, lock)
assert(lock:acquire(true, math.huge) == true)

local p = mp.Process{target = function(l)
  assert(l:acquire(false) == false)
  assert(tostring(l) == "<Lock(owner=MainProcess)>" and l == lock)
  l:release()
end, args = {lock}, name = "helper"}
p:start()
p:join()
assert(p.exitcode == 0 and not lock:locked())

local holding, go = mp.Queue(), mp.Queue()
p = mp.Process{target = function()
  lock:acquire()
  holding:put(true)
  go:get()
  lock:release()
end, name = "holder"}
p:start()
holding:get()
assert(tostring(lock) == "<Lock(owner=holder)>" and lock:locked())
assert(lock:acquire(false) == false)
go:put(true)
assert(lock:acquire() == true)
lock:release()
p:join()

raises(mp.TypeError, "Lock() takes no arguments (1 given)", mp.Lock, 1)
raises(mp.TypeError, "Lock() got an unexpected keyword argument 'x'; it takes none", mp.Lock, {x = 1})
raises(mp.TypeError, "call it as mp.Lock(), with a dot", mp.Lock, mp)
raises(mp.TypeError, "block must be a boolean, got number", lock.acquire, lock, 1)
raises(mp.TypeError, "acquire() got an unexpected keyword argument 'wait'; it takes block, timeout",
  lock.acquire, lock, {wait = 1})
raises(mp.TypeError, "acquire() got multiple values for argument 'block'",
  lock.acquire, lock, true, {block = true})
raises(mp.TypeError, "release() takes no arguments (1 given)", lock.release, lock, 1)
raises(mp.TypeError, "call it as lock:acquire()", function() lock.acquire() end)
raises(mp.AttributeError, "'Lock' object has no attribute 'x' to set", function() lock.x = 1 end)
assert(lock.x == nil and lock ~= mp.Lock() and lock ~= 5 and not lock:locked())
print "ok"
