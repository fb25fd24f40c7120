-- The end of a pool: close and join finish the work, terminate does not, a scope and the collector
-- terminate; nothing is left of it.
local mp = require "multiprocessing"
local function id(x) return x end
local function gone(pids)
  for _, pid in ipairs(pids) do
    assert(not io.open("/proc/" .. pid .. "/stat"), "a worker is left")
  end
end

local pool = mp.Pool(2)
assert(tostring(pool) == "<multiprocessing.pool.Pool state=RUN pool_size=2>")
assert(#mp.active_children() == 2)
local names = {}
for _, child in ipairs(mp.active_children()) do
  assert(child.daemon)
  names[child.name] = true
end
local prefix = ({fork = "Fork", spawn = "Spawn", forkserver = "ForkServer"})[mp.get_start_method()]
assert(names[prefix .. "PoolWorker-1"] and names[prefix .. "PoolWorker-2"])
local results = {}
for i = 1, 20 do results[i] = pool:apply_async(id, {i}) end
pool:close()
pool:join()
for i = 1, 20 do assert(results[i]:get() == i) end
assert(tostring(pool) == "<multiprocessing.pool.Pool state=CLOSE pool_size=0>")
assert(#mp.active_children() == 0)

-- Terminated: what has not ended says so.
pool = mp.Pool(1)
local never = pool:apply_async(function() while true do end end)
local pids = pool:stats().pids
pool:terminate()
gone(pids)
local ok, err = pcall(never.get, never)
assert(not ok and err:is(mp.CancelledError), err)
assert(err.message == "the pool was terminated before task 1 had ended")
pool:join()
assert(tostring(pool):find "state=TERMINATE")

do
  local scoped <close> = mp.Pool(2)
  pids = scoped:stats().pids
  scoped:apply_async(function() while true do end end)
end
gone(pids)

-- Dropped while it works.
pool = mp.Pool(2)
pids = pool:stats().pids
pool:apply_async(function() while true do end end)
pool = nil
collectgarbage()
collectgarbage()
gone(pids)

-- A result keeps its pool.
local result = mp.Pool(1):apply_async(id, {"kept"})
collectgarbage()
assert(result:get() == "kept")
-- One that nobody ended: the program's end does.
pool = mp.Pool(2)
pool:apply_async(function() while true do end end)
print "ok"
