-- Python: a process killed while it waits for an event or a condition hangs the one who sets it. Here
-- setting and notifying wait for nobody.
local mp = require "multiprocessing"
mp.log_to_stderr(mp.CRITICAL)
local event, condition, ready = mp.Event(), mp.Condition(), mp.Queue()

local function kill_waiter(wait)
  local p = mp.Process{target = function()
    ready:put(true)
    wait()
  end}
  p:start()
  ready:get()
  p:kill()
  p:join()
  assert(p.exitcode == -9)
end

for _ = 1, 10 do
  kill_waiter(function() event:wait() end)
  event:set()
  event:clear()
  kill_waiter(function()
    condition:acquire()
    condition:wait()
  end)
  condition:acquire()
  condition:notify_all()
  condition:release()
end

-- A barrier is broken by it, and says so.
local barrier = mp.Barrier(2)
local p = mp.Process{target = function() barrier:wait() end}
p:start()
while barrier.n_waiting == 0 do mp.sleep(0.001) end
p:kill()
p:join()
assert(barrier.broken)
local ok, err = pcall(barrier.wait, barrier)
assert(not ok and err:is(mp.BrokenBarrierError))
barrier:reset()
assert(not barrier.broken)
print "ok"
