-- Every synchronization object can be sent to a process that has started already.
local mp = require "multiprocessing"
mp.log_to_stderr(mp.CRITICAL)
local requests, answers = mp.Queue(), mp.Queue()
local ours, theirs = mp.Pipe()

local worker = mp.Process{target = function(conn)
  local sent = requests:get()
  assert(sent.semaphore:get_value() == 2 and tostring(sent.bounded):find "^<BoundedSemaphore%(value=1")
  sent.semaphore:acquire()
  sent.lock:acquire()
  answers:put "locked"
  sent.event:wait()
  sent.lock:release()
  -- The condition comes with its lock; the same lock is the same object.
  assert(sent.condition_lock == sent.lock)
  sent.condition:acquire()
  answers:put "waits"
  assert(sent.condition:wait())
  sent.condition:release()
  assert(sent.barrier:wait() <= 1)
  assert(conn:recv():wait() == 0)
end, args = {theirs}}
worker:start()
theirs:close()

local lock = mp.Lock()
local sent = {
  semaphore = mp.Semaphore(2), bounded = mp.BoundedSemaphore(1), event = mp.Event(), lock = lock,
  condition = mp.Condition(lock), condition_lock = lock, barrier = mp.Barrier(2),
}
requests:put(sent)
assert(answers:get() == "locked")
assert(sent.semaphore:get_value() == 1)
assert(lock:acquire{block = false} == false)
sent.event:set()
assert(answers:get() == "waits")
sent.condition:acquire()
sent.condition:notify()
sent.condition:release()
assert(sent.barrier:wait() <= 1)

-- An action travels with its barrier.
local acted = mp.Queue()
ours:send(mp.Barrier(1, function() acted:put "acted" end))
worker:join()
assert(worker.exitcode == 0 and acted:get() == "acted")

-- To itself: the very same objects.
for _, object in pairs(sent) do
  requests:put{object}
  assert(rawequal(requests:get()[1], object))
end

-- Made again from the message, when nobody has them any more but the message.
requests:put{mp.Condition(), mp.Event()}
collectgarbage()
local got = requests:get()
got[1]:acquire()
got[1]:notify_all()
got[1]:release()
got[2]:set()
assert(got[2]:is_set() and tostring(got[1]):find "^<Condition")
print "ok"
