-- fork only: a fresh process inherits no executor.
-- An executor and its futures are of the process that made them.
local mp = require "multiprocessing"
local futures = mp.futures

local executor = mp.ProcessPoolExecutor(1)
local finished = executor:submit(function() return 5 end)
assert(finished:result() == 5)
local future = executor:submit(function() mp.sleep(10) end)
local q = mp.Queue()
local child = mp.Process{target = function()
  local _, err = pcall(executor.submit, executor, print)
  q:put(err.message)
  _, err = pcall(future.result, future)
  q:put(err.message)
  _, err = pcall(futures.wait, {future})
  q:put(err.message)
  -- What was done at the fork is known; an executor of its own is as good as any.
  assert(finished:result() == 5)
  local own <close> = mp.ProcessPoolExecutor(1)
  q:put(own:submit(function() return "own" end):result())
end}
child:start()
assert(q:get():find("this ProcessPoolExecutor belongs to another process", 1, true))
assert(q:get():find "belongs to another process, and only that one gets its result")
assert(q:get():find "belongs to another process")
assert(q:get() == "own")
child:join()
assert(child.exitcode == 0)
executor:kill_workers()
print "ok"
