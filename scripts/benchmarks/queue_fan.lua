-- queue_fan PRODUCERS CONSUMERS N: many processes at both ends of one queue.
local mp = require "multiprocessing"
local bench = require "bench"

local producers, consumers, n = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])

local function produce(q, ready, gate)
  ready:put(true)
  gate:get()
  for i = 1, n // producers do q:put(i) end
end

local function consume(q, ready, gate)
  ready:put(true)
  gate:get()
  for _ = 1, n // consumers do q:get() end
end

local q, ready, gate = mp.Queue(), mp.Queue(), mp.Queue()
local processes = {}
for i = 1, producers + consumers do
  local target = i <= producers and produce or consume
  processes[i] = mp.Process{target = target, args = {q, ready, gate}}
  processes[i]:start()
end
for _ = 1, #processes do ready:get() end
local began = mp.time()
for _ = 1, #processes do gate:put(true) end
for _, p in ipairs(processes) do p:join() end
bench.report(("%dto%d_per_s"):format(producers, consumers), n / (mp.time() - began))
