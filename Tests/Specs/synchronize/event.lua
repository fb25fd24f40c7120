-- Event: set, clear, wait, text; everybody who waits hears of a set, also of one that is cleared at once.
local mp = require "multiprocessing"
local event = mp.Event()
assert(tostring(event):find "^<Event at 0x%x+ unset>$" and not event:is_set())
assert(event:wait(0) == false and event:wait{timeout = -1} == false)
local from = mp.time()
assert(event:wait(0.05) == false and mp.time() - from >= 0.05)
assert(select("#", event:set()) == 0 and event:is_set())
assert(tostring(event):find "^<Event at 0x%x+ set>$")
assert(event:wait() == true and event:wait(0) == true)
event:set()
assert(select("#", event:clear()) == 0 and not event:is_set() and event:wait(0) == false)
event:clear()
assert(event ~= mp.Event() and event == event and event.x == nil)

local woken, waiters = mp.Queue(), {}
for i = 1, 4 do
  waiters[i] = mp.Process{target = function(e)
    assert(e == event)
    woken:put "waits"
    woken:put(e:wait())
  end, args = {event}}
  waiters[i]:start()
end
for _ = 1, 4 do assert(woken:get() == "waits") end
assert(woken:qsize() == 0)
event:set()
for _ = 1, 4 do assert(woken:get() == true) end
for _, p in ipairs(waiters) do p:join() end

-- A game of two: each set is answered by one.
local there, back = mp.Event(), mp.Event()
local p = mp.Process{target = function()
  for _ = 1, 2000 do
    there:wait()
    there:clear()
    back:set()
  end
end}
p:start()
for _ = 1, 2000 do
  there:set()
  assert(back:wait(20))
  back:clear()
end
p:join()
assert(p.exitcode == 0)

-- A pulse reaches who sleeps.
event:clear()
p = mp.Process{target = function()
  woken:put "waits"
  assert(event:wait(20) == true)
end}
p:start()
assert(woken:get() == "waits")
while p:is_alive() do
  event:set()
  event:clear()
end
p:join()
assert(p.exitcode == 0)
print "ok"
