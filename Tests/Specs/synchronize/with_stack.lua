-- lock:with near the limit of Lua's stack: an error, and the lock is free again.
local mp = require "multiprocessing"

local lock = mp.Lock()
for n = 999900, 999999, 3 do
  pcall(function() return lock:with(select, "#", table.unpack({}, 1, n)) end)
  assert(not lock:locked())
end
print("ok")
