-- queue_small int|record N: one process puts, this one gets.
local mp = require "multiprocessing"
local bench = require "bench"

local kind, n = arg[1], tonumber(arg[2])

local function produce(q, gate, record)
  gate:get()
  if record then
    for i = 1, n do q:put(record(i)) end
  else
    for i = 1, n do q:put(i) end
  end
end

local q, gate = mp.Queue(), mp.Queue()
local p = mp.Process{target = produce, args = {q, gate, kind == "record" and bench.record or nil}}
p:start()
local began = mp.time()
gate:put(true)
for _ = 1, n do q:get() end
bench.report(kind .. "_per_s", n / (mp.time() - began))
p:join()
