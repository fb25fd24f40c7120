-- A future by itself: its states, its texts, its callbacks.
local mp = require "multiprocessing"
local futures = require "multiprocessing.futures"
assert(futures == mp.futures and futures.as_completed == mp.as_completed)

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "no error")
  assert(err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local future = futures.Future()
assert(tostring(future):match "^<Future at 0x%x+ state=pending>$", tostring(future))
assert(not future:done() and not future:running() and not future:cancelled())
fails(mp.TimeoutError, "no result after 0.01 s, the future is pending", future.result, future, 0.01)
fails(mp.TimeoutError, "no result after 0 s", future.exception, future, {timeout = 0})
-- Nobody is there who could complete it.
fails(mp.DeadlockError, "nobody is left who could complete the future", future.result, future)
assert(future:set_running_or_notify_cancel() == true)
assert(future:running() and not future:cancel() and tostring(future):find "state=running>")
fails(mp.RuntimeError, "Future in unexpected state", future.set_running_or_notify_cancel, future)
local seen = {}
future:add_done_callback(function(f) seen[#seen + 1] = f:result() end)
future:add_done_callback(function(f) seen[#seen + 1] = -f:result() end)
future:set_result(7)
assert(seen[1] == 7 and seen[2] == -7)
future:add_done_callback(function(f) seen[#seen + 1] = f end)
assert(seen[3] == future)
assert(future:done() and not future:running() and not future:cancelled() and not future:cancel())
assert(future:result() == 7 and future:result(0) == 7 and future:exception() == nil)
assert(select("#", future:try_result()) == 2 and select(2, future:try_result()) == 7)
assert(tostring(future):match "^<Future at 0x%x+ state=finished returned number>$")
fails(mp.InvalidStateError, "FINISHED: <Future at 0x", future.set_result, future, 8)
fails(mp.InvalidStateError, "returned number>", future.set_exception, future, mp.ValueError "x")

-- An error is the very one, whatever it is.
local failed = futures.Future()
local problem = mp.ValueError "bad x"
failed:set_exception(problem)
local ok, err = pcall(failed.result, failed)
assert(not ok and err == problem and failed:exception() == problem)
ok, err = failed:try_result()
assert(ok == false and err == problem)
assert(tostring(failed):find("state=finished raised ValueError>", 1, true))
local plain = futures.Future()
plain:set_exception "text"
assert(plain:exception() == "text" and not pcall(plain.result, plain))
fails(mp.TypeError, "exception must be an error, got nil", plain.set_exception, plain, nil)

-- Cancelled by who made it; who would run it is told.
local cancelled = futures.Future()
cancelled:add_done_callback(function(f) seen.cancelled = f:cancelled() end)
assert(cancelled:cancel() and cancelled:cancel() and cancelled:cancelled() and cancelled:done())
assert(seen.cancelled and tostring(cancelled):find "state=cancelled>")
fails(mp.CancelledError, "the future was cancelled", cancelled.result, cancelled)
fails(futures.CancelledError, "", cancelled.exception, cancelled)
fails(mp.InvalidStateError, "CANCELLED: <Future", cancelled.set_result, cancelled, 1)
assert(cancelled:set_running_or_notify_cancel() == false)
fails(mp.InvalidStateError, "CANCELLED_AND_NOTIFIED: <Future", cancelled.set_result, cancelled, 1)

-- nil is a result.
local nothing = futures.Future()
nothing:set_result(nil)
assert(nothing:result() == nil and tostring(nothing):find "returned nil>")

-- Newcomers.
fails(mp.TypeError, "call it as future:result()", function() future.result() end)
fails(mp.TypeError, "unexpected keyword argument 'timeuot'; it takes timeout", future.result, future,
  {timeuot = 1})
fails(mp.TypeError, "timeout must be a number of seconds or nil, got string", future.result, future,
  "x")
fails(mp.TypeError, "function expected, got number", future.add_done_callback, future, 5)
fails(mp.TypeError, "takes no arguments", future.done, future, 1)
fails(mp.TypeError, "takes no arguments", futures.Future, 1)
fails(mp.AttributeError, "'Future' object has no attribute 'x'", function() future.x = 1 end)
assert(future.x == nil)
fails(mp.SerializationError, "Future", function() mp.Queue():put(future) end)
print "ok"
