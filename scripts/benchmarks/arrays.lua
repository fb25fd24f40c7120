-- arrays N: making, reading, writing and adding up shared doubles. (mp.Array a tenth: it locks.)
local mp = require "multiprocessing"
local bench = require "bench"

local n = tonumber(arg[1])

local function elements(name, array, count)
  for i = 1, count do array[i] = i * 0.5 end -- touches the pages
  local began = mp.time()
  for i = 1, count do array[i] = i * 0.5 end
  bench.report(name .. "_set_per_s", count / (mp.time() - began))
  local sum = 0.0
  began = mp.time()
  for i = 1, count do sum = sum + array[i] end
  bench.report(name .. "_get_per_s", count / (mp.time() - began))
  assert(sum == array:sum())
end

local began = mp.time()
local raw = mp.RawArray("d", n)
bench.report("create_ms", (mp.time() - began) * 1e3)
elements("raw", raw, n)
local best = 0
for _ = 1, 5 do
  began = mp.time()
  raw:sum()
  best = math.max(best, n / (mp.time() - began))
end
bench.report("bulk_sum_per_s", best)
elements("locked", mp.Array("d", n // 10), n // 10)
