-- Who is killed while it waits stops nobody: set and notify return, and the others wake.
local mp = require "multiprocessing"
local told = mp.Queue()

local function sleeps(p)
  local f <close> = assert(io.open("/proc/" .. p.pid .. "/stat"))
  return f:read("a"):match "%) (%a)" == "S"
end
local function start_waiter(wait)
  local p = mp.Process{target = function()
    told:put "waits"
    told:put(wait())
  end}
  p:start()
  assert(told:get() == "waits")
  while not sleeps(p) do mp.sleep(0.001) end
  return p
end
local function kill(p)
  p:kill()
  p:join()
end

local event = mp.Event()
local victims, survivors = {}, {}
for i = 1, 3 do
  victims[i] = start_waiter(function() return event:wait() end)
  survivors[i] = start_waiter(function() return event:wait() end)
end
for _, p in ipairs(victims) do kill(p) end
event:set()
for _, p in ipairs(survivors) do
  assert(told:get() == true)
  p:join()
end

local cond = mp.Condition()
local function wait_for_notice()
  cond:acquire()
  local result = cond:wait()
  cond:release()
  return result
end
for i = 1, 3 do
  victims[i] = start_waiter(wait_for_notice)
  survivors[i] = start_waiter(wait_for_notice)
end
while not tostring(cond):find(", 6)>", 1, true) do mp.sleep(0.001) end
for _, p in ipairs(victims) do kill(p) end
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 3)>")
-- The oldest waiters are the dead ones: they take no notice from the living.
for _ = 1, 3 do cond:with(function() cond:notify() end) end
for _, p in ipairs(survivors) do
  assert(told:get() == true)
  p:join()
end
cond:with(function()
  cond:notify()
  cond:notify_all()
end)
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")

-- Killed between its notice and the lock: the notice goes to the next.
local victim = start_waiter(wait_for_notice)
local heir = start_waiter(wait_for_notice)
while not tostring(cond):find(", 2)>", 1, true) do mp.sleep(0.001) end
cond:acquire()
cond:notify()
kill(victim)
cond:release()
assert(told:get() == true)
heir:join()
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")
print "ok"
