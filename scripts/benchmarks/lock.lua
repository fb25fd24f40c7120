-- lock PROCESSES N: pairs of acquire and release, all on one lock.
local mp = require "multiprocessing"
local bench = require "bench"

local count, n = tonumber(arg[1]), tonumber(arg[2])
local lock = mp.Lock()

local function pairs_of(l, m)
  for _ = 1, m do
    l:acquire()
    l:release()
  end
end

if count == 1 then
  local began = mp.time()
  pairs_of(lock, n)
  bench.report("uncontended_per_s", n / (mp.time() - began))
  return
end

local function work(l, ready, gate)
  ready:put(true)
  gate:get()
  pairs_of(l, n // count)
end

local ready, gate, processes = mp.Queue(), mp.Queue(), {}
for i = 1, count do
  processes[i] = mp.Process{target = work, args = {lock, ready, gate}}
  processes[i]:start()
end
for _ = 1, count do ready:get() end
local began = mp.time()
for _ = 1, count do gate:put(true) end
for _, p in ipairs(processes) do p:join() end
bench.report(count .. "processes_per_s", n / (mp.time() - began))
