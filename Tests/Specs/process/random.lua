-- Children draw random numbers of their own.
local mp = require "multiprocessing"

math.randomseed(42)
local q, seen = mp.Queue(), {}
for _ = 1, 8 do
  local p = mp.Process{target = function() q:put(math.random(0)) end}
  p:start()
  p:join()
  local number = q:get()
  assert(not seen[number])
  seen[number] = true
end
print("ok")
