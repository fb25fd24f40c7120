-- Python: an error from a worker says neither which process raised it nor on what. Here it does.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)

local function inner(x) error(mp.ValueError("bad " .. x)) end
local function task(x) inner(x) end

local ok, err = pcall(pool.apply, pool, task, {"apple"})
assert(not ok and err:is(mp.ValueError) and err.message:find "bad apple")
assert(err.process:find "PoolWorker%-%d" and math.type(err.pid) == "integer")
assert(err.pid ~= mp.getpid() and math.type(err.task) == "integer")
assert(err.call:find("(\"apple\")", 1, true))
assert(err.traceback:find "19_errors_with_context.lua:5" and err.traceback:find "inner")
local text = tostring(err)
assert(text:find("ValueError", 1, true) and text:find("bad apple", 1, true))

-- A class of the script's own is the same class here.
local Rotten = mp.ValueError:extend "Rotten"
local Worse = Rotten:extend "Worse"
ok, err = pcall(pool.apply, pool, function() error(Worse "apple") end)
assert(not ok and err:is(Worse) and err:is(Rotten) and err:is(mp.ValueError))
assert(not err:is(mp.ValueError:extend "Worse") and err.name == "Worse")

-- An ordinary value keeps itself; a string its place.
ok, err = pcall(pool.apply, pool, function() error({code = 7}) end)
assert(not ok and err:is(mp.RemoteError) and err.value.code == 7 and err.pid)
ok, err = pcall(pool.apply, pool, function() error("plain") end)
assert(not ok and err:is(mp.RemoteError) and tostring(err):find("19_errors_with_context.lua:27: plain", 1, true))

-- In a map: the position of what failed.
ok, err = pcall(pool.map, pool, function(x) if x == 3 then task(x) end return x end, {1, 2, 3, 4}, 1)
assert(not ok and err:is(mp.ValueError) and err.call:find "3")

-- The second error is not touched by the first.
local first = select(2, pcall(pool.apply, pool, task, {"a"}))
local second = select(2, pcall(pool.apply, pool, task, {"b"}))
assert(first.message:find "bad a" and second.message:find "bad b")
print "ok"
