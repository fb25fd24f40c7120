-- What is run while a worker is made, a `__reduce` here, may wait: nobody takes the worker's place meanwhile.
local mp = require "multiprocessing"
local depth, deepest = 0, 0
local argument = setmetatable({}, {__reduce = function()
  depth = depth + 1
  deepest = math.max(deepest, depth)
  mp.sleep(0.01)
  depth = depth - 1
  return tostring, {1}
end})
local pool <close> = mp.Pool(1, function() end, {argument})
local lost = pool:apply_async(function() os.exit(3) end)
local kept = pool:apply_async(function() return "kept" end)
local ok, err = pcall(lost.get, lost)
assert(not ok and err:is(mp.WorkerLost), err)
assert(kept:get() == "kept")
assert(deepest <= 1, deepest)
local stats = pool:stats()
assert(stats.started == 2 and stats.workers == 1 and #mp.active_children() == 1, mp.repr(stats))
print "ok"
