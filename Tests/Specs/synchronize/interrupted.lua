-- An interruption ends any wait at once and leaves the object usable; a condition's lock is held again.
local mp = require "multiprocessing"
local told = mp.Queue()
local lock, sem, event, cond, barrier =
  mp.Lock(), mp.Semaphore(1), mp.Event(), mp.Condition(), mp.Barrier(2)

local function sleeps(p)
  local f <close> = assert(io.open("/proc/" .. p.pid .. "/stat"))
  return f:read("a"):match "%) (%a)" == "S"
end
local function interrupt(wait, after)
  local p = mp.Process{target = function()
    told:put "waits"
    local ok, err = pcall(wait)
    assert(not ok and err:is(mp.KeyboardInterrupt), tostring(err))
    if after then after() end
  end}
  p:start()
  assert(told:get() == "waits")
  while not sleeps(p) do mp.sleep(0.001) end
  local from = mp.time()
  p:interrupt()
  p:join()
  assert(p.exitcode == 0 and mp.time() - from < 10)
end

lock:acquire()
interrupt(function() lock:acquire() end)
lock:release()
assert(lock:acquire(false))
sem:acquire()
interrupt(function() sem:acquire() end)
sem:release()
assert(sem:get_value() == 1 and sem:acquire(false))
interrupt(function() event:wait() end)
event:set()
assert(event:wait())
interrupt(function()
  cond:acquire()
  cond:wait()
end, function()
  assert(tostring(cond):find("<RLock(Process-", 1, true))
  cond:notify()
  cond:release()
end)
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")
interrupt(function()
  cond:acquire()
  cond:wait_for(function() return false end)
end, function() cond:release() end)
interrupt(function() barrier:wait() end)
-- Who was interrupted has not come.
assert(barrier.n_waiting == 0 and not barrier.broken)
local p = mp.Process{target = function() barrier:wait() end}
p:start()
barrier:wait()
p:join()
assert(p.exitcode == 0)
print "ok"
