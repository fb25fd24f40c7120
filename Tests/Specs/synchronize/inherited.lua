-- 100,000 locks are inherited by a child and dropped in both processes: each stays while the other has it.
local mp = require "multiprocessing"
local COUNT = 100000
local locks = {}
for i = 1, COUNT do locks[i] = mp.Lock() end
local go, done = mp.Queue(), mp.Queue()
local child = mp.Process{target = function()
  go:get()
  -- The parent has dropped all but the first: these are still locks, and free.
  for i = 1, COUNT, 1000 do assert(locks[i]:acquire(false)) end
  for i = 2, COUNT do locks[i] = nil end
  collectgarbage()
  collectgarbage()
  done:put(locks[1])
end}
child:start()
local first = locks[1]
locks = nil
collectgarbage()
collectgarbage()
-- New ones take no place of an old one.
local fresh = {}
for i = 1, 1000 do
  fresh[i] = mp.Lock()
  assert(fresh[i]:acquire(false) and fresh[i] ~= first)
end
go:put(true)
assert(rawequal(done:get(), first))
child:join()
assert(child.exitcode == 0)
print "ok"
