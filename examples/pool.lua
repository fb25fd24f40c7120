-- A pool of workers: map, results one by one with a progress bar, a worker that dies.
local mp = require "multiprocessing"
local Pool = mp.Pool

local function square(x)
  return x * x
end

local function count_primes(limit)
  local count = 0
  for n = 2, limit do
    local is_prime = true
    for d = 2, math.floor(math.sqrt(n)) do
      if n % d == 0 then
        is_prime = false
        break
      end
    end
    if is_prime then count = count + 1 end
  end
  return count
end

if __name__ == "__main__" then
  -- At the end of its scope the pool's processes end too.
  local pool <close> = Pool(4)

  print("map", mp.repr(pool:map(square, mp.range(10))))
  print("apply", pool:apply(square, {7}))

  -- Results as they come, each with the place of its input; the bar is only on a terminal.
  local limits, total = {2000, 4000, 6000, 8000, 10000}, 0
  for count, i in pool:imap_unordered(count_primes, limits, {progress = "primes"}) do
    total = total + count
    limits[i] = limits[i] .. ": " .. count
  end
  print("primes", table.concat(limits, ", "))
  print("total", total)

  -- An error comes back to who asks for the result, with the worker's traceback.
  local ok, err = pcall(pool.apply, pool, function() error("no such luck", 0) end)
  print(ok, err)

  -- A task that takes too long, and one whose worker is killed: only they fail.
  ok, err = pcall(pool.apply, pool, function() while true do end end, {}, {}, {timeout = 0.2})
  print(ok, err)
  local function die() os.execute("kill -KILL " .. require("multiprocessing").getpid()) end
  ok, err = pcall(pool.apply, pool, die)
  print(ok, err.name:match("PoolWorker"), err.signal, err:is(mp.WorkerLost))
  print("again", mp.repr(pool:map(square, {1, 2, 3})))
end
