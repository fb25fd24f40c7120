-- The holder is killed: the next one gets the lock and is told.
local mp = require "multiprocessing"
mp.log_to_stderr(mp.CRITICAL)
local ready = mp.Queue()
local function die_holding(lock, times)
  local p = mp.Process{target = function()
    for _ = 1, times or 1 do lock:acquire() end
    ready:put(true)
    while true do mp.sleep(1000) end
  end}
  p:start()
  ready:get()
  assert(lock:locked())
  p:kill()
  p:join()
end
for _, class in ipairs{"Lock", "RLock"} do
  local lock = mp[class]()
  die_holding(lock, class == "RLock" and 3 or 1)
  assert(not lock:locked())
  -- Its last owner is still named, but does not have it any more.
  assert(not tostring(lock):find("None", 1, true) and not tostring(lock):find("MainProcess", 1, true))
  local ok, why = lock:acquire()
  assert(ok == true and why == "abandoned")
  if class == "RLock" then assert(tostring(lock) == "<RLock(MainProcess, 1)>") end
  lock:release()
  assert(select("#", lock:acquire()) == 1)
  lock:release()
  die_holding(lock)
  do
    local held <close> = lock:guard{timeout = 0}
    assert(held.abandoned == true)
  end
  assert(not lock:locked())
  die_holding(lock)
  assert(lock:with(function() return 5 end) == 5)

  -- While somebody waits.
  local p = mp.Process{target = function()
    lock:acquire()
    ready:put(true)
    while true do mp.sleep(1000) end
  end}
  p:start()
  ready:get()
  local waiter = mp.Process{target = function()
    ready:put "waits"
    local got, how = lock:acquire()
    ready:put{got, how}
    lock:release()
  end}
  waiter:start()
  assert(ready:get() == "waits")
  p:kill()
  local m = ready:get()
  assert(m[1] == true and m[2] == "abandoned")
  waiter:join()
  p:join()
  assert(not lock:locked())
end
-- The maker ended: what it made works on.
local conn, child = mp.Pipe()
local maker = mp.Process{target = function(c)
  local lock, q = mp.Lock(), mp.Queue()
  local user = mp.Process{target = function()
    c:recv()
    assert(lock:acquire() == true)
    q:put("x")
    c:send(q:get())
  end}
  user:start()
  c:send(user.pid)
  while true do mp.sleep(1000) end
end, args = {child}}
maker:start()
conn:recv()
maker:kill()
maker:join()
conn:send("go")
child:close()
assert(conn:recv() == "x")
-- The grandchild has ended when nobody holds the pipe any more.
local ok, err = pcall(conn.recv, conn)
assert(not ok and err:is(mp.EOFError))
print "ok"
