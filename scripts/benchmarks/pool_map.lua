-- pool_map N: calls of a small function by two workers: N through `map`, a fifth of them one by one
-- through `imap_unordered`, a twentieth through `apply`.
local mp = require "multiprocessing"
local bench = require "bench"

local n = tonumber(arg[1])

local function successor(x) return x + 1 end

local function integers(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

local pool <close> = mp.Pool(2)
pool:map(successor, integers(100))

local list = integers(n)
local began = mp.time()
local results = pool:map(successor, list)
bench.report("map_items_per_s", n / (mp.time() - began))
assert(results[n] == n + 1)

local few = n // 5
list = integers(few)
began = mp.time()
local count = 0
for _ in pool:imap_unordered(successor, list, 1) do count = count + 1 end
bench.report("imap_unordered_items_per_s", few / (mp.time() - began))
assert(count == few)

few = n // 20
began = mp.time()
for i = 1, few do pool:apply(successor, {i}) end
bench.report("apply_per_s", few / (mp.time() - began))
