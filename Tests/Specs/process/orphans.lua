-- A daemon dies with its parent, even when that one is killed.
local mp = require "multiprocessing"

local r, w = mp.Pipe(false)
local p = mp.Process{target = function()
  local daemon = mp.Process{target = function() while true do end end, daemon = true}
  daemon:start()
  w:send(daemon.pid)
  mp.sleep(60)
end}
p:start()
local pid = r:recv()
p:kill()
p:join()

local function runs()
  local file = io.open(("/proc/%d/stat"):format(pid))
  if not file then return false end
  local state = file:read("a"):match("%) (%a)")
  file:close()
  return state ~= "Z" and state ~= "X"
end
local deadline = mp.time() + 10
while runs() and mp.time() < deadline do mp.sleep(0.005) end
assert(not runs())
print("ok")
