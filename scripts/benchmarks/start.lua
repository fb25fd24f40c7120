-- start N: empty children, one after the other.
local mp = require "multiprocessing"
local bench = require "bench"

local n = tonumber(arg[1])

local function nothing() end

local began = mp.time()
for _ = 1, n do
  local p = mp.Process{target = nothing}
  p:start()
  p:join()
end
bench.report("children_per_s", n / (mp.time() - began))
