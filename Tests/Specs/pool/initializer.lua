-- The initializer runs once in each worker; if it fails in all, the pool gives up and says why.
local mp = require "multiprocessing"
local function id(x) return x end
do
  local pool <close> = mp.Pool(2, function(a, b) rawset(_G, "base", a + b) end, {1, 2})
  assert(pool:apply(function(x) return rawget(_G, "base") + x end, {10}) == 13)
end
-- What fails once is tried again.
local attempts = mp.Queue()
do
  local pool <close> = mp.Pool(1, function(q)
    q:put(1)
    if q:qsize() == 1 then os.exit(1) end
  end, {attempts})
  assert(pool:apply(id, {5}) == 5 and attempts:qsize() == 2)
end
-- A Ctrl-C, which ends all workers, is no failure of theirs; what raises the same error is one.
do
  local begun, go = mp.Queue(), mp.Event()
  local pool <close> = mp.Pool(3, function()
    begun:put(1)
    go:wait()
  end)
  for _ = 1, 3 do begun:get() end
  for _, pid in ipairs(pool:stats().pids) do os.execute("kill -INT " .. pid) end
  local result = pool:apply_async(id, {6})
  for _ = 1, 3 do begun:get() end
  go:set()
  assert(result:get() == 6 and pool:stats().started == 6)
end
local function fails(initializer, text)
  local pool = mp.Pool{processes = 2, initializer = initializer}
  for _ = 1, 2 do
    local ok, err = pcall(pool.map, pool, id, {1, 2, 3})
    assert(not ok and err:is(mp.BrokenProcessPool), err)
    assert(err.message:find("the initializer failed in %d workers in a row, and the pool has given up: "
      .. text), err.message)
  end
  pool:close()
  pool:join()
  assert(#mp.active_children() == 0)
end
fails(function() os.exit(5) end,
  "worker %a+PoolWorker%-%d+ %(pid %d+%) ended with exit code 5 in the initializer$")
fails(function() error(require "multiprocessing".KeyboardInterrupt()) end,
  "%a+PoolWorker%-%d+ %(pid %d+%): .*KeyboardInterrupt")
print "ok"
