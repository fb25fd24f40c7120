-- Python: Pool.map hangs for ever when a worker is killed. Here exactly the one task fails, and says
-- which worker died of what; the others are done, and the pool goes on.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local results = {}
for i = 1, 8 do
  results[i] = pool:apply_async(function(x)
    if x == 3 then os.execute("kill -KILL " .. require "multiprocessing".getpid()) end
    return x
  end, {i})
end
local before = mp.time()
for i = 1, 8 do
  local ok, value = pcall(results[i].get, results[i])
  if i == 3 then
    assert(not ok and value:is(mp.WorkerLost) and value.signal == 9 and value.task == 3)
    assert(value.message:find "^worker %a+PoolWorker%-%d+ %(pid %d+%) was killed by SIGKILL while "
      and value.message:find "while running task 3 after %d+%.%d s: .*%(3%)$", value.message)
  else
    assert(ok and value == i)
  end
end
assert(mp.time() - before < 10)
assert(#pool:map(function(x) return x end, mp.range(100)) == 100)
print "ok"
