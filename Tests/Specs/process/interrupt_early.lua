-- An interruption that comes before the child has begun is not lost.
local mp = require "multiprocessing"

local function loop() while true do end end
for _ = 1, 30 do
  local p = mp.Process{target = loop}
  p:start()
  p:interrupt()
  p:join()
  assert(p.exitcode == 1)
end
print("ok")
