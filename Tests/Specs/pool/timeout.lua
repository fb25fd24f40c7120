-- timeout: an error is raised inside the task first; if that does not end it, its worker is killed.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local pids = pool:stats().pids
local closed = mp.Queue()

-- A loop in Lua ends, and closes its variables.
local function endless(q)
  local _ <close> = setmetatable({}, {__close = function() q:put "closed" end})
  while true do end
end
local before = mp.time()
local ok, err = pcall(pool.apply, pool, endless, {closed}, {}, {timeout = 0.2})
assert(mp.time() - before >= 0.2)
assert(not ok and err:is(mp.TimeoutError) and err.message == "the task took longer than its timeout")
assert(err.traceback:find "in function <pool/timeout.lua:", err.traceback)
assert(closed:get(true, 10) == "closed")
-- In a coroutine, and in a wait of ours.
ok, err = pcall(pool.apply, pool, function()
  coroutine.wrap(function() while true do end end)()
end, {}, {}, {timeout = 0.1})
assert(err:is(mp.TimeoutError))
ok, err = pcall(pool.apply, pool, function(q) q:get() end, {closed}, {}, {timeout = 0.1})
assert(err:is(mp.TimeoutError), err)
-- The worker is the same one: none had to be killed. One that is in time is left alone.
assert(pool:stats().pids[1] == pids[1])
assert(pool:apply(function() return "quick" end, {}, {}, {timeout = 5}) == "quick")
-- The task may catch the error and give an answer, soon.
assert(pool:apply(function()
  local good, caught = pcall(function() while true do end end)
  return not good and caught:is(require "multiprocessing".TimeoutError) and "caught"
end, {}, {}, {timeout = 0.1}) == "caught")

-- One that goes on all the same is killed with its worker, and so is one in a C function.
local function stubborn()
  while true do pcall(function() while true do end end) end
end
-- A pattern whose match takes years.
local function in_c() ("a"):rep(60):find(("a?"):rep(60) .. ("a"):rep(60)) end
for _, f in ipairs {stubborn, in_c} do
  before = mp.time()
  ok, err = pcall(pool.apply, pool, f, {}, {}, {timeout = 0.2})
  assert(mp.time() - before < 20)
  assert(not ok and err:is(mp.TimeoutError))
  assert(err.message:find "^task %d+ took longer than its timeout of 0.2 s and did not end when it "
    and err.message:find "was killed", err.message)
  assert(pool:stats().pids[1] ~= pids[1])
  assert(pool:apply(function() return "next" end) == "next")
end
-- Each task of a map has the time for itself.
local list = pool:map(function(x) require "multiprocessing".sleep(0.05) return x end, mp.range(8),
  {chunksize = 1, timeout = 5})
assert(#list == 8)
-- The time counts until the result is sent, and a worker that was stopped is killed by the owner.
do
  local one <close> = mp.Pool(1)
  local function endless_result()
    return setmetatable({}, {__reduce = function() while true do end end})
  end
  ok, err = pcall(one.apply, one, endless_result, {}, {}, {timeout = 0.2})
  assert(not ok and err:is(mp.TimeoutError))
  -- So it does until an error is sent.
  local worker = one:stats().pids[1]
  for _, event in ipairs{"__reduce", "__tostring"} do
    local function endless_error()
      error(setmetatable({}, {[event] = function() while true do end end}))
    end
    ok, err = pcall(one.apply, one, endless_error, {}, {}, {timeout = 0.2})
    assert(not ok and err:is(mp.TimeoutError) and err.message == "the task took longer than its timeout", err)
    assert(err.call:find "timeout.lua")
  end
  assert(one:stats().pids[1] == worker)
  local function stubborn_error()
    error(setmetatable({}, {__reduce = stubborn}))
  end
  ok, err = pcall(one.apply, one, stubborn_error, {}, {}, {timeout = 0.2})
  assert(not ok and err:is(mp.TimeoutError) and err.message:find "was killed", err)
  local function stop_oneself()
    os.execute("kill -STOP " .. require "multiprocessing".getpid())
  end
  ok, err = pcall(one.apply, one, stop_oneself, {}, {}, {timeout = 0.2})
  assert(not ok and err:is(mp.TimeoutError) and err.message:find "was killed", err)
  local begun = mp.Queue()
  local stopped = one:apply_async(function(q) q:put(1) stop_oneself() end, {begun})
  begun:get()
  assert(stopped:cancel())
  ok, err = pcall(stopped.get, stopped)
  assert(not ok and err:is(mp.CancelledError))
  assert(one:apply(function() return "next" end) == "next")
end
print "ok"
