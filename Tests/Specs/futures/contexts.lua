-- fork only: it chooses the start methods itself.
-- Executors whose workers are started otherwise; what is submitted travels by value.
local mp = require "multiprocessing"
local futures = mp.futures

local step = 100
local function add(x) return x + step end
for _, method in ipairs{"fork", "spawn", "forkserver"} do
  local ctx = mp.get_context(method)
  do
    local executor <close> = mp.ProcessPoolExecutor(1, ctx)
    local future = executor:submit(add, 5)
    assert(future:result() == 105)
    local names = {fork = "Fork", spawn = "Spawn", forkserver = "ForkServer"}
    local name = executor:submit(function()
      return require "multiprocessing".current_process().name
    end):result()
    assert(name:find("^" .. names[method] .. "PoolWorker%-%d+$"), name)
    local sum = 0
    for value in executor:map(add, {1, 2, 3}) do sum = sum + value end
    assert(sum == 306)
  end
  local bound <close> = ctx.ProcessPoolExecutor{max_workers = 1, initializer = function(n)
    rawset(_G, "START", n)
  end, initargs = {7}}
  assert(bound:submit(function() return rawget(_G, "START") end):result() == 7)
  assert(#futures.wait{bound:submit(add, 1)} == 1)
end
print "ok"
