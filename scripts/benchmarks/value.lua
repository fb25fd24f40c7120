-- value PROCESSES N: adding 1 to a shared integer.
local mp = require "multiprocessing"
local bench = require "bench"

local count, n = tonumber(arg[1]), tonumber(arg[2])
local value = mp.Value("q", 0)

local function work(v, ready, gate)
  ready:put(true)
  gate:get()
  for _ = 1, n // count do v:add(1) end
end

local ready, gate, processes = mp.Queue(), mp.Queue(), {}
for i = 1, count do
  processes[i] = mp.Process{target = work, args = {value, ready, gate}}
  processes[i]:start()
end
for _ = 1, count do ready:get() end
local began = mp.time()
for _ = 1, count do gate:put(true) end
for _, p in ipairs(processes) do p:join() end
bench.report(count .. "processes_add_per_s", n / (mp.time() - began))
assert(value.value == n // count * count)
