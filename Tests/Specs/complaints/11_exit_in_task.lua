-- Python: sys.exit in a task hangs its job. Here the task fails with the exit code; error(v) comes
-- back with any v.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local result = pool:apply_async(function() os.exit(3) end)
local ok, err = pcall(result.get, result, 30)
assert(not ok and err:is(mp.WorkerLost) and err.exitcode == 3)
ok, err = pcall(pool.apply, pool, function() os.exit(true, true) end)
assert(not ok and err:is(mp.WorkerLost) and err.exitcode == 0)
for _, value in ipairs {1, 2.5, "text", true, {a = {1}}} do
  ok, err = pcall(pool.apply, pool, function(v) error(v, 0) end, {value})
  assert(not ok and err:is(mp.RemoteError) and mp.repr(err.value) == mp.repr(value))
end
ok, err = pcall(pool.apply, pool, function() error() end)
assert(not ok and err:is(mp.RemoteError) and err.value == nil)
ok, err = pcall(pool.apply, pool, function() error(mp.KeyboardInterrupt()) end)
assert(not ok and err:is(mp.KeyboardInterrupt) or err:is(mp.WorkerLost))
assert(pool:apply(function() return "goes on" end) == "goes on")
print "ok"
