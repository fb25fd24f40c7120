-- A task that waits for what can never happen fails with DeadlockError; a pool that only has nothing
-- to do is no deadlock, nor is an owner whose callback will end its wait.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local lock = mp.Lock()
lock:acquire()
local ok, err = pcall(pool.apply, pool, function(l) l:acquire() end, {lock})
assert(not ok and err:is(mp.DeadlockError), err)
assert(err.message:find "%a+PoolWorker%-%d+ %(pid %d+%) has waited" and
  err.message:find "acquire%(%) of the Lock made at pool/deadlock.lua:5", err.message)
lock:release()
assert(pool:apply(function(l) return l:acquire() end, {lock}))

-- Idle workers, and an owner that waits for long.
assert(pool:apply(function() require "multiprocessing".sleep(0.8) return "slow" end) == "slow")
local q = mp.Queue()
pool:apply_async(function() require "multiprocessing".sleep(0.8) return 1 end, {},
  {callback = function(v) q:put(v) end})
assert(q:get() == 1)
-- A bystander of the owner's wait for a result.
local told = mp.Queue()
local p = mp.Process{target = function() told:put(told:get() + 1) end}
p:start()
assert(pool:apply(function() require "multiprocessing".sleep(0.8) return 2 end) == 2)
told:put(1)
p:join()
assert(told:get() == 2)
-- The owner's own wait, beside a pool without work.
ok, err = pcall(q.get, q)
assert(not ok and err:is(mp.DeadlockError), err)
print "ok"
