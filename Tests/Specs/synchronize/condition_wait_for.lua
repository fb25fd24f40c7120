-- wait_for: until the predicate says so; its last result, its errors, and the lock afterwards.
local mp = require "multiprocessing"
local cond, numbers = mp.Condition(), mp.Queue()
local ok, err = pcall(cond.wait_for, cond, function() return false end, 0.1)
assert(not ok and tostring(err) == "AssertionError: must acquire() condition before using wait()")
-- True at once: nothing is waited for, the lock is not asked for.
assert(cond:wait_for(function() return "now" end) == "now")
cond:acquire()
local asked = 0
local function never()
  asked = asked + 1
  return nil
end
local from = mp.time()
assert(cond:wait_for(never, 0.05) == nil and mp.time() - from >= 0.05 and asked == 2)
assert(cond:wait_for(function() return false end, {timeout = 0}) == false)
ok, err = pcall(cond.wait_for, cond, function() error({1}) end)
assert(not ok and err[1] == 1 and tostring(cond) == "<Condition(<RLock(MainProcess, 1)>, 0)>")
for _, wrong in ipairs{1, "x", {}} do
  ok, err = pcall(cond.wait_for, cond, wrong)
  assert(not ok and err:is(mp.TypeError) and err.message:find("predicate must be a function", 1, true))
end
ok, err = pcall(cond.wait_for, cond)
assert(not ok and err.message == "wait_for() missing 1 required argument: 'predicate'")
cond:release()

local p = mp.Process{target = function()
  cond:acquire()
  local result, more = cond:wait_for(function()
    return numbers:qsize() >= 3 and numbers:qsize(), "unseen"
  end)
  assert(result == 3 and more == nil)
  cond:release()
end}
p:start()
for i = 1, 3 do
  cond:with(function()
    numbers:put(i)
    cond:notify()
  end)
end
p:join()
assert(p.exitcode == 0)
print "ok"
