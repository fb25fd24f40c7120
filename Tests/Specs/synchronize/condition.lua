-- Condition: wait gives the lock up and takes it again; notify wakes so many, the oldest first.
local mp = require "multiprocessing"
local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err) == class.name .. ": " .. text, tostring(err))
end
local cond = mp.Condition()
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")
raises(mp.AssertionError, "must acquire() condition before using wait()", cond.wait, cond)
raises(mp.AssertionError, "lock is not owned", cond.notify, cond)
raises(mp.AssertionError, "lock is not owned", cond.notify_all, cond)
raises(mp.AssertionError, "attempt to release recursive lock not owned by thread", cond.release, cond)
assert(cond:acquire() == true and cond:acquire(false) == true)
assert(tostring(cond) == "<Condition(<RLock(MainProcess, 2)>, 0)>")
assert(select("#", cond:notify()) == 0 and select("#", cond:notify(3)) == 0)
assert(select("#", cond:notify_all()) == 0)
-- A notice that nobody waited for is gone.
local from = mp.time()
assert(cond:wait(0.05) == false and mp.time() - from >= 0.05)
assert(cond:wait{timeout = 0} == false and select("#", cond:wait(0)) == 1)
-- Held as deep as before.
assert(tostring(cond) == "<Condition(<RLock(MainProcess, 2)>, 0)>")
cond:release()
cond:release()

local function waiting(n)
  while not tostring(cond):find((", %d)>"):format(n), 1, true) do mp.sleep(0.001) end
end
local woken = mp.Queue()
local function waiter(name)
  return function()
    cond:acquire()
    cond:acquire()
    assert(cond:wait() == true)
    assert(tostring(cond):find("<RLock(" .. name .. ", 2)>", 1, true), tostring(cond))
    woken:put(name)
    cond:release()
    cond:release()
  end
end
local processes = {}
for i = 1, 5 do
  local name = "waiter-" .. i
  processes[i] = mp.Process{target = waiter(name), name = name}
  processes[i]:start()
  waiting(i)
end
cond:with(function() cond:notify() end)
assert(woken:get() == "waiter-1")
waiting(4)
cond:with(function()
  cond:notify{n = 2}
  assert(woken:qsize() == 0)
end)
local pair = {[woken:get()] = true, [woken:get()] = true}
assert(pair["waiter-2"] and pair["waiter-3"])
waiting(2)
cond:with(cond.notify, cond, 0)
cond:with(cond.notify, cond, -1)
waiting(2)
cond:with(cond.notify_all, cond)
pair = {[woken:get()] = true, [woken:get()] = true}
assert(pair["waiter-4"] and pair["waiter-5"])
for _, p in ipairs(processes) do
  p:join()
  assert(p.exitcode == 0)
end
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>" and cond ~= mp.Condition())
print "ok"
