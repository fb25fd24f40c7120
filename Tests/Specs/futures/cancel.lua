-- future:cancel: what no worker has taken never runs; what runs is stopped only when asked.
local mp = require "multiprocessing"
local futures = mp.futures

local executor <close> = mp.ProcessPoolExecutor(1)
local gate, ran = mp.Event(), mp.Queue()
local first = executor:submit(function()
  gate:wait()
  return "first"
end)
local second = executor:submit(function() ran:put "second" end)
local third = executor:submit(function()
  ran:put "third"
  return "third"
end)
while not first:running() do mp.sleep(0.001) end
assert(not second:running() and tostring(second):find "state=pending>")
assert(first:cancel() == false and not first:cancelled())
local told
second:add_done_callback(function(f) told = f:cancelled() end)
assert(second:cancel() and told and second:cancelled() and second:done() and second:cancel())
assert(not second:running())
local ok, err = pcall(second.result, second)
assert(not ok and err:is(mp.CancelledError))
local done, not_done = futures.wait({first, second}, 0)
assert(#done == 1 and done[1] == second and #not_done == 1)
gate:set()
assert(first:result() == "first" and first:cancel() == false)
assert(third:result() == "third" and ran:qsize() == 1)

-- A running one, stopped: an error is raised inside, its variables are closed.
local closed = mp.Event()
local began = mp.Event()
local endless = executor:submit(function()
  local guard <close> = setmetatable({}, {__close = function() closed:set() end})
  began:set()
  while guard do end
end)
began:wait()
assert(endless:cancel() == false)
assert(endless:cancel{running = true} == true and endless:cancelled() and endless:done())
assert(closed:wait(5))
assert(executor:submit(function() return 5 end):result() == 5)

-- Time for each task.
local limited <close> = mp.ProcessPoolExecutor(1, {timeout = 0.1, retries = 0})
local slow = limited:submit(function() while true do end end)
ok, err = pcall(slow.result, slow)
assert(not ok and err:is(mp.TimeoutError), tostring(err))
assert(slow:exception() == err)
assert(limited:submit(function() return 1 end):result() == 1)

ok, err = pcall(endless.cancel, endless, {force = true})
assert(not ok and err.message:find "unexpected keyword argument 'force'; it takes running")
-- An error of that class that a task raises is its result.
local future = executor:submit(function() error(mp.CancelledError "mine") end)
assert(future:exception().message == "mine" and not future:cancelled())
print "ok"
