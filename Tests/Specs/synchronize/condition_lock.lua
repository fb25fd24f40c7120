-- A Condition with a lock of the script's: one lock for several conditions, kept alive by them.
local mp = require "multiprocessing"
for _, class in ipairs{"Lock", "RLock"} do
  local lock = mp[class]()
  local full, empty = mp.Condition(lock), mp.Condition{lock = lock}
  assert(tostring(full) == ("<Condition(%s, 0)>"):format(lock) and full ~= empty)
  local box = mp.Queue()
  local p = mp.Process{target = function()
    for i = 1, 200 do
      lock:acquire()
      while box:qsize() == 1 do assert(empty:wait(20)) end
      box:put(i)
      full:notify()
      lock:release()
    end
  end}
  p:start()
  for i = 1, 200 do
    local held <close> = full:guard()
    while box:qsize() == 0 do assert(full:wait(20)) end
    assert(box:get() == i and lock:locked())
    empty:notify()
  end
  p:join()
  assert(p.exitcode == 0 and not lock:locked())

  -- Taken through the one, asked through the other.
  lock:acquire()
  full:notify()
  empty:release()
  assert(not lock:locked())
  local ok, err = pcall(full.release, full)
  assert(not ok and err:is(class == "Lock" and mp.ValueError or mp.AssertionError))
end

-- The script forgets the lock; other locks do not get its place, here or in a child.
local cond = mp.Condition(mp.Lock())
collectgarbage()
collectgarbage()
local others = {}
for i = 1, 100 do others[i] = mp.Lock() end
local function check()
  collectgarbage()
  for i = 101, 200 do others[i] = mp.Lock() end
  cond:acquire()
  assert(tostring(cond):find("<Lock(owner=", 1, true))
  for _, other in ipairs(others) do assert(not other:locked()) end
  assert(cond:wait(0.01) == false)
  cond:release()
end
check()
local p = mp.Process{target = check}
p:start()
p:join()
assert(p.exitcode == 0)
for _, wrong in ipairs{1, "x", true, mp.Semaphore(), cond} do
  local ok, err = pcall(mp.Condition, wrong)
  assert(not ok and err:is(mp.TypeError)
    and err.message:find("lock must be a Lock or an RLock, got ", 1, true), tostring(err))
end
print "ok"
