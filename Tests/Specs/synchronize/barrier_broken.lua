-- A barrier breaks by a time-out, abort or reset; reset mends it.
local mp = require "multiprocessing"
local function breaks(reason, barrier, ...)
  local ok, err = pcall(barrier.wait, barrier, ...)
  assert(not ok and err:is(mp.BrokenBarrierError) and err:is(mp.RuntimeError))
  assert(tostring(err) == "BrokenBarrierError: the barrier is broken: " .. reason, tostring(err))
end
local told = mp.Queue()
local function start_waiter(barrier, reason)
  local p = mp.Process{target = function()
    breaks(reason, barrier)
    told:put(true)
  end}
  p:start()
  while barrier.n_waiting == 0 do mp.sleep(0.001) end
  return p
end
local function check(p)
  told:get()
  p:join()
  assert(p.exitcode == 0)
end
local barrier = mp.Barrier(3)
local p = start_waiter(barrier, "a wait timed out")
local from = mp.time()
breaks("a wait timed out", barrier, 0.05)
assert(mp.time() - from >= 0.05)
check(p)
assert(barrier.broken and barrier.n_waiting == 0)
assert(tostring(barrier):find ": broken>$")
breaks("a wait timed out", barrier)
assert(select("#", barrier:reset()) == 0 and not barrier.broken)

p = start_waiter(barrier, "it was aborted")
assert(select("#", barrier:abort()) == 0 and barrier.broken)
check(p)
breaks("it was aborted", barrier, {timeout = 5})
barrier:reset()

p = start_waiter(barrier, "it was reset")
barrier:reset()
check(p)
assert(not barrier.broken and barrier.n_waiting == 0)

-- The barrier's own limit, unless a wait has another.
local hasty = mp.Barrier(2, nil, 0.02)
breaks("a wait timed out", hasty)
hasty = mp.Barrier(2, {timeout = 1000})
breaks("a wait timed out", hasty, 0)
-- As new.
hasty:reset()
local partner = mp.Process{target = function() hasty:wait() end}
partner:start()
hasty:wait()
partner:join()
assert(partner.exitcode == 0)
print "ok"
