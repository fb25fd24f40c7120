-- A coroutine may yield inside `lock:with(f)`: the lock stays taken until f ends.
local mp = require "multiprocessing"
for _, class in ipairs{"Lock", "RLock"} do
  local lock = mp[class]()
  local go_on = coroutine.wrap(function()
    return lock:with(function(a)
      local b = coroutine.yield(a + 1)
      assert(lock:locked())
      return b, nil, "end"
    end, 1)
  end)
  assert(go_on() == 2 and lock:locked())
  local results = table.pack(go_on(7))
  assert(results.n == 3 and results[1] == 7 and results[3] == "end")
  assert(not lock:locked())
  -- An error after the yield, caught inside the coroutine.
  go_on = coroutine.wrap(function()
    return pcall(lock.with, lock, function()
      coroutine.yield()
      error("expected", 0)
    end)
  end)
  go_on()
  assert(lock:locked())
  local ok, err = go_on()
  assert(not ok and err == "expected" and not lock:locked())
  -- Left in the middle: closed, or collected.
  local co = coroutine.create(function() lock:with(coroutine.yield) end)
  assert(coroutine.resume(co) and lock:locked())
  assert(coroutine.close(co) and not lock:locked())
  co = coroutine.create(function() lock:with(coroutine.yield) end)
  assert(coroutine.resume(co) and lock:locked())
  co = nil
  collectgarbage()
  collectgarbage()
  assert(co == nil and not lock:locked())
end
print "ok"
