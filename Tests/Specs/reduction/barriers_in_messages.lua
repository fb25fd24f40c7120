-- A barrier's action travels with it: the last to arrive runs its copy, wherever the barrier came from.
local mp = require "multiprocessing"

local q, acted = mp.Queue(), mp.Queue()
local here, there = mp.Pipe()
local function party()
  local barrier = q:get().barrier
  local number = barrier:wait()
  acted:put{"arrived", number}
  barrier:wait()
end
local workers = {}
for i = 1, 2 do
  workers[i] = mp.Process{target = party}
  workers[i]:start()
end
local count = 0
local prefix = "acted"
local barrier
barrier = mp.Barrier(3, function()
  count = count + 1
  acted:put{prefix, barrier.parties, count}
end)
for _ = 1, 2 do q:put{barrier = barrier, again = {barrier}} end
barrier:wait()
local seen = {}
for _ = 1, 3 do seen[#seen + 1] = acted:get() end
table.sort(seen, function(a, b) return a[1] .. a[2] < b[1] .. b[2] end)
assert(seen[1][1] == "acted" and seen[1][2] == 3 and seen[1][3] == 1)
assert(seen[2][1] == "arrived" and seen[3][1] == "arrived")
barrier:wait()
local last = acted:get()
assert(last[1] == "acted" and last[2] == 3 and (last[3] == 1 or last[3] == 2))
for i = 1, 2 do
  workers[i]:join()
  assert(workers[i].exitcode == 0)
end

-- Where it is already, it stays as it is; alone and through a pipe.
q:put(barrier)
assert(rawequal(q:get(), barrier))
here:send{barrier, barrier}
local back = there:recv()
assert(rawequal(back[1], barrier) and rawequal(back[2], barrier))

-- Dropped here, and back from the message, with functions of libraries and none.
for _, action in ipairs{print, function() acted:put "one" end} do
  q:put(mp.Barrier(1, action))
  collectgarbage()
  local one = q:get()
  if action ~= print then
    assert(one:wait() == 0 and acted:get() == "one")
  end
end
q:put(mp.Barrier(1))
assert(q:get():wait() == 0)

-- An action that fails breaks it, and one that cannot be sent is named.
q:put(mp.Barrier(1, function() error "no" end))
collectgarbage()
local bad = q:get()
local ok, err = pcall(bad.wait, bad)
assert(not ok and tostring(err):find "no" and bad.broken)
local thread = coroutine.create(print)
ok, err = pcall(q.put, q, {x = mp.Barrier(1, function() return thread end)})
assert(not ok and err:is(mp.SerializationError)
  and err.message:find("cannot send x.action.thread (thread), upvalue 'thread'", 1, true), err.message)
print "ok"
