-- Python: an error that cannot be made again in the parent kills the pool's result thread, and every
-- later get hangs. Here it is the error of the call that asks.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
-- An error class whose objects cannot be made again.
local function bad()
  local value = setmetatable({}, {__reduce = function() return function() error "not here" end, {} end})
  error(value)
end
local result = pool:apply_async(bad)
local ok, err = pcall(result.get, result, 60)
assert(not ok and err, "it says so")
result = pool:apply_async(function()
  return setmetatable({}, {__reduce = function()
    return function() error "cannot be made" end
  end})
end)
ok, err = pcall(result.get, result, 60)
assert(not ok and tostring(err):find "cannot be made", err)
-- A value that holds what cannot be sent arrives as its text.
ok, err = pcall(pool.apply, pool, function() error {1, coroutine.create(print)} end)
assert(not ok and err:is(mp.RemoteError) and err.value == err.message)
assert(err.value:find "^{1, <thread: .*>}$", err.value)
assert(pool:apply(function() return "goes on" end) == "goes on")
print "ok"
