-- Python: a running task cannot be stopped, nor be given a time limit. Here it can, and only its
-- worker is replaced if it has to be killed.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local pids = {}
for _, pid in ipairs(pool:stats().pids) do pids[pid] = true end
local begun = mp.Queue()
local endless = pool:apply_async(function(q) q:put(1) while true do end end, {begun})
begun:get()
local before = mp.time()
assert(endless:cancel())
local ok, err = pcall(endless.get, endless)
assert(not ok and err:is(mp.CancelledError) and mp.time() - before < 10)
ok, err = pcall(pool.apply, pool, function() while true do end end, {}, {}, {timeout = 0.2})
assert(not ok and err:is(mp.TimeoutError))
local function in_c() return ("a"):rep(60):find(("a-"):rep(30) .. "b") end
ok, err = pcall(pool.apply, pool, in_c, {}, {}, {timeout = 0.2})
assert(not ok and err:is(mp.TimeoutError) and mp.time() - before < 30)
local kept = 0
for _, pid in ipairs(pool:stats().pids) do if pids[pid] then kept = kept + 1 end end
assert(kept == 1 and pool:stats().workers == 2)
print "ok"
