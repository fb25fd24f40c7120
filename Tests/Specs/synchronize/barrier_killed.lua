-- A process that is killed while it waits breaks the barrier: the others are told at once.
local mp = require "multiprocessing"
local barrier, told = mp.Barrier(4), mp.Queue()
local function wait()
  local ok, err = pcall(barrier.wait, barrier)
  assert(not ok and err:is(mp.BrokenBarrierError))
  assert(err.message == "the barrier is broken: a process died while waiting", err.message)
  told:put(true)
end
for victim = 1, 3 do
  local processes = {}
  for i = 1, 3 do
    processes[i] = mp.Process{target = wait}
    processes[i]:start()
    while barrier.n_waiting < i do mp.sleep(0.001) end
  end
  processes[victim]:kill()
  processes[victim]:join()
  for i = 1, 3 do
    processes[i]:join()
    assert(processes[i].exitcode == (i == victim and -9 or 0))
  end
  assert(barrier.broken and barrier.n_waiting == 0 and told:qsize() == 2)
  told:get()
  told:get()
  barrier:reset()
end
-- Killed before anybody asks again: the next one to come is told.
local p = mp.Process{target = function() barrier:wait() end}
p:start()
while barrier.n_waiting < 1 do mp.sleep(0.001) end
p:kill()
p:join()
wait()
assert(barrier.broken)
-- A process that has gone on breaks nothing when it dies.
barrier = mp.Barrier(2)
p = mp.Process{target = function()
  barrier:wait()
  while true do mp.sleep(1000) end
end}
p:start()
barrier:wait()
p:kill()
p:join()
assert(not barrier.broken)
print "ok"
