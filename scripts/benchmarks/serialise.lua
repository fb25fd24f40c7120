-- serialise SECONDS: a value to bytes and back.
local mp = require "multiprocessing"
local bench = require "bench"
local pickler = require("multiprocessing.reduction").ForkingPickler

local dumps, loads = pickler.dumps, pickler.loads
local seconds = tonumber(arg[1])

local function measure(name, value)
  local n, taken = 1, 0
  while taken < seconds do
    n = n * 2
    local began = mp.time()
    for _ = 1, n do loads(dumps(value)) end
    taken = mp.time() - began
  end
  bench.report(name .. "_per_s", n / taken)
end

local ints = {}
for i = 1, 1000 do ints[i] = i end

measure("record", bench.record(7))
measure("ints1000", ints)
measure("str1m", ("x"):rep(1 << 20))
