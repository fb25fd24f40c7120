-- Semaphores, events, conditions and barriers that nobody is left to move.
local mp = require "multiprocessing"

local function hopeless(what, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.DeadlockError), tostring(err))
  assert(tostring(err):find(what), tostring(err))
end

local semaphore = mp.Semaphore(1)
semaphore:acquire()
hopeless("acquire%(%) of the Semaphore made at [%w_/.]*primitives.lua:10, whose tokens are with MainProcess",
  semaphore.acquire, semaphore)
semaphore:release()
assert(semaphore:acquire{timeout = 0})

local event = mp.Event()
hopeless("wait%(%) for the Event made at", event.wait, event)
hopeless("mp.wait%(%) for the Event made at", mp.wait, {event})

local condition = mp.Condition()
condition:acquire()
hopeless("wait%(%) for the Condition made at", condition.wait, condition)
-- The lock is held again.
condition:notify()
condition:release()

-- A barrier of three with two processes left: the main one is told, and the other goes on when it comes
-- to the end of the program, or here when it is reset.
local barrier = mp.Barrier(3)
local p = mp.Process{target = function()
  local ok, err = pcall(barrier.wait, barrier)
  assert(not ok and err:is(mp.BrokenBarrierError), tostring(err))
end}
p:start()
hopeless("wait%(%) at the Barrier made at [%w_/.]+:%d+, with 2 of 3 there", barrier.wait, barrier)
assert(barrier.n_waiting == 1)
barrier:abort()
p:join()
assert(p.exitcode == 0)

-- A child that waits for an event which only its parent could set, and that waits for the child.
local q = mp.Queue()
local child = mp.Process{target = function()
  event:wait()
  q:put(1)
end}
child:start()
hopeless("get%(%) of the Queue", q.get, q)
event:set()
assert(q:get() == 1)
child:join()

-- mp.wait hears of an event.
event:clear()
local setter = mp.Process{target = function()
  mp.sleep(0.2)
  event:set()
end}
setter:start()
assert(mp.wait{q, event}[1] == event)
setter:join()
print "ok"
