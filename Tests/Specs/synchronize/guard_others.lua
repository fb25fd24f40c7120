-- guard, with and <close> of semaphores and conditions, as of locks.
local mp = require "multiprocessing"
for _, class in ipairs{"Semaphore", "BoundedSemaphore"} do
  local sem = mp[class](2)
  do
    local held <close> = sem:guard()
    local again <close> = sem:guard{timeout = 1}
    assert(sem:get_value() == 0 and held.abandoned == false and again)
    local late <close> = sem:guard{timeout = 0.01}
    assert(late == false and sem:guard(false) == false)
  end
  assert(sem:get_value() == 2)
  pcall(function()
    local held <close> = sem:guard()
    error "leave"
  end)
  assert(sem:get_value() == 2)
  sem:guard()
  collectgarbage()
  assert(sem:get_value() == 2)
  assert(select("#", sem:with(function(...)
    assert(sem:get_value() == 1)
    return ...
  end, 1, nil)) == 2 and sem:get_value() == 2)
  local ok, err = pcall(sem.with, sem, function() error({1}) end)
  assert(not ok and err[1] == 1 and sem:get_value() == 2)
  ok, err = pcall(sem.with, sem, 5)
  assert(not ok and err.message:find("write sem:with(f, …)", 1, true))

  -- A copy of a process has its guard too, but not what that guards.
  if mp.get_start_method() == "fork" then
    local held = sem:guard()
    local p = mp.Process{target = function()
      held = nil
      collectgarbage()
      collectgarbage()
      assert(sem:get_value() == 1)
    end}
    p:start()
    p:join()
    assert(p.exitcode == 0 and sem:get_value() == 1 and held)
  end
end

local cond = mp.Condition()
do
  local held <close> = cond:guard()
  assert(cond:wait(0) == false and held.abandoned == false)
  assert(tostring(cond) == "<Condition(<RLock(MainProcess, 1)>, 0)>")
end
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")
assert(cond:with(function(x) return x end, 7) == 7)
local p = mp.Process{target = function()
  local held <close> = cond:guard{timeout = 0.01}
  assert(held == false)
end}
cond:acquire()
p:start()
p:join()
cond:release()
assert(p.exitcode == 0 and tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")
print "ok"
