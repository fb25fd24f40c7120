-- The action of a barrier: run by the last to come, its own copy, before the others go on.
local mp = require "multiprocessing"
local acted, done = mp.Queue(), mp.Queue()
local barrier = mp.Barrier(3, function()
  acted:put(mp.current_process().name)
  assert(done:qsize() % 3 == 0)
end)
local function work()
  for _ = 1, 20 do
    barrier:wait()
    done:put(true)
    barrier:wait()
  end
end
local workers = {}
for i = 1, 2 do
  workers[i] = mp.Process{target = work}
  workers[i]:start()
end
work()
for _, p in ipairs(workers) do
  p:join()
  assert(p.exitcode == 0)
end
assert(acted:qsize() == 40 and done:qsize() == 60)

-- It is the last one whose error it is; the others hear that the barrier is broken.
local failing = mp.Barrier(2, {action = function() error({"mine"}) end})
local p = mp.Process{target = function()
  local ok, err = pcall(failing.wait, failing)
  assert(not ok and err:is(mp.BrokenBarrierError))
  assert(err.message == "the barrier is broken: its action failed", err.message)
end}
p:start()
while failing.n_waiting == 0 do mp.sleep(0.001) end
local ok, err = pcall(failing.wait, failing)
assert(not ok and err[1] == "mine")
p:join()
assert(p.exitcode == 0 and failing.broken)

-- The barrier works inside its action: no lock is held.
local order = {}
local open
open = mp.Barrier(1, function()
  order[#order + 1] = open.n_waiting .. " " .. tostring(open.broken)
end)
assert(open:wait() == 0 and order[1] == "1 false")
-- A process that dies in the action breaks it.
local event = mp.Event()
local deadly = mp.Barrier(2, function()
  event:set()
  while true do mp.sleep(1000) end
end)
local actor = mp.Process{target = function()
  while deadly.n_waiting == 0 do mp.sleep(0.001) end
  deadly:wait()
end}
actor:start()
local killer = mp.Process{target = function()
  event:wait()
  os.execute("kill -9 " .. actor.pid)
end}
killer:start()
-- The time is over while the action runs: all have come, so it does not count.
ok, err = pcall(deadly.wait, deadly, 30)
assert(not ok and err.message == "the barrier is broken: a process died while waiting", tostring(err))
actor:join()
killer:join()
print "ok"
