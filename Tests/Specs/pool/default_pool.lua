-- mp.map and its kin: a pool that is there when it is needed, and ends with the program.
local mp = require "multiprocessing"

assert(#mp.active_children() == 0)
local factor = 3
local function times(x) return x * factor end
assert(table.concat(mp.map(times, {1, 2, 3}), " ") == "3 6 9")
assert(#mp.active_children() == mp.cpu_count())
assert(table.concat(mp.map(times, mp.range(4), {chunksize = 2}), " ") == "0 3 6 9")
assert(mp.map(mp.getpid, {1})[1] ~= mp.getpid())
-- Functions that came later work too.
local function power(base, exponent) return base ^ exponent // 1 | 0 end
assert(table.concat(mp.starmap(power, {{2, 3}, {3, 2}}), " ") == "8 9")
for value, position in mp.imap(times, {5, 6}) do assert(value == (4 + position) * 3) end
local sum = 0
for value in mp.imap_unordered(times, mp.range(10)) do sum = sum + value end
assert(sum == 135)
assert(mp.apply_async(power, {2, 5}):get() == 32)
assert(#mp.active_children() == mp.cpu_count())

-- In its own workers, and in children.
assert(mp.map(function(n) return #mp.map(times, mp.range(n)) end, {2})[1] == 2)
local q = mp.Queue()
local child = mp.Process{target = function() q:put(mp.map(times, {7})[1]) end}
child:start()
assert(q:get() == 21)
child:join()

-- A task's error, a worker's death: the pool goes on.
local ok, err = pcall(mp.map, function(x) error(mp.ValueError("bad " .. x)) end, {1})
assert(not ok and err:is(mp.ValueError) and err.message == "bad 1", tostring(err))
ok, err = pcall(mp.map, function() os.exit(3) end, {1})
assert(not ok and err:is(mp.WorkerLost), tostring(err))
assert(mp.map(times, {1})[1] == 3)
ok, err = pcall(mp.map, mp, times, {1})
assert(not ok and err.message:find "with a dot", tostring(err))
ok, err = pcall(mp.map, times)
assert(not ok and err.message:find "missing 1 required argument: 'iterable'", tostring(err))
print "ok"
