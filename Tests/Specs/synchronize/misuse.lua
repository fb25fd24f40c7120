-- What a newcomer gets wrong with semaphores, conditions, events and barriers, and what it is told.
local mp = require "multiprocessing"
local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local lock, sem, cond, event, barrier =
  mp.Lock(), mp.Semaphore(2), mp.Condition(), mp.Event(), mp.Barrier(2)

raises(mp.OSError, "[Errno 22] Invalid argument: make a semaphore of -1 tokens", mp.Semaphore, -1)
raises(mp.OSError, "[Errno 22]", mp.BoundedSemaphore, {value = -5})
raises(mp.OverflowError, "value must be at most 2147483647, got 2147483648", mp.Semaphore, 1 << 31)
raises(mp.TypeError, "value must be an integer, got string", mp.Semaphore, "x")
raises(mp.TypeError, "value must be an integer, got 1.5", mp.Semaphore, 1.5)
raises(mp.TypeError, "Semaphore() got an unexpected keyword argument 'count'; it takes value",
  mp.Semaphore, {count = 1})
raises(mp.TypeError, "positional value in a keyword table; write Semaphore{value = 3}", mp.Semaphore, {3})
raises(mp.TypeError, "Semaphore() takes at most 1 argument (2 given)", mp.Semaphore, 1, 2)
raises(mp.TypeError, "call it as mp.Semaphore(), with a dot", function() return mp:Semaphore() end)
raises(mp.TypeError, "call it as mp.Condition(), with a dot", function() return mp:Condition() end)
raises(mp.TypeError, "call it as mp.Event(), with a dot", function() return mp:Event() end)
raises(mp.TypeError, "call it as mp.Barrier(), with a dot", function() return mp:Barrier(2) end)
raises(mp.TypeError, "Event() takes no arguments (1 given)", mp.Event, 1)
raises(mp.TypeError, "Condition() got an unexpected keyword argument 'Lock'; it takes lock",
  mp.Condition, {Lock = lock})
raises(mp.TypeError, "Barrier() missing 1 required argument: 'parties'", mp.Barrier)
raises(mp.TypeError, "Barrier() missing 1 required argument: 'parties'", mp.Barrier, {timeout = 1})
raises(mp.TypeError, "parties must be an integer, got string", mp.Barrier, "x")
raises(mp.ValueError, "parties must be >= 1, got 0", mp.Barrier, 0)
raises(mp.TypeError, "for a timeout write Barrier(2, {timeout = 1})", mp.Barrier, 2, 5)
raises(mp.TypeError, "action must be a function or nil, got string", mp.Barrier, 2, "x")
raises(mp.TypeError, "timeout must be a number of seconds or nil, got string", mp.Barrier, 2, nil, "x")

for _, object in ipairs{lock, sem, cond} do
  raises(mp.TypeError, "release() takes no arguments (1 given)", object.release, object, 1)
  raises(mp.TypeError, "release() takes no arguments (2 given)", object.release, object, true, 2)
  raises(mp.TypeError, "release() got an unexpected keyword argument 'n'; it takes none",
    object.release, object, {n = 1})
  raises(mp.TypeError, "positional value in a keyword table", object.release, object, {1})
  raises(mp.TypeError, "release() takes no arguments (1 given)", object.release, object, {})
  raises(mp.TypeError, "block must be a boolean, got number; for a timeout write {timeout = 1}",
    object.acquire, object, 1)
  raises(mp.TypeError, "acquire() got an unexpected keyword argument 'time'; it takes block, timeout",
    object.acquire, object, {time = 1})
end
raises(mp.TypeError, "call it as sem:acquire()", function() sem.acquire() end)
raises(mp.TypeError, "Semaphore expected, got Lock; call it as sem:get_value()",
  function() sem.get_value(lock) end)
raises(mp.TypeError, "call it as cond:wait()", function() cond.wait() end)
raises(mp.TypeError, "call it as event:set()", function() event.set() end)
raises(mp.TypeError, "call it as barrier:wait()", function() barrier.wait() end)
raises(mp.TypeError, "timeout must be a number of seconds or nil, got string", event.wait, event, "x")
raises(mp.TypeError, "wait() got an unexpected keyword argument 'seconds'; it takes timeout",
  event.wait, event, {seconds = 1})
raises(mp.TypeError, "wait() takes at most 1 argument (2 given)", barrier.wait, barrier, 1, 2)
raises(mp.ValueError, "timeout must not be NaN", event.wait, event, 0/0)
raises(mp.TypeError, "set() takes no arguments (1 given)", event.set, event, true)
raises(mp.TypeError, "n must be an integer, got string", cond.notify, cond, "x")
raises(mp.TypeError, "notify_all() takes no arguments (1 given)", cond.notify_all, cond, 1)
for name, object in pairs{Semaphore = sem, Condition = cond, Event = event, Barrier = barrier} do
  raises(mp.AttributeError, "'" .. name .. "' object has no attribute 'x' to set",
    function() object.x = 1 end)
end
raises(mp.AttributeError, "'Barrier' object has no attribute 'parties' to set",
  function() barrier.parties = 3 end)
assert(sem:get_value() == 2 and not event:is_set() and barrier.n_waiting == 0)
assert(tostring(cond) == "<Condition(<RLock(None, 0)>, 0)>")
print "ok"
