-- Semaphore: tokens taken and given back, by any process; value, time-outs, text.
local mp = require "multiprocessing"
local sem = mp.Semaphore(2)
assert(tostring(sem) == "<Semaphore(value=2)>" and sem:get_value() == 2 and not sem:locked())
assert(select("#", sem:acquire()) == 1 and sem:acquire() == true)
assert(tostring(sem) == "<Semaphore(value=0)>" and sem:get_value() == 0 and sem:locked())
assert(sem:acquire(false) == false and sem:acquire{block = false} == false)
assert(sem:acquire(true, 0) == false and sem:acquire(true, -1) == false)
local from = mp.time()
assert(sem:acquire{timeout = 0.05} == false and mp.time() - from >= 0.05)
assert(select("#", sem:release()) == 0 and sem:get_value() == 1)
assert(sem:acquire(true, math.huge) == true)

-- Another process gives both back, and one more.
local p = mp.Process{target = function(s)
  assert(s == sem and not s:acquire(false))
  for _ = 1, 3 do s:release() end
end, args = {sem}}
p:start()
p:join()
assert(p.exitcode == 0 and sem:get_value() == 3)
for _ = 1, 3 do assert(sem:acquire(false)) end
assert(not sem:acquire(false))

-- Made with one token, or with none: then a signal.
assert(mp.Semaphore():get_value() == 1 and mp.Semaphore{value = 5}:get_value() == 5)
local signal = mp.Semaphore(0)
p = mp.Process{target = function()
  for _ = 1, 1000 do signal:acquire() end
end}
p:start()
for _ = 1, 1000 do signal:release() end
p:join()
assert(p.exitcode == 0 and signal:get_value() == 0)

-- Five processes, two tokens: never three inside.
local inside, most = mp.Semaphore(0), mp.Semaphore(2)
local workers = {}
for i = 1, 5 do
  workers[i] = mp.Process{target = function()
    for _ = 1, 300 do
      most:acquire()
      inside:release()
      assert(inside:get_value() <= 2)
      assert(inside:acquire(false))
      most:release()
    end
  end}
  workers[i]:start()
end
for _, w in ipairs(workers) do
  w:join()
  assert(w.exitcode == 0)
end
assert(most:get_value() == 2 and inside:get_value() == 0)
assert(sem ~= mp.Semaphore(2) and sem ~= mp.Lock() and sem ~= 5)
print "ok"
