-- queue_large N: strings of 1 MiB.
local mp = require "multiprocessing"
local bench = require "bench"

local n = tonumber(arg[1])

local function produce(q, gate)
  local text = ("x"):rep(1 << 20)
  gate:get()
  for _ = 1, n do q:put(text) end
end

local q, gate = mp.Queue(16), mp.Queue()
local p = mp.Process{target = produce, args = {q, gate}}
p:start()
local began = mp.time()
gate:put(true)
for _ = 1, n do assert(#q:get() == 1 << 20) end
bench.report("gib_per_s", n / 1024 / (mp.time() - began))
p:join()
