-- guard and with: the lock is given up however the scope is left.
local mp = require "multiprocessing"
for _, class in ipairs{"Lock", "RLock"} do
  local lock = mp[class]()
  do
    local held <close> = lock:guard()
    assert(lock:locked() and held.abandoned == false and held.other == nil)
    local ok = pcall(function() held.x = 1 end)
    assert(not ok)
  end
  assert(not lock:locked())
  pcall(function()
    local held <close> = lock:guard()
    error "leave"
  end)
  assert(not lock:locked())
  local co = coroutine.wrap(function()
    local held <close> = lock:guard(true, 1)
    coroutine.yield()
  end)
  co()
  assert(lock:locked())
  co()
  assert(not lock:locked())
  co = coroutine.create(function()
    local held <close> = lock:guard()
    coroutine.yield()
  end)
  coroutine.resume(co)
  coroutine.close(co)
  assert(not lock:locked())
  -- Dropped without its scope: the collector gives the lock up.
  lock:guard()
  collectgarbage()
  assert(not lock:locked())
  -- Released by hand inside: nothing is left to do.
  do
    local held <close> = lock:guard()
    lock:release()
  end
  assert(not lock:locked())

  local packed = table.pack(lock:with(function(...)
    assert(lock:locked())
    return "a", nil, select("#", ...), ...
  end, 1, nil))
  assert(packed.n == 5 and packed[1] == "a" and packed[3] == 2 and packed[4] == 1 and not lock:locked())
  assert(select("#", lock:with(function() end)) == 0)
  local ok, err = pcall(lock.with, lock, function() error({1}) end)
  assert(not ok and err[1] == 1 and not lock:locked())
  assert(lock:with(setmetatable({}, {__call = function(_, x) return x end}), 7) == 7)
  for _, wrong in ipairs{1, "x", {}} do
    ok, err = pcall(lock.with, lock, wrong)
    assert(not ok and err:is(mp.TypeError) and err.message:find("function expected", 1, true))
  end
  assert(not pcall(lock.with, lock) and not lock:locked())
  -- A function that yields: it goes on with the lock held.
  co = coroutine.wrap(function() return lock:with(function(x)
    local y = coroutine.yield(x)
    return x + y
  end, 1) end)
  local first, second = pcall(co)
  if first then
    assert(second == 1 and lock:locked())
    assert(co(2) == 3)
  end
  assert(not lock:locked())
  local p = mp.Process{target = function()
    local held <close> = lock:guard{timeout = 0.02}
    assert(held == false)
    assert(lock:guard(false) == false)
  end}
  local held <close> = lock:guard()
  p:start()
  p:join()
  assert(p.exitcode == 0 and lock:locked())
end
print "ok"
