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
for _, pid in ipairs(pids) do
  -- Perhaps nobody has reaped it yet.
  local file = io.open("/proc/" .. pid .. "/stat")
  local state = file and (file:read "a" or ""):match "%) (%a)"
  if file then file:close() end
  assert(not state or state == "Z" or state == "X", state)
end
print "ok"
