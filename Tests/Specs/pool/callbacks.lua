-- Callbacks run in whatever wait of ours the owner is in; their own errors harm nothing.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local function id(...) return ... end
local got
local function take(...) got = {n = select("#", ...), ...} end

pool:apply_async(id, {1, 2}, {callback = take})
while not got do mp.sleep(0.05) end
assert(got.n == 2 and got[1] == 1 and got[2] == 2)
got = nil
pool:map_async(id, {3, 4}, {callback = take})
local nothing = mp.Queue()
while not got do assert(nothing:try_get(0.05) == false) end
assert(got.n == 1 and got[1][1] == 3 and got[1][2] == 4)

-- A get that only the callback can end.
pool:apply_async(id, {"value"}, {callback = function(v) nothing:put(v) end})
assert(nothing:get() == "value")
-- A join, and a wait for several things.
got = nil
pool:apply_async(function() error "no" end, {}, nil, id, take)
while not got do mp.wait({nothing}, 0.05) end
assert(got[1]:is(mp.RemoteError) and got[1].message:find "no$")
got = nil
local gate = mp.Queue()
local p = mp.Process{target = function() gate:get() end}
p:start()
pool:apply_async(id, {5}, {callback = function(v) take(v) gate:put(v) end})
p:join()
assert(got[1] == 5)
-- At the result's own get, before it returns; the result is there too.
got = nil
local result = pool:apply_async(id, {6}, {callback = take})
assert(result:get() == 6 and got[1] == 6)

-- Nobody keeps the pool or the result but the callback that is due.
got = nil
do mp.Pool(1):apply_async(id, {7}, {callback = take}) end
collectgarbage()
while not got do mp.sleep(0.05) end
assert(got[1] == 7)
print "ok"
