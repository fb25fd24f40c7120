-- Barrier: nobody goes on before all have come; arrival numbers, attributes, text, many rounds.
local mp = require "multiprocessing"
local barrier = mp.Barrier(4)
assert(barrier.parties == 4 and barrier.n_waiting == 0 and barrier.broken == false)
assert(tostring(barrier):find "^<Barrier at 0x%x+: waiters=0/4>$" and barrier.x == nil)
local numbers = mp.Queue()
local counts = mp.Semaphore(0)
local function work(b, rounds)
  assert(b == barrier)
  for round = 1, rounds do
    counts:release()
    local number = b:wait()
    assert(counts:get_value() >= 4 * round)
    numbers:put{round, number}
    b:wait()
  end
end
local workers = {}
for i = 1, 3 do
  workers[i] = mp.Process{target = work, args = {barrier, 50}}
  workers[i]:start()
end
work(barrier, 50)
for _, p in ipairs(workers) do
  p:join()
  assert(p.exitcode == 0)
end
local seen = {}
for _ = 1, 200 do
  local round, number = table.unpack(numbers:get())
  seen[round] = (seen[round] or 0) + (1 << number)
end
for round = 1, 50 do assert(seen[round] == 15) end

-- How many wait.
local pair = mp.Barrier(3)
for i = 1, 2 do
  workers[i] = mp.Process{target = function() assert(pair:wait() == i - 1) end}
  workers[i]:start()
  while pair.n_waiting < i do mp.sleep(0.001) end
end
assert(tostring(pair):find ": waiters=2/3>$")
assert(pair:wait() == 2 and pair.n_waiting == 0)
for i = 1, 2 do
  workers[i]:join()
  assert(workers[i].exitcode == 0)
end

-- More processes than parties: always so many together.
local two, six = mp.Barrier{parties = 2}, mp.Barrier(6)
for i = 1, 6 do
  workers[i] = mp.Process{target = function()
    for _ = 1, 100 do
      assert(two:wait() <= 1)
      six:wait()
    end
  end}
  workers[i]:start()
end
for i = 1, 6 do
  workers[i]:join()
  assert(workers[i].exitcode == 0)
end
-- Alone.
local one = mp.Barrier(1)
for _ = 1, 3 do assert(one:wait() == 0) end
print "ok"
