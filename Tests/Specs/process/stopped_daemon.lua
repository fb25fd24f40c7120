-- A daemon that cannot hear SIGTERM is killed at its parent's exit.
local mp = require "multiprocessing"

local p = mp.Process{target = function()
  local daemon = mp.Process{target = mp.sleep, args = {60}, daemon = true}
  daemon:start()
  os.execute("kill -STOP " .. daemon.pid)
end}
local before = mp.time()
p:start()
p:join()
local took = mp.time() - before
assert(p.exitcode == 0 and took >= 2 and took < 20, took)
print("ok")
