-- Python: daemons outlive a parent that is killed. Here they die with it, and their daemons with them.
local mp = require "multiprocessing"
local alive = mp.Queue()
local ours, theirs = mp.Pipe()

local function sleeper()
  alive:put(mp.getpid())
  while true do mp.sleep(1000) end
end
local function middle()
  mp.Process{target = sleeper, daemon = true}:start()
  sleeper()
end
local parent = mp.Process{target = function(_)
  mp.Process{target = middle, daemon = true}:start()
  mp.Process{target = sleeper, daemon = true}:start()
  sleeper()
end, args = {theirs}}
parent:start()
theirs:close()
local pids = {}
for i = 1, 4 do pids[i] = alive:get() end
parent:kill()
parent:join()
-- All of them had the pipe's other end: it is at its end when the last one has gone.
assert(not pcall(ours.recv, ours))
local function runs(pid)
  local file = io.open(("/proc/%d/stat"):format(pid))
  if not file then return false end
  local state = (file:read "a" or ""):match "%) (%a)"
  file:close()
  return state ~= nil and state ~= "Z" and state ~= "X"
end
for _, pid in ipairs(pids) do
  -- It closes its files a little before it has ended.
  local deadline = mp.time() + 10
  while runs(pid) and mp.time() < deadline do mp.sleep(0.005) end
  assert(not runs(pid))
end
print "ok"
