-- result:cancel(): what has not begun never does, what runs is stopped, what has ended stays.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local begun, gate = mp.Queue(), mp.Queue()
local function wait(started, stop, n)
  started:put(n)
  return stop:get()
end

local first = pool:apply_async(wait, {begun, gate, 1})
local second = pool:apply_async(wait, {begun, gate, 2})
local third = pool:apply_async(wait, {begun, gate, 3})
assert(begun:get() == 1)
assert(second:cancel() == true)
local ok, err = pcall(second.get, second)
assert(not ok and err:is(mp.CancelledError) and err.message == "task 2 was cancelled")
gate:put "a"
assert(first:get() == "a" and first:cancel() == false and first:get() == "a")
assert(begun:get() == 3, "the second never began")
-- One that runs: the error is raised inside.
assert(third:cancel() == true)
ok, err = pcall(third.get, third, 30)
assert(not ok and err:is(mp.CancelledError) and err.message == "the task was cancelled", err)
assert(third:cancel() == false)
-- A loop that catches it is killed with its worker.
local pid = pool:stats().pids[1]
local stubborn = pool:apply_async(function(started)
  pcall(function()
    started:put "loop"
    while true do end
  end)
  while true do end
end, {begun})
assert(begun:get() == "loop")
assert(stubborn:cancel())
ok, err = pcall(stubborn.get, stubborn, 30)
assert(not ok and err:is(mp.CancelledError) and err.message:find "was killed$", err)
assert(pool:apply(function() return "next" end) == "next" and pool:stats().pids[1] ~= pid)
-- Of a map what is left.
local list = pool:map_async(wait, mp.range(4), {chunksize = 1})
assert(list:cancel())
ok, err = pcall(list.get, list, 30)
assert(not ok and err:is(mp.CancelledError) or err:is(mp.RemoteError))
assert(pool:stats().pending == 0)
print "ok"
