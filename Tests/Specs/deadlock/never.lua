-- Whoever may still go on, or be reached from outside, keeps others waiting without an error.
local mp = require "multiprocessing"

local q = mp.Queue()

-- Starts a child that does `f` before it puts, and waits for it in a get without a timeout.
local function waits_for(f)
  local p = mp.Process{target = function()
    f()
    q:put "done"
  end}
  p:start()
  assert(q:get() == "done")
  p:join()
  assert(p.exitcode == 0)
end

waits_for(function() mp.sleep(1) end)
waits_for(function() os.execute "sleep 1" end)
waits_for(function()
  local pipe = io.popen "sleep 1; echo x"
  assert(pipe:read "l" == "x")
  pipe:close()
end)
waits_for(function()
  local stop_at = mp.time() + 1
  while mp.time() < stop_at do end
end)
waits_for(function() pcall(q.get, q, {timeout = 1}) end)
waits_for(function()
  local inner = mp.Process{target = function() mp.sleep(1) end}
  inner:start()
  inner:join()
end)

-- Stopped while running.
do
  local started = mp.Queue()
  local p = mp.Process{target = function()
    started:put(mp.getpid())
    for _ = 1, 1e7 do end
    q:put "done"
  end}
  p:start()
  os.execute("kill -STOP " .. started:get() .. "; (sleep 1; kill -CONT " .. p.pid .. ") &")
  assert(q:get() == "done")
  p:join()
end

-- The descriptor was asked for: anybody may write to it.
do
  local p = mp.Process{target = function()
    local a, b = mp.Pipe()
    assert(b:fileno() >= 0)
    a:recv()
  end}
  p:start()
  p:join(1)
  assert(p.exitcode == nil)
  p:terminate()
  p:join()
end

-- A descriptor of which nothing is known.
do
  local p = mp.Process{target = function() mp.wait{0, q, mp.Pipe()} end}
  p:start()
  p:join()
  assert(p.exitcode == 0)
end

-- Detection can be turned off.
mp.set_deadlock_detection(false)
local waiter = mp.Process{target = function() q:get() end}
waiter:start()
waiter:join(1)
assert(waiter.exitcode == nil)
mp.set_deadlock_detection(true)
assert(not pcall(waiter.join, waiter))
waiter:terminate()
waiter:join()
local ok, err = pcall(mp.set_deadlock_detection)
assert(not ok and tostring(err):find "missing 1 required argument: 'enabled'")
ok, err = pcall(mp.set_deadlock_detection, 0)
assert(not ok and tostring(err):find "enabled must be a boolean")
print "ok"
