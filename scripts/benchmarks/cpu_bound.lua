-- cpu_bound LIMIT: primes below LIMIT, counted in blocks by this process, then by a pool of two;
-- how many times as fast the pool is. Needs two cores.
local mp = require "multiprocessing"
local bench = require "bench"

local limit, block = tonumber(arg[1]), 1000

local function primes_from(first)
  local count = 0
  for n = math.max(first, 2), first + block - 1 do
    local is_prime = true
    for d = 2, n do
      if d * d > n then break end
      if n % d == 0 then
        is_prime = false
        break
      end
    end
    if is_prime then count = count + 1 end
  end
  return count
end

local pool <close> = mp.Pool(2)
pool:map(primes_from, mp.range(0, 4 * block, block))

local blocks = mp.range(0, limit, block)
local began, serially = mp.time(), 0
for _, first in ipairs(blocks) do serially = serially + primes_from(first) end
local serial = mp.time() - began

began = mp.time()
local counts, together = pool:map(primes_from, blocks), 0
for _, count in ipairs(counts) do together = together + count end
bench.report("speed_up_of_2", serial / (mp.time() - began))
assert(together == serially)
