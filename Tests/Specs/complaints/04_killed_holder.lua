-- Python: a killed lock holder blocks everybody for ever. Here the next one gets the lock and is told.
local mp = require "multiprocessing"
mp.log_to_stderr(mp.CRITICAL)
local lock = mp.Lock()
local p = mp.Process{target = function()
  lock:acquire()
  os.execute("kill -9 " .. mp.getpid())
end}
p:start()
p:join()
assert(p.exitcode == -9)
local got, how = lock:acquire(true, 2)
assert(got == true and how == "abandoned")
lock:release()
assert(lock:acquire(false) == true)
print "ok"
