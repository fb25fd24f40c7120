-- A sentinel is readable once the process has ended; `mp.wait` takes it and the process itself.
local mp = require "multiprocessing"

local slow = mp.Process{target = mp.sleep, args = {60}}
local quick = mp.Process{target = function() end}
slow:start()
quick:start()
local ready = mp.wait{slow.sentinel, quick.sentinel}
assert(#ready == 1 and ready[1] == quick.sentinel)
ready = mp.wait{slow, quick}
assert(#ready == 1 and rawequal(ready[1], quick))
assert(#mp.wait({slow}, 0) == 0 and #mp.wait({slow}, {timeout = 0.01}) == 0)
slow:join(0.01)
assert(slow.exitcode == nil and slow:is_alive())
slow:terminate()
assert(mp.wait{slow}[1] == slow)
assert(slow.exitcode == -15)
print("ok")
