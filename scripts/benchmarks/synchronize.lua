-- synchronize rlock|semaphore|event N: pairs of acquire and release by one process, each inside a
-- first one for the recursive lock; or a game of two processes with two events.
local mp = require "multiprocessing"
local bench = require "bench"

local what, n = arg[1], tonumber(arg[2])

local function pairs_of(lock)
  local began = mp.time()
  for _ = 1, n do
    lock:acquire()
    lock:release()
  end
  bench.report(what .. "_per_s", n / (mp.time() - began))
end

local function answer(there, back)
  for _ = 1, n do
    there:wait()
    there:clear()
    back:set()
  end
end

if what == "rlock" then
  local lock = mp.RLock()
  lock:acquire()
  pairs_of(lock)
elseif what == "semaphore" then
  pairs_of(mp.Semaphore(4))
else
  local there, back = mp.Event(), mp.Event()
  local p = mp.Process{target = answer, args = {there, back}}
  p:start()
  there:set()
  back:wait()
  back:clear()
  local began = mp.time()
  for _ = 2, n do
    there:set()
    back:wait()
    back:clear()
  end
  bench.report("event_per_s", (n - 1) / (mp.time() - began))
  p:join()
end
