-- A killed process's tokens come back: as many as it had, and never more than there were at first.
local mp = require "multiprocessing"
local ready = mp.Queue()

-- A process that takes n tokens and is killed.
local function die_with(sem, n)
  local p = mp.Process{target = function()
    for _ = 1, n do sem:acquire() end
    ready:put(true)
    while true do mp.sleep(1000) end
  end}
  p:start()
  ready:get()
  local left = sem:get_value()
  p:kill()
  p:join()
  return left
end
for _, class in ipairs{"Semaphore", "BoundedSemaphore"} do
  local sem = mp[class](3)
  assert(die_with(sem, 2) == 1 and sem:get_value() == 3)
  assert(die_with(sem, 3) == 0)
  for _ = 1, 3 do assert(sem:acquire(false)) end
  assert(not sem:acquire(false) and sem:get_value() == 0)
  sem:release()
  -- What others have stays theirs.
  assert(die_with(sem, 1) == 0 and sem:get_value() == 1)
  sem:release()
  sem:release()
  assert(sem:get_value() == 3)

  -- What somebody else gave back for it does not come back twice.
  local p = mp.Process{target = function()
    sem:acquire()
    ready:put(true)
    while true do mp.sleep(1000) end
  end}
  p:start()
  ready:get()
  sem:release()
  p:kill()
  p:join()
  assert(sem:get_value() == 3)

  -- While somebody waits.
  p = mp.Process{target = function()
    for _ = 1, 3 do sem:acquire() end
    ready:put(true)
    while true do mp.sleep(1000) end
  end}
  p:start()
  ready:get()
  local waiter = mp.Process{target = function()
    ready:put "waits"
    assert(sem:acquire{timeout = 20} and sem:acquire(false) and sem:acquire(false))
    for _ = 1, 3 do sem:release() end
  end}
  waiter:start()
  assert(ready:get() == "waits")
  p:kill()
  waiter:join()
  p:join()
  assert(waiter.exitcode == 0 and sem:get_value() == 3)
end

-- Twenty holders, the odd ones die.
local many = mp.BoundedSemaphore(20)
local go, holders = mp.Event(), {}
for i = 1, 20 do
  holders[i] = mp.Process{target = function()
    many:acquire()
    ready:put(true)
    go:wait()
    many:release()
  end}
  holders[i]:start()
end
for _ = 1, 20 do ready:get() end
assert(many:get_value() == 0)
for i = 1, 20, 2 do
  holders[i]:kill()
  holders[i]:join()
end
assert(many:get_value() == 10)
go:set()
for i = 2, 20, 2 do
  holders[i]:join()
  assert(holders[i].exitcode == 0)
end
assert(many:get_value() == 20)

-- A signal that was taken is gone with its taker.
local signal = mp.Semaphore(0)
for _ = 1, 5 do signal:release() end
assert(die_with(signal, 2) == 3 and signal:get_value() == 3)
-- So is what was above the initial value.
local mixed = mp.Semaphore(1)
mixed:release()
assert(die_with(mixed, 2) == 0 and mixed:get_value() == 1)
print "ok"
