-- submit: futures of calls in workers; their results and errors.
local mp = require "multiprocessing"
local futures = require "multiprocessing.futures"
assert(mp.ProcessPoolExecutor == futures.ProcessPoolExecutor)

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
  return err
end

local executor <close> = mp.ProcessPoolExecutor(2)
local base = 100
local function add(a, b) return base + a + b end
local future = executor:submit(add, 1, 2)
assert(tostring(future):match "^<Future at 0x%x+ state=%a+")
assert(future:result() == 103 and future:done() and not future:running())
assert(future:exception() == nil and future:result(0) == 103)
assert(tostring(future):find "state=finished returned number>")

-- Not in this process, and not in one process only.
local pids = {}
local both = mp.Barrier(2)
local fs = {}
for i = 1, 2 do
  fs[i] = executor:submit(function()
    both:wait()
    return mp.getpid()
  end)
end
for i = 1, 2 do pids[fs[i]:result()] = true end
assert(next(pids, next(pids)) and not pids[mp.getpid()])

-- nil arguments and results, none and several.
assert(executor:submit(function(...) return select("#", ...) end, nil, nil):result() == 2)
assert(executor:submit(function() end):result() == nil)
assert(select("#", executor:submit(function() end):result()) == 0)
local a, b, c = executor:submit(function() return 1, nil, 3 end):result()
assert(a == 1 and b == nil and c == 3)
-- Tables are data, whatever they look like.
assert(executor:submit(function(t) return t.timeout end, {timeout = 5}):result() == 5)

-- Errors: ours keep their class, other values are RemoteError's value.
future = executor:submit(function() error(mp.ValueError "bad x") end)
local err = fails(mp.ValueError, "bad x", future.result, future)
assert(err.traceback:find "PoolWorker" and future:exception():is(mp.ValueError))
assert(tostring(future):find("state=finished raised ValueError>", 1, true))
future = executor:submit(function() error {code = 7} end)
err = fails(mp.RemoteError, "", future.result, future)
assert(err.value.code == 7)
local ok, same = future:try_result()
assert(ok == false and same == err)
future = executor:submit(function() error "plain" end)
fails(mp.RemoteError, "plain", future.result, future)

-- A timeout gives up waiting, not the task.
local go = mp.Event()
future = executor:submit(function()
  go:wait()
  return "went"
end)
fails(mp.TimeoutError, "no result after 0.01 s", future.result, future, 0.01)
fails(mp.TimeoutError, "no result after 0 s", future.exception, future, {timeout = 0})
ok, err = future:try_result(0)
assert(ok == false and err:is(mp.TimeoutError))
go:set()
assert(future:result() == "went")

-- What cannot be sent is said by submit.
local thread = coroutine.create(print)
fails(mp.SerializationError, "thread", executor.submit, executor, print, thread)
-- A result that cannot be sent fails its future only.
future = executor:submit(function() return coroutine.create(print) end)
fails(mp.SerializationError, "Error sending result", future.result, future)
assert(executor:submit(add, 0, 0):result() == 100)

-- os.exit in a task fails its future only.
future = executor:submit(function() os.exit(3) end)
err = fails(mp.WorkerLost, "exit code 3", future.result, future)
assert(err:is(mp.BrokenProcessPool))
assert(executor:submit(add, 1, 1):result() == 102)
print "ok"
