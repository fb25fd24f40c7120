-- A finalizer that Lua runs before the pool's own may not wait for the pool, other waits in it go on.
local mp = require "multiprocessing"
local told = {}
do
  local pool = mp.Pool(1)
  setmetatable({}, {__gc = function()
    told.ok, told.err = pcall(pool.apply, pool, function() return 1 end)
    mp.sleep(0.01)
    told.slept = true
  end})
end
collectgarbage()
collectgarbage()
assert(told.ok == false and told.err:is(mp.RuntimeError), tostring(told.err))
assert(told.err.message == "the pool is being collected" and told.slept)
assert(#mp.active_children() == 0)
print "ok"
