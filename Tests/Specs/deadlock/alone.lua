-- A process that waits for what only it could do itself is told so, and can go on.
local mp = require "multiprocessing"

local function hopeless(what, f, ...)
  local started = mp.time()
  local ok, err = pcall(f, ...)
  assert(not ok and mp.DeadlockError and err:is(mp.DeadlockError), tostring(err))
  assert(err:is(mp.RuntimeError))
  assert(mp.time() - started < 5)
  local text = tostring(err)
  assert(text:find("DeadlockError: nobody is left who could end this wait\n", 1, true) == 1, text)
  local line = text:match "\n  (.*)"
  local pattern = "^MainProcess %(pid " .. mp.getpid() .. "%) has waited %d+%.%d s in " .. what
  assert(line:find(pattern), text)
  assert(err.where:find "alone.lua:%d+$")
end

local q = mp.Queue()
hopeless("get%(%) of the Queue made at [%w_/.]*alone.lua:18$", q.get, q)
q:put "still usable"
assert(q:get() == "still usable")

local full = mp.Queue(1)
full:put(1)
hopeless("put%(%) into the Queue made at [%w_/.]*alone.lua:%d+, which is full$", full.put, full, 2)
assert(full:get() == 1 and full:empty())

local tasks = mp.JoinableQueue()
tasks:put(1)
hopeless("join%(%) of the JoinableQueue made at", tasks.join, tasks)
tasks:get()
tasks:task_done()
tasks:join()

local lock = mp.Lock()
lock:acquire()
hopeless("acquire%(%) of the Lock made at [%w_/.]*alone.lua:%d+, held by MainProcess %(pid %d+%)$",
  lock.acquire, lock)
lock:release()
assert(lock:acquire{timeout = 0})
lock:release()

local a, b = mp.Pipe()
hopeless("recv%(%) from the Pipe made at", a.recv, a)
b:send "late"
assert(a:recv() == "late")

-- A pipe that nobody empties.
hopeless("send%(%) into the Pipe made at [%w_/.]*alone.lua:%d+, which is full$", function()
  while true do b:send(("x"):rep(10000)) end
end)
assert(#a:recv() == 10000)

hopeless("mp.wait%(%) for the Queue made at [%w_/.]+:%d+ or the Pipe made at",
  mp.wait, {q, mp.Pipe()})

-- With a timeout a wait ends by itself.
assert(not pcall(q.get, q, {timeout = 0.7}))
assert(q:try_get(0.7) == false)
assert(#mp.wait({q}, 0.7) == 0)
print "ok"
