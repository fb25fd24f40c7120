-- Ctrl-C while a map puts its tasks ends it there, not when all are put.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local main, count = mp.getpid(), 1 << 20
local ok, err = pcall(pool.map, pool, function(x)
  if x == 0 then os.execute("kill -INT " .. main) end
end, mp.range(count), 1)
assert(not ok and err:is(mp.KeyboardInterrupt), err)
while pool:stats().pending > 0 do mp.sleep(0.01) end
assert(pool:stats().done < count)
assert(pool:apply(function() return "next" end) == "next")
print "ok"
