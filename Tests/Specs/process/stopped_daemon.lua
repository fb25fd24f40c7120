-- A daemon that cannot hear SIGTERM is killed at its parent's exit.
local mp = require "multiprocessing"

local function state_of(pid)
  local file <close> = assert(io.open("/proc/" .. pid .. "/stat"))
  return file:read("a"):match("%) (%a)")
end

local p = mp.Process{target = function()
  local daemon = mp.Process{target = mp.sleep, args = {60}, daemon = true}
  daemon:start()
  os.execute("kill -STOP " .. daemon.pid)
  -- The signal is on its way: until it has stopped the daemon, SIGTERM could overtake it.
  repeat until state_of(daemon.pid) == "T"
end}
local before = mp.time()
p:start()
p:join()
local took = mp.time() - before
assert(p.exitcode == 0 and took >= 2 and took < 20, took)
print("ok")
