-- JoinableQueue: join waits for task_done, also when a worker is killed between get and task_done.
local mp = require "multiprocessing"
local q = mp.JoinableQueue()
q:join()
local ok, err = pcall(q.task_done, q)
assert(not ok and err:is(mp.ValueError) and err.message == "task_done() called too many times")
local p = mp.Process{target = function()
  for _ in q:iter() do q:task_done() end
  q:task_done()
end}
p:start()
for i = 1, 1000 do q:put(i) end
q:join()
assert(q:empty() and p:is_alive())
q:put(nil)
p:join()
q:join()

local taken = mp.Queue()
local dying = mp.Process{target = function()
  taken:put(q:get())
  q:get()
end}
q:put "work"
dying:start()
assert(taken:get() == "work")
dying:kill()
dying:join()
local waiter = mp.Process{target = function()
  taken:put "waiting"
  q:join()
  taken:put "joined"
end}
waiter:start()
assert(taken:get() == "waiting")
assert(not taken:try_get(0.05))
q:task_done()
assert(taken:get() == "joined")
waiter:join()
print "ok"
