-- One call in a worker: arguments, keywords, all results, errors with their class and place.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)

assert(pool:apply(function(a, b) return a - b end, {7, 2}) == 5)
assert(pool:apply(function(a, kwds) return a * kwds.by end, {7}, {by = 3}) == 21)
local function x_of(kwds) return kwds.x end
assert(pool:apply(x_of, {}, {x = 3}) == 3 and pool:apply(x_of, nil, {x = 4}) == 4)
assert(pool:apply(x_of, {kwds = {x = 5}}) == 5 and pool:apply_async(x_of, {}, {x = 6}):get() == 6)
assert(pool:apply(function(...) return select("#", ...) end, {1, nil, nil, n = 3}) == 3)
assert(select("#", pool:apply(function() end)) == 0)
local a, b, c = pool:apply(function() return 1, nil, "x" end)
assert(a == 1 and b == nil and c == "x")
-- In a process of its own, with the upvalues of now.
local where = mp.getpid()
assert(pool:apply(function() return require "multiprocessing".getpid() ~= where end))

local result = pool:apply_async(function(x) return x, x + 1 end, {4})
result:wait()
assert(result:ready() and result:successful())
a, b = result:get()
assert(a == 4 and b == 5)
assert(select(2, result:get()) == 5, "a result can be asked for again")
local ok, v, w = result:try_get()
assert(ok == true and v == 4 and w == 5)

-- Errors keep their class, value and message; the traceback says where.
result = pool:apply_async(function() error(mp.ValueError("bad x")) end)
local err
ok, err = result:try_get(30)
assert(ok == false and err:is(mp.ValueError) and err.message == "bad x")
assert(err.traceback:find "PoolWorker%-%d" and err.traceback:find("apply.lua:", 1, true))
assert(err.pid ~= mp.getpid() and err.process:find "^%a+PoolWorker%-%d+$" and err.task > 0)
assert(result:successful() == false)
ok, err = pcall(pool.apply, pool, function(x, y) error {code = x + y} end, {20, 22})
assert(err:is(mp.RemoteError) and err.value.code == 42)
assert(err.call:find "%(20, 22%)$", err.call)
ok, err = pcall(pool.apply, pool, function() error "boom" end)
assert(not ok and err:is(mp.RemoteError) and err.message:find "apply%.lua:%d+: boom$")

-- What takes long is not there yet.
local q = mp.Queue()
result = pool:apply_async(function(queue) return queue:get() end, {q})
ok, err = pcall(result.get, result, 0.05)
assert(not ok and err:is(mp.TimeoutError))
ok, err = pcall(result.successful, result)
assert(err:is(mp.ValueError) and err.message:find "not ready$")
assert(result:ready() == false and result:try_get() == false)
q:put "now"
assert(result:get(30) == "now")
print "ok"
