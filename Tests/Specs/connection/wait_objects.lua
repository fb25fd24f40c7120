-- mp.wait takes queues beside connections, processes and sentinels, and sleeps until one is ready.
local mp = require "multiprocessing"

local q, other = mp.Queue(), mp.JoinableQueue()
local a, b = mp.Pipe()
local go = mp.Queue()
local p = mp.Process{target = function()
  for _ = 1, 300 do
    local step = go:get()
    if step == "queue" then q:put(step)
    elseif step == "other" then other:put(step)
    elseif step == "pipe" then b:send(step)
    else return end
  end
end}
p:start()

local all = {q, a, p, other}
assert(#mp.wait(all, 0) == 0)
for _ = 1, 50 do
  go:put "queue"
  local ready = mp.wait(all)
  assert(#ready == 1 and ready[1] == q and q:get() == "queue")
  go:put "pipe"
  ready = mp.wait(all)
  assert(#ready == 1 and ready[1] == a and a:recv() == "pipe")
  go:put "other"
  ready = mp.wait(all, 100)
  assert(#ready == 1 and ready[1] == other and other:get() == "other")
end

-- Several are ready, in the order of the list.
go:put "queue"
go:put "pipe"
repeat until #mp.wait({q, a}) == 2
local ready = mp.wait{a, p, q}
assert(#ready == 2 and ready[1] == a and ready[2] == q)
q:get()
a:recv()

-- A queue that was shut down is ready: its get would not wait.
local closing = mp.Queue()
local closer = mp.Process{target = function()
  other:get()
  closing:shutdown()
end}
other:put "x"
closer:start()
ready = mp.wait{closing}
assert(#ready == 1 and ready[1] == closing)
closer:join()

-- Two processes wait for one queue: both hear of a message.
local heard = mp.Queue()
local waiters = {}
for i = 1, 2 do
  waiters[i] = mp.Process{target = function()
    heard:put "waits"
    assert(mp.wait({q, a})[1] == q)
    heard:put "heard"
  end}
  waiters[i]:start()
  assert(heard:get() == "waits")
end
q:put(1)
assert(heard:get() == "heard" and heard:get() == "heard")
for _, w in ipairs(waiters) do w:join() assert(w.exitcode == 0) end
assert(q:get() == 1)

-- One that is killed while it waits is no burden.
local victim = mp.Process{target = function()
  heard:put "waits"
  mp.wait{q, a}
end}
victim:start()
heard:get()
victim:kill()
victim:join()
for i = 1, 100 do q:put(i) end
for i = 1, 100 do assert(q:get() == i) end

-- Many at once, more than a process's record has room for.
local queues = {}
for i = 1, 200 do queues[i] = mp.Queue() end
local putter = mp.Process{target = function()
  other:get()
  queues[150]:put "here"
end}
putter:start()
other:put "x"
ready = mp.wait(queues)
assert(#ready == 1 and ready[1] == queues[150])
putter:join()

go:put "end"
ready = mp.wait{q, a, p}
assert(#ready == 1 and ready[1] == p)
p:join()

q:close()
local ok, err = pcall(mp.wait, {q})
assert(not ok and tostring(err):find "is closed", tostring(err))
ok, err = pcall(mp.wait, {mp.Lock()})
assert(not ok and tostring(err):find(
  "object_list[1] must be a connection, a process, a sentinel, a queue or an event, got Lock", 1, true),
  tostring(err))
print "ok"
