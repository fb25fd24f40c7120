-- KeyboardInterrupt in each wait: it is raised there, and the object works on.
local mp = require "multiprocessing"
local ready = mp.Queue()
local function interrupted(wait, use)
  local p = mp.Process{target = function()
    local ok, err = pcall(function()
      ready:put "ready"
      wait()
    end)
    assert(not ok and type(err) == "table" and err:is(mp.KeyboardInterrupt), tostring(err))
    ready:put "caught"
    use()
    ready:put "used"
  end}
  p:start()
  assert(ready:get() == "ready")
  p:interrupt()
  assert(ready:get() == "caught")
  assert(ready:get() == "used")
  p:join()
  assert(p.exitcode == 0)
end
local q, full, joinable = mp.Queue(), mp.Queue(1), mp.JoinableQueue()
full:put(0)
joinable:put(1)
local function use_queue()
  q:put(1)
  assert(q:get() == 1)
end
interrupted(function() q:get() end, use_queue)
interrupted(function() q:get(true, 1000) end, use_queue)
interrupted(function() q:get_many(5) end, use_queue)
interrupted(function() q:try_get(1000) end, use_queue)
interrupted(function() for _ in q:iter() do end end, use_queue)
local function use_full()
  assert(full:get() == 0)
  full:put(0)
end
interrupted(function() full:put(1) end, use_full)
interrupted(function() full:put_many{1, 2} end, use_full)
interrupted(function() joinable:join() end, function()
  joinable:task_done()
  joinable:join()
  joinable:put(1)
end)
for _, class in ipairs{"Lock", "RLock"} do
  local lock = mp[class]()
  lock:acquire()
  local function use_lock() assert(not lock:acquire(false)) end
  interrupted(function() lock:acquire() end, use_lock)
  interrupted(function() local held <close> = lock:guard() end, use_lock)
  interrupted(function() lock:with(print) end, use_lock)
  lock:release()
  interrupted(function() lock:with(mp.sleep, 1000) end, function()
    assert(lock:acquire(false) and not lock.x)
    lock:release()
  end)
  assert(lock:acquire(false))
end
local a, b = mp.Pipe()
local function use_pipe()
  b:send("x")
  assert(a:recv() == "x")
end
interrupted(function() a:recv() end, use_pipe)
interrupted(function() a:poll(nil) end, use_pipe)
interrupted(function() a:try_recv(1000) end, use_pipe)
interrupted(function() mp.wait{a} end, use_pipe)
interrupted(function() mp.sleep(1000) end, use_pipe)
interrupted(function() while true do q:try_get() end end, use_queue)
-- A message that does not fit is given up; the next one comes whole.
local r, w = mp.Pipe(false)
local p = mp.Process{target = function()
  local ok, err = pcall(function()
    ready:put "ready"
    w:send(("x"):rep(50 << 20))
  end)
  assert(not ok and err:is(mp.KeyboardInterrupt))
  ready:put "caught"
  w:send("next")
end}
p:start()
assert(ready:get() == "ready" and r:poll(nil))
p:interrupt()
assert(ready:get() == "caught")
assert(r:recv() == "next")
p:join()
assert(p.exitcode == 0)
print "ok"
