-- patience.lua [SECONDS [SEED]]: processes that wait without a timeout for others that take their
-- time, on a busy machine. Nobody may be told of a deadlock, and every wait has to end.

package.path = arg[0]:match "^(.-)[^/]*$" .. "?.lua;" .. package.path
local mp = require "multiprocessing"
local soak = require "multiprocessing._soak"
local support = require "support"

local seconds = tonumber(arg[1]) or 10
math.randomseed(tonumber(arg[2]) or os.time())

-- What takes time without being a wait that others must know of.
local pastimes = {
  function(s) mp.sleep(s) end,
  function(s) os.execute("sleep " .. s) end,
  function(s)
    local pipe = io.popen("sleep " .. s .. "; echo x")
    pipe:read "a"
    pipe:close()
  end,
  function(s)
    local stop_at = mp.time() + s
    while mp.time() < stop_at do end
  end,
  function(s) mp.Queue():try_get(s) end,
  function(s) mp.Lock():acquire() mp.wait({mp.Queue(), (mp.Pipe())}, s) end,
  -- Stopped while it runs.
  function(s)
    local pid = mp.getpid()
    os.execute(string.format("(sleep 0.01; kill -STOP %d; sleep %f; kill -CONT %d) &", pid, s, pid))
    local stop_at = mp.time() + s + 0.02
    while mp.time() < stop_at do end
  end,
  -- Through processes that wait for each other in a row.
  function(s)
    local inner = mp.Process{target = function() mp.sleep(s) end}
    inner:start()
    inner:join()
  end,
}

-- Waits in one process, and what ends each from another one.
local waits = {
  function()
    local q = mp.Queue()
    return function() assert(q:get() == 1) end, function() q:put(1) end
  end,
  function()
    local q = mp.Queue(1)
    q:put(0)
    return function() q:put(1) end, function() assert(q:get() == 0) end
  end,
  function()
    local q = mp.Queue()
    return function()
      local n = 0
      for _ in q:iter() do n = n + 1 end
      assert(n == 3)
    end, function()
      for i = 1, 3 do q:put(i) end
      q:put(nil)
    end
  end,
  function()
    local lock = mp.Lock()
    lock:acquire()
    return function() assert(lock:acquire()) end, function() lock:release() end
  end,
  function()
    local q = mp.JoinableQueue()
    q:put(1)
    return function() q:join() end, function()
      q:get()
      q:task_done()
    end
  end,
  function()
    local a, b = mp.Pipe()
    return function() assert(a:recv() == "x") end, function() b:send "x" end
  end,
  function()
    local a, b = mp.Pipe()
    local text = ("x"):rep(1000000)
    return function() a:send(text) end, function() assert(b:recv() == text) end
  end,
  function()
    local q, a = mp.Queue(), mp.Pipe()
    return function() assert(mp.wait{a, q}[1] == q) end, function() q:put(1) end
  end,
  function() return function() end, function() end end,
}

-- One pair: a process that waits for its child.
local function pair()
  math.randomseed(mp.getpid() + os.time())
  local wait, finish = waits[math.random(#waits)]()
  local pastime = pastimes[math.random(#pastimes)]
  local time = 0.3 + math.random() * 0.7
  local child = mp.Process{target = function()
    pastime(time)
    finish()
  end}
  child:start()
  wait()
  child:join()
  assert(child.exitcode == 0, child.exitcode)
end

local before = soak.statistics()
local stop_at = mp.time() + seconds
local running, rounds = {}, 0
local load = mp.Process{target = function() while true do end end, daemon = true}
load:start()
while mp.time() < stop_at or #running > 0 do
  while #running < 12 and mp.time() < stop_at do
    local process = mp.Process{target = pair}
    process:start()
    running[#running + 1] = process
  end
  -- Waits for the first that ends, as everybody else without a timeout.
  mp.wait(running)
  for i = #running, 1, -1 do
    local process = running[i]
    if process.exitcode ~= nil then
      support.check(process.exitcode == 0, "a pair ended with %s", process.exitcode)
      rounds = rounds + 1
      table.remove(running, i)
    end
  end
end
load:kill()
load:join()
support.check_clean(before)
support.check(rounds >= seconds, "only %d rounds", rounds)
support.report("patience", "%d waits, no alarm", rounds)
support.finish()
