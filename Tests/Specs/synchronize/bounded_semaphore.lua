-- BoundedSemaphore: never more tokens than at first.
local mp = require "multiprocessing"
local sem = mp.BoundedSemaphore(3)
local function refuses()
  local ok, err = pcall(sem.release, sem)
  assert(not ok and tostring(err) == "ValueError: semaphore or lock released too many times")
end
assert(tostring(sem) == "<BoundedSemaphore(value=3, maxvalue=3)>")
refuses()
sem:acquire()
assert(tostring(sem) == "<BoundedSemaphore(value=2, maxvalue=3)>")
sem:release()
refuses()
for _ = 1, 3 do sem:acquire() end
assert(sem:locked() and sem:acquire{timeout = 0.01} == false)
local p = mp.Process{target = function() sem:release() end}
p:start()
p:join()
assert(sem:get_value() == 1)
sem:release()
sem:release()
refuses()
assert(tostring(mp.BoundedSemaphore()) == "<BoundedSemaphore(value=1, maxvalue=1)>")
sem = mp.BoundedSemaphore(0)
refuses()
assert(not sem:acquire(false))
print "ok"
