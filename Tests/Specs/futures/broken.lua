-- An initializer that fails breaks the executor; one that does not serves every worker.
local mp = require "multiprocessing"

do
  local executor <close> = mp.ProcessPoolExecutor(2, nil, function(n) rawset(_G, "VALUE", n) end, {7})
  assert(executor:submit(function() return rawget(_G, "VALUE") end):result() == 7)
end

local executor = mp.ProcessPoolExecutor{
  max_workers = 1, initializer = function() error(mp.ValueError "no database") end}
local future = executor:submit(print)
local err = future:exception()
assert(err:is(mp.BrokenProcessPool) and not err:is(mp.WorkerLost), tostring(err))
assert(err.message:find "initializer" and err.message:find "no database", err.message)
local ok
ok, err = pcall(executor.submit, executor, print)
assert(not ok and err:is(mp.BrokenProcessPool) and err.message:find "no database", tostring(err))
ok, err = pcall(executor.map, executor, print, {1})
assert(not ok and err:is(mp.BrokenProcessPool))
executor:shutdown()
assert(#mp.active_children() == 0)
print "ok"
