-- memory: what an idle child has for itself alone.
local mp = require "multiprocessing"
local bench = require "bench"

local function idle(ready, gate)
  ready:put(true)
  gate:get()
end

local function private_kib(pid)
  for line in io.lines("/proc/" .. pid .. "/smaps_rollup") do
    local kib = line:match("^Private_Dirty:%s+(%d+) kB")
    if kib then return tonumber(kib) end
  end
end

local ready, gate, processes, sizes = mp.Queue(), mp.Queue(), {}, {}
for i = 1, 4 do
  processes[i] = mp.Process{target = idle, args = {ready, gate}}
  processes[i]:start()
end
for _ = 1, 4 do ready:get() end
mp.sleep(0.1) -- into the wait
for i = 1, 4 do sizes[i] = private_kib(processes[i].pid) end
bench.report("idle_child_kib", bench.median(sizes))
for _ = 1, 4 do gate:put(true) end
for i = 1, 4 do processes[i]:join() end
